package dev.partnergateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The schemas of a platform's OpenAPI file, as a contract can have them: without references, and bounded. */
final class PlatformSchemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final JsonNode platform;

    PlatformSchemas(JsonNode platform) {
        this.platform = platform;
    }

    /** What a reference leads to; anything else as it is. */
    JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.startsWith("#/") ? platform.at(reference.substring(1)) : node;
    }

    /** The same schema with what the gateway checks of it, and with a bound for everything. */
    ObjectNode bounded(JsonNode given, int depth) {
        JsonNode schema = resolved(given);
        ObjectNode made = JSON.objectNode();
        if (depth > 6 || !schema.isObject()) {
            return made.put("type", "object").put("additionalProperties", true).put("maxProperties", 100);
        }
        for (String parts : List.of("oneOf", "anyOf")) {
            if (schema.path(parts).has(0)) {
                return bounded(schema.path(parts).get(0), depth + 1);
            }
        }
        if (schema.has("allOf")) {
            ObjectNode whole = JSON.objectNode().put("type", "object");
            schema.path("allOf").forEach(part -> merge(whole, bounded(part, depth + 1)));
            return whole;
        }
        String type = schema.path("type").isArray()
                ? schema.path("type").get(0).asText()
                : schema.path("type").asText(schema.has("properties") ? "object" : "string");
        made.put("type", type);
        keep(schema, made, "description", "example", "enum", "minimum", "maximum");
        if (!type.equals("string") && !type.equals("integer")) {
            made.remove("enum");
        }
        switch (type) {
            case "string" -> {
                keep(schema, made, "minLength", "maxLength");
                if (schema.path("format").asText().equals("date-time")) {
                    made.remove(List.of("minLength", "maxLength"));
                    made.put("format", "date-time");
                } else if (!made.has("enum") && !made.has("maxLength")) {
                    made.put("maxLength", 1000);
                }
            }
            case "integer" -> made.put("format", "int64");
            case "array" -> {
                keep(schema, made, "minItems", "maxItems");
                made.set("items", bounded(schema.path("items"), depth + 1));
                made.remove("example");
                if (!made.has("maxItems")) {
                    made.put("maxItems", 100);
                }
            }
            case "object" -> object(schema, made, depth);
            default -> {}
        }
        return made;
    }

    private void object(JsonNode schema, ObjectNode made, int depth) {
        if (schema.path("properties").isEmpty()) {
            made.put("additionalProperties", true).put("maxProperties", 100);
            return;
        }
        keep(schema, made, "required");
        ObjectNode properties = made.putObject("properties");
        schema.path("properties").properties().forEach(property -> {
            if (!resolved(property.getValue()).path("readOnly").asBoolean()) {
                properties.set(property.getKey(), bounded(property.getValue(), depth + 1));
            }
        });
        ArrayNode required = JSON.arrayNode();
        made.path("required").forEach(each -> {
            if (properties.has(each.asText())) {
                required.add(each);
            }
        });
        made.remove("required");
        if (!required.isEmpty()) {
            made.set("required", required);
        }
    }

    private static void merge(ObjectNode whole, ObjectNode part) {
        part.path("properties").properties().forEach(property -> whole.withObjectProperty("properties")
                .set(property.getKey(), property.getValue()));
        part.path("required")
                .forEach(each -> whole.withArrayProperty("required").add(each));
        if (part.has("additionalProperties") && !whole.has("properties")) {
            keep(part, whole, "additionalProperties", "maxProperties");
        }
    }

    /** Copies members, as far as they are there. */
    static void keep(JsonNode from, ObjectNode to, String... names) {
        for (String each : names) {
            if (from.has(each)) {
                to.set(each, from.get(each));
            }
        }
    }
}
