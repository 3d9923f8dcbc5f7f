package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What an operation tells with a success, as its response schema in {@code openapi/talon-one.yaml} says. An answer without
 * it, such as the page of a proxy or an empty body, is no success that anything can be built on.
 *
 * @param type JSON type of the body; empty = it tells nothing
 * @param members what the body must have, with their types; empty type = any
 * @param silenced whether it tells nothing unless it is asked with {@code silent=no}
 */
record UpstreamSuccess(String type, Map<String, String> members, boolean silenced) {

    private static final int DEEPEST = 20;

    /** Reads it from the operation's responses. */
    static UpstreamSuccess of(JsonNode document, JsonNode operation) {
        JsonNode responses = operation.path("responses");
        JsonNode schema = StreamSupport.stream(responses.properties().spliterator(), false)
                .filter(response -> response.getKey().startsWith("2"))
                .map(response -> resolve(document, response.getValue())
                        .path("content")
                        .path("application/json")
                        .path("schema"))
                .filter(stated -> !stated.isMissingNode())
                .findFirst()
                .orElse(null);
        if (schema == null) {
            return new UpstreamSuccess("", Map.of(), false);
        }
        Map<String, String> members = new LinkedHashMap<>();
        collect(document, schema, members, DEEPEST);
        String type = type(document, schema);
        return new UpstreamSuccess(type.isEmpty() ? "object" : type, Map.copyOf(members), responses.has("204"));
    }

    private static JsonNode resolve(JsonNode document, JsonNode node) {
        JsonNode resolved = node;
        for (int i = 0; i < DEEPEST && resolved.has("$ref"); i++) {
            resolved = document.requiredAt(resolved.path("$ref").asText().substring(1));
        }
        return resolved;
    }

    private static void collect(JsonNode document, JsonNode stated, Map<String, String> members, int depth) {
        JsonNode schema = resolve(document, stated);
        if (depth > 0) {
            schema.path("allOf").forEach(part -> collect(document, part, members, depth - 1));
        }
        for (JsonNode name : schema.path("required")) {
            members.put(name.asText(), type(document, schema.path("properties").path(name.asText())));
        }
    }

    private static String type(JsonNode document, JsonNode stated) {
        return resolve(document, stated).path("type").asText("");
    }

    /**
     * Whether an answer tells it.
     *
     * @param body of the answer
     * @param query what the operation was asked with
     */
    boolean isTold(JsonNode body, JsonNode query) {
        if (type.isEmpty() || silenced && !query.path("silent").asText("").equals("no")) {
            return true;
        }
        return is(body, type)
                && members.entrySet().stream().allMatch(member -> {
                    JsonNode value = body.get(member.getKey());
                    // Lists without items are null in some versions.
                    return value != null && (value.isNull() || is(value, member.getValue()));
                });
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object", "array", "string", "boolean" ->
                value.getNodeType().name().toLowerCase(Locale.ROOT).equals(type);
            case "integer", "number" -> value.isNumber();
            default -> true;
        };
    }
}
