package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Written;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The types that a partner says attributes have, and values given those types (docs/behaviour.md#attributes). */
final class DeclaredTypes {

    private final Map<String, Map<String, String>> byEntity = new HashMap<>();

    /**
     * Reads what a route passes on.
     *
     * @param declared {@code {<entity>: [{name, type}, ...]}}; may be missing
     * @throws Refusal 400 when an attribute is declared with two types
     */
    DeclaredTypes(JsonNode declared) {
        declared.properties().forEach(entity -> {
            Map<String, String> types = byEntity.computeIfAbsent(entity.getKey(), key -> new HashMap<>());
            for (JsonNode one : entity.getValue()) {
                String type = one.path("type").asText("");
                if (one.has("name") && !type.isEmpty()) {
                    String other = types.put(one.path("name").asText(), type);
                    if (other != null && !other.equals(type)) {
                        throw refusal(one.path("name").asText(), "is declared with two types");
                    }
                }
            }
        });
    }

    /** Declared type of an attribute; empty = none. */
    String of(String entity, String name) {
        return byEntity.getOrDefault(entity, Map.of()).getOrDefault(name, "");
    }

    /**
     * Gives values the types declared for them. What Talon.One already knows keeps the type it has there.
     *
     * @param known Talon.One's own attributes; null when they are not known
     * @throws Refusal 400 naming an attribute whose value does not fit
     */
    void convert(AttributeObject object, AttributeTypes known) {
        object.values().properties().forEach(attribute -> {
            String name = attribute.getKey();
            String type = of(object.entity(), name);
            JsonNode value = attribute.getValue();
            if (type.isEmpty() || value.isNull()) {
                return;
            }
            if (value.isArray()) {
                throw refusal(name, "is a list, whose type cannot be declared");
            }
            if (known == null || !known.has(object.eventType(), name)) {
                attribute.setValue(convert(name, value, type));
            }
        });
    }

    private static JsonNode convert(String name, JsonNode value, String type) {
        JsonNode converted =
                switch (type) {
                    case "boolean" -> bool(value);
                    case "number" ->
                        value.isTextual() ? Written.number(value.asText().strip()) : value;
                    case "string" -> value.isContainerNode() ? value : TextNode.valueOf(value.asText());
                    default -> value;
                };
        boolean fits =
                switch (type) {
                    case "boolean" -> converted.isBoolean();
                    case "number" -> converted.isNumber();
                    case "string" -> converted.isTextual();
                    case "time" -> isTime(converted);
                    default -> true;
                };
        if (!fits) {
            throw refusal(name, "does not have the declared type " + type);
        }
        return converted;
    }

    private static JsonNode bool(JsonNode value) {
        String text = value.asText("").strip().toLowerCase(Locale.ROOT);
        return value.isTextual() && (text.equals("true") || text.equals("false"))
                ? JsonNodeFactory.instance.booleanNode(text.equals("true"))
                : value;
    }

    private static boolean isTime(JsonNode value) {
        try {
            OffsetDateTime.parse(value.asText(""));
            return value.isTextual();
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    static Refusal refusal(String name, String what) {
        return Refusal.of(400, "The attribute " + name + " " + what);
    }
}
