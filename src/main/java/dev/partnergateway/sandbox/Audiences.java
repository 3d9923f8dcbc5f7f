package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Audiences and who is in them. */
final class Audiences {

    private static final int MOST_ACTIONS = 1000;

    private final World world;

    Audiences(World world) {
        this.world = world;
    }

    Answer create(Call call) {
        JsonNode wanted = call.body();
        String integrationId = wanted.path("integrationId").asText("");
        for (ObjectNode known : world.audiences.values()) {
            if (!integrationId.isEmpty()
                    && known.path("integrationId").asText("").equals(integrationId)
                    && known.path("integration")
                            .asText("")
                            .equals(wanted.path("integration").asText(""))) {
                throw Refusal.of(409, "The audience with the ID '" + integrationId + "' already exists");
            }
        }
        int id = world.nextId("audience");
        ObjectNode audience =
                Json.object().put("id", id).put("created", world.now()).put("accountId", Seed.ACCOUNT);
        audience.setAll((ObjectNode) wanted.deepCopy());
        world.audiences.put(id, audience);
        return Answer.created(audience);
    }

    Answer update(Call call) {
        ObjectNode audience = existing(call);
        Json.copy(call.body(), audience, "name", "subscribedApplicationsIds");
        return Answer.ok(audience);
    }

    Answer delete(Call call) {
        int id = existing(call).path("id").asInt();
        world.audiences.remove(id);
        for (Profile profile : world.profiles.values()) {
            profile.audiences().remove(id);
        }
        return Answer.nothing();
    }

    private ObjectNode existing(Call call) {
        ObjectNode audience = world.audiences.get(call.id("audienceId"));
        if (audience == null) {
            throw Refusal.notFound("Audience");
        }
        return audience;
    }

    Answer list(Call call) {
        List<ObjectNode> all = new ArrayList<>(world.audiences.values());
        if (call.query().getOrDefault("sort", "").startsWith("-")) {
            Collections.reverse(all);
        }
        return Answer.page(all, call.number("skip", 0), call.number("pageSize", 1000));
    }

    Answer members(Call call) {
        JsonNode actions = call.body().path("data");
        if (actions.size() > MOST_ACTIONS) {
            throw Refusal.badRequest("Invalid", "At most 1000 actions", "pointer", "/data");
        }
        for (JsonNode action : actions) {
            if (!world.audiences.containsKey(action.path("audienceId").intValue())) {
                throw Refusal.notFound("Audience " + action.path("audienceId").asText());
            }
        }
        for (JsonNode action : actions) {
            Profile profile = world.profile(action.path("profileIntegrationId").asText());
            int audience = action.path("audienceId").intValue();
            if (action.path("action").asText().equals("add")) {
                profile.audiences().add(audience);
            } else {
                profile.audiences().remove(audience);
            }
        }
        return Answer.nothing();
    }
}
