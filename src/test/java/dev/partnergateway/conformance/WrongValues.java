package dev.partnergateway.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Values that a schema does not allow. */
final class WrongValues {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private WrongValues() {}

    /** The schemas of which a value has to fit one; none where the schema itself says what fits. */
    static List<Schema<?>> branches(Schema<?> schema) {
        List<Schema<?>> branches = new ArrayList<>();
        if (schema.getOneOf() != null) {
            schema.getOneOf().forEach(branches::add);
        }
        if (schema.getAnyOf() != null) {
            schema.getAnyOf().forEach(branches::add);
        }
        return branches;
    }

    /** One value for each way to miss what the schema says. */
    static List<JsonNode> of(Schema<?> schema) {
        if (!branches(schema).isEmpty()) {
            List<JsonNode> wrongForAll = new ArrayList<>(of(branches(schema).get(0)));
            branches(schema).forEach(branch -> wrongForAll.retainAll(of(branch)));
            return wrongForAll;
        }
        List<JsonNode> wrong = new ArrayList<>();
        boolean free = schema.getType() == null && schema.getProperties() == null;
        switch (free ? "anything" : schema.getType() == null ? "object" : schema.getType()) {
            case "integer" ->
                wrong.addAll(List.of(
                        JSON.textNode("abc"),
                        JSON.textNode("1.0"),
                        JSON.textNode("1e3"),
                        JSON.numberNode(1.5),
                        JSON.textNode("99999999999999999999"),
                        JSON.objectNode(),
                        JSON.arrayNode(),
                        JSON.booleanNode(true)));
            case "number" -> wrong.addAll(List.of(JSON.textNode("abc"), JSON.objectNode(), JSON.booleanNode(true)));
            case "boolean" -> wrong.addAll(List.of(JSON.textNode("maybe"), JSON.numberNode(1), JSON.objectNode()));
            case "array" -> wrong.addAll(List.of(JSON.numberNode(5), JSON.booleanNode(true), JSON.objectNode()));
            case "object" -> wrong.addAll(List.of(JSON.numberNode(5), JSON.textNode("abc"), JSON.arrayNode()));
            case "string" -> wrong.add(JSON.objectNode());
            default -> {}
        }
        bounds(schema, wrong);
        if (schema.getEnum() != null) {
            wrong.add(JSON.textNode("none-of-these"));
        }
        if ("date-time".equals(schema.getFormat())) {
            wrong.addAll(List.of(
                    JSON.textNode("tomorrow"),
                    JSON.textNode("2026-02-30T00:00:00Z"),
                    JSON.textNode("2026-01-01"),
                    JSON.textNode("2026-01-01T00:00:00")));
        }
        return wrong;
    }

    /** Whether a text cannot be a value of the schema. */
    static boolean isNoText(Schema<?> schema) {
        return schema.getType() != null
                && (Set.of("integer", "number", "boolean").contains(schema.getType())
                        || "date-time".equals(schema.getFormat()));
    }

    private static void bounds(Schema<?> schema, List<JsonNode> wrong) {
        if (schema.getMinimum() != null) {
            boolean excluded = Boolean.TRUE.equals(schema.getExclusiveMinimum());
            wrong.add(JSON.numberNode(
                    excluded ? schema.getMinimum() : schema.getMinimum().subtract(BigDecimal.ONE)));
        }
        if (schema.getMaximum() != null) {
            wrong.add(JSON.numberNode(schema.getMaximum().add(BigDecimal.ONE)));
        }
        if (schema.getMinLength() != null && schema.getMinLength() > 1) {
            wrong.add(JSON.textNode("x".repeat(schema.getMinLength() - 1)));
        }
        if (schema.getMaxLength() != null) {
            wrong.add(JSON.textNode("x".repeat(schema.getMaxLength() + 1)));
        }
        if (schema.getPattern() != null) {
            wrong.add(JSON.textNode("\u00e9"));
        }
    }
}
