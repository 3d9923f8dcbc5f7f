package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeSet;

/** A customer profile with its audiences. */
final class Profile {

    private final ObjectNode json;
    private final TreeSet<Integer> audiences = new TreeSet<>();

    Profile(int id, String integrationId, String created) {
        json = Json.object()
                .put("id", id)
                .put("created", created)
                .put("integrationId", integrationId)
                .put("accountId", Seed.ACCOUNT)
                .put("closedSessions", 0)
                .put("totalSales", 0)
                .put("lastActivity", created);
        json.putObject("attributes");
    }

    private Profile(Profile other) {
        json = other.json.deepCopy();
        audiences.addAll(other.audiences);
    }

    /** Another that nothing done to this one changes. */
    Profile copy() {
        return new Profile(this);
    }

    String integrationId() {
        return json.path("integrationId").asText();
    }

    TreeSet<Integer> audiences() {
        return audiences;
    }

    void active(String now) {
        json.put("lastActivity", now);
    }

    void bought(JsonNode total) {
        json.put("closedSessions", json.path("closedSessions").asInt() + 1);
        json.put("totalSales", json.path("totalSales").decimalValue().add(total.decimalValue()));
    }

    /** Sets attributes; a null removes one. */
    void change(JsonNode attributes) {
        merge((ObjectNode) json.get("attributes"), attributes);
    }

    static void merge(ObjectNode into, JsonNode attributes) {
        for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
            if (attribute.getValue().isNull()) {
                into.remove(attribute.getKey());
            } else {
                into.set(attribute.getKey(), attribute.getValue());
            }
        }
    }

    /** The profile as Talon.One answers it. */
    ObjectNode json(Map<Integer, ObjectNode> allAudiences) {
        ObjectNode copy = json.deepCopy();
        ArrayNode memberships = copy.putArray("audienceMemberships");
        for (int id : audiences) {
            memberships
                    .addObject()
                    .put("id", id)
                    .set("name", allAudiences.get(id).get("name"));
        }
        return copy;
    }
}
