package dev.partnergateway.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Gives every request body of a contract an example that can be sent: what must be in it, with the examples of its members.
 * Without one, readers show all members there are, which no deployment takes at once.
 */
final class Examples {

    private static final int DEEPEST = 12;
    private static final String EXAMPLE = "example";

    private final JsonNode document;

    private Examples(JsonNode document) {
        this.document = document;
    }

    /** Adds them to a contract; those that it has stay. */
    static void add(JsonNode document) {
        Examples examples = new Examples(document);
        document.path("paths")
                .forEach(path -> path.forEach(operation -> examples.resolved(operation.path("requestBody"))
                        .path("content")
                        .forEach(examples::addTo)));
    }

    private void addTo(JsonNode content) {
        if (content instanceof ObjectNode body && !body.has(EXAMPLE) && !body.has("examples")) {
            JsonNode example = of(body.path("schema"), DEEPEST);
            if (!example.isMissingNode()) {
                body.set(EXAMPLE, example);
            }
        }
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode found = node;
        for (int i = 0; i < DEEPEST && found.path("$ref").asText().startsWith("#/"); i++) {
            found = document.at(found.path("$ref").asText().substring(1));
        }
        return found;
    }

    private JsonNode of(JsonNode stated, int depth) {
        JsonNode schema = resolved(stated);
        if (schema.has(EXAMPLE) || depth == 0) {
            return schema.path(EXAMPLE);
        }
        if (schema.has("default")) {
            return schema.path("default");
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(0);
        }
        for (String choice : new String[] {"oneOf", "anyOf"}) {
            if (schema.has(choice)) {
                return of(schema.path(choice).path(0), depth - 1);
            }
        }
        if (schema.path("type").asText().equals("array")) {
            JsonNode item = of(schema.path("items"), depth - 1);
            return item.isMissingNode()
                    ? item
                    : JsonNodeFactory.instance.arrayNode().add(item);
        }
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        collect(schema, members, depth);
        return members.isEmpty() ? MissingNode.getInstance() : members;
    }

    /** Members that must be there, of the schema and of those that it is made of. */
    private void collect(JsonNode stated, ObjectNode members, int depth) {
        JsonNode schema = resolved(stated);
        if (depth > 0) {
            schema.path("allOf").forEach(part -> collect(part, members, depth - 1));
        }
        for (JsonNode name : schema.path("required")) {
            JsonNode example = of(schema.path("properties").path(name.asText()), depth - 1);
            if (!example.isMissingNode()) {
                members.set(name.asText(), example);
            }
        }
    }
}
