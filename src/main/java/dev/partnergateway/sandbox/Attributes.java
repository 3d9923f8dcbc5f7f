package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Custom attributes: their list, their creation, and the check of values against them. */
final class Attributes {

    private final World world;

    Attributes(World world) {
        this.world = world;
    }

    Answer list(Call call) {
        String entity = call.query().get("entity");
        List<ObjectNode> all = world.attributes.stream()
                .filter(a -> entity == null || a.path("entity").asText().equals(entity))
                .toList();
        List<ObjectNode> page = Answer.slice(all, call.number("skip", 0), call.number("pageSize", 1000));
        ObjectNode body = Json.object().put("totalResultSize", all.size());
        body.set("data", Json.array(page));
        return Answer.ok(body);
    }

    Answer create(Call call) {
        JsonNode wanted = call.body();
        String eventType = wanted.path("eventType").asText();
        for (ObjectNode known : world.attributes) {
            if (known.path("entity").equals(wanted.path("entity"))
                    && known.path("name").equals(wanted.path("name"))
                    && known.path("eventType").asText().equals(eventType)) {
                throw Refusal.of(
                        409,
                        "An attribute with the name '" + wanted.path("name").asText() + "' already exists");
            }
        }
        ObjectNode attribute = Json.object()
                .put("id", world.nextId("attribute"))
                .put("created", world.now())
                .put("accountId", Seed.ACCOUNT);
        attribute.setAll((ObjectNode) wanted.deepCopy());
        world.attributes.add(attribute);
        return Answer.created(attribute);
    }

    /**
     * Checks values against the attributes of an entity.
     *
     * @param eventType type of the event, or null for another entity
     * @param removable true when a null removes a value
     * @param at pointer of the object that holds the values
     * @param errors gets one entry for each value that does not fit
     */
    void check(String entity, String eventType, boolean removable, JsonNode values, String at, ArrayNode errors) {
        for (Map.Entry<String, JsonNode> value : values.properties()) {
            String where = at + Json.pointer(value.getKey());
            String type = type(entity, eventType, value.getKey());
            if (type == null) {
                Refusal.add(
                        errors,
                        "Unknown",
                        "There is no attribute '" + value.getKey() + "' for " + entity,
                        "pointer",
                        where);
            } else if (!(removable && value.getValue().isNull()) && !fits(type, value.getValue())) {
                Refusal.add(errors, "Invalid", "The attribute is of the type " + type, "pointer", where);
            }
        }
    }

    /**
     * Checks values that stand in the member {@code attributes}.
     *
     * @throws Refusal 400 when one does not fit
     */
    void require(String entity, String eventType, boolean removable, JsonNode values) {
        ArrayNode errors = Json.array();
        check(entity, eventType, removable, values, "/attributes", errors);
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(errors);
        }
    }

    private String type(String entity, String eventType, String name) {
        for (ObjectNode attribute : world.attributes) {
            String onlyFor = attribute.path("eventType").asText();
            if (attribute.path("entity").asText().equals(entity)
                    && attribute.path("name").asText().equals(name)
                    && (onlyFor.isEmpty() || onlyFor.equals(eventType))) {
                return attribute.path("type").asText();
            }
        }
        return null;
    }

    private static boolean fits(String type, JsonNode value) {
        if (type.startsWith("(list ")) {
            String item = type.substring("(list ".length(), type.length() - 1);
            if (!value.isArray()) {
                return false;
            }
            for (JsonNode element : value) {
                if (!fits(item, element)) {
                    return false;
                }
            }
            return true;
        }
        return switch (type) {
            case "string" -> value.isTextual();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "time" -> value.isTextual() && Times.readable(value.asText());
            // The JSON shape of a location is not published.
            default -> value.isObject() || value.isArray();
        };
    }
}
