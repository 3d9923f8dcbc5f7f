package dev.partnergateway.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.ValidationMessage;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Holds a call against the specification. It is stricter than Talon.One in one point: names that the specification does
 * not know are refused in the query and at the top of the body, so that a caller's mistake shows.
 */
final class Checks {

    private Checks() {}

    /**
     * @return the call with its values decoded
     * @throws Refusal 400 with every violation found
     */
    static Call check(Operation operation, int application, Map<String, String> rawPath, Received received) {
        ArrayNode errors = Json.array();
        Map<String, String> path = new LinkedHashMap<>();
        for (Map.Entry<String, String> value : rawPath.entrySet()) {
            try {
                path.put(value.getKey(), Received.decodeSegment(value.getValue()));
            } catch (IllegalArgumentException e) {
                throw Refusal.badRequest("Invalid", "The encoding is broken", "parameter", value.getKey());
            }
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> value : received.query().entrySet()) {
            if (value.getValue().size() > 1) {
                Refusal.add(errors, "Invalid", "Given more than once", "parameter", value.getKey());
            }
            query.put(value.getKey(), value.getValue().get(0));
        }
        for (String name : query.keySet()) {
            if (operation.parameters().stream()
                    .noneMatch(p -> p.in().equals("query") && p.name().equals(name))) {
                Refusal.add(errors, "Unknown", "No such parameter", "parameter", name);
            }
        }
        for (Operation.Parameter parameter : operation.parameters()) {
            checkParameter(parameter, (parameter.in().equals("path") ? path : query).get(parameter.name()), errors);
        }
        JsonNode body = operation.body() == null || operation.body().multipart()
                ? MissingNode.getInstance()
                : json(operation.body(), received, errors);
        if (operation.body() == null && !received.text().isEmpty()) {
            Refusal.add(errors, "Invalid", "This operation takes no body", "pointer", "");
        }
        if (operation.body() != null && operation.body().multipart() && received.file() == null) {
            Refusal.add(errors, "Invalid", "A multipart part upFile is needed", "pointer", "/upFile");
        }
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(errors);
        }
        return new Call(operation, application, path, query, body, received.file());
    }

    private static void checkParameter(Operation.Parameter parameter, String value, ArrayNode errors) {
        if (value == null) {
            if (parameter.required()) {
                Refusal.add(errors, "Invalid", "The parameter is missing", "parameter", parameter.name());
            }
            return;
        }
        for (ValidationMessage problem : parameter.schema().validate(typed(parameter.type(), value))) {
            Refusal.add(errors, "Invalid", problem.getMessage(), "parameter", parameter.name());
        }
    }

    private static JsonNode typed(String type, String value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (type.equals("integer") && value.matches("-?\\d+")) {
            return nodes.numberNode(new BigInteger(value));
        }
        if (type.equals("boolean") && (value.equals("true") || value.equals("false"))) {
            return nodes.booleanNode(value.equals("true"));
        }
        return type.equals("array") ? Json.texts(value.split(",")) : nodes.textNode(value);
    }

    private static JsonNode json(Operation.Body expected, Received received, ArrayNode errors) {
        if (!received.contentType().toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw Refusal.badRequest("Invalid", "The body must be application/json", "pointer", "");
        }
        JsonNode body;
        try {
            body = Json.read(received.text());
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest("Invalid", "The body is not JSON", "pointer", "");
        }
        if (!body.isObject()) {
            throw Refusal.badRequest("Invalid", "The body must be an object", "pointer", "");
        }
        if (!expected.members().isEmpty()) {
            body.fieldNames().forEachRemaining(name -> {
                if (!expected.members().contains(name)) {
                    Refusal.add(errors, "Unknown", "No such member", "pointer", Json.pointer(name));
                }
            });
        }
        violations(expected.schema(), body, errors);
        return body;
    }

    private static void violations(JsonSchema schema, JsonNode body, ArrayNode errors) {
        for (ValidationMessage problem : schema.validate(body)) {
            if (problem.getType().equals("additionalProperties")) {
                continue;
            }
            String where = problem.getInstanceLocation().toString();
            if (problem.getType().equals("required")) {
                where += Json.pointer(problem.getProperty());
            }
            Refusal.add(errors, "Invalid", problem.getMessage(), "pointer", where);
        }
    }
}
