package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Campaigns, as a key of an Application and as the operator sees them. */
final class Campaigns {

    private final World world;

    Campaigns(World world) {
        this.world = world;
    }

    Answer get(Call call) {
        return Answer.ok(world.campaign(call.id("applicationId"), call.id("campaignId")));
    }

    Answer listRunning(Call call) {
        String ids = call.query().get("campaignIds");
        Set<String> wanted = ids == null ? Set.of() : Set.of(ids.split(","));
        List<ObjectNode> running = world.campaigns.values().stream()
                .filter(c -> c.path("applicationId").asInt() == call.application())
                .filter(c -> c.path("frontendState").asText().equals("running"))
                .filter(c -> ids == null || wanted.contains(c.path("id").asText()))
                .map(Campaigns::brief)
                .toList();
        return Answer.page(running, call.number("skip", 0), call.number("pageSize", 50));
    }

    private static ObjectNode brief(ObjectNode campaign) {
        ObjectNode brief = Json.object();
        Json.copy(
                campaign,
                brief,
                "id",
                "applicationId",
                "name",
                "description",
                "attributes",
                "state",
                "tags",
                "features");
        brief.putArray("rules");
        return brief;
    }
}
