package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a caller may send is bounded by the file that describes it: a text without {@code maxLength}, an array without
 * {@code maxItems} or an object with members of any name but without {@code maxProperties} stops the compilation. The bound
 * stands beside the type, so that reading one place is enough. Texts of an enum and date-times are short anyway; a value of
 * any kind is bounded by the limits of a whole call.
 */
final class Bounds {
    private final JsonNode file;
    private final List<String> mistakes;
    private final Set<String> seen = new HashSet<>();

    private Bounds(JsonNode file, List<String> mistakes) {
        this.file = file;
        this.mistakes = mistakes;
    }

    /**
     * Looks at everything that callers send.
     *
     * @param file a whole OpenAPI file
     * @param mistakes takes a sentence for each place, by its JSON Pointer, with the keyword that is missing there
     */
    static void require(JsonNode file, List<String> mistakes) {
        Bounds bounds = new Bounds(file, mistakes);
        for (var path : file.path("paths").properties()) {
            String place = "/paths/" + escaped(path.getKey());
            bounds.parameters(path.getValue(), place);
            for (var operation : path.getValue().properties()) {
                bounds.operation(operation.getValue(), place + '/' + operation.getKey());
            }
        }
    }

    private void operation(JsonNode operation, String place) {
        parameters(operation, place);
        at(operation.path("requestBody"), place + "/requestBody", (body, where) -> {
            for (var content : body.path("content").properties()) {
                schema(content.getValue().path("schema"), where + "/content/" + escaped(content.getKey()) + "/schema");
            }
        });
    }

    private void parameters(JsonNode holder, String place) {
        JsonNode parameters = holder.path("parameters");
        for (int i = 0; i < parameters.size(); i++) {
            at(
                    parameters.get(i),
                    place + "/parameters/" + i,
                    (parameter, where) -> schema(parameter.path("schema"), where + "/schema"));
        }
    }

    private void schema(JsonNode given, String place) {
        at(given, place, this::own);
    }

    private void own(JsonNode schema, String place) {
        if (!schema.isObject() || schema.path("readOnly").asBoolean()) {
            return;
        }
        String type = schema.path("type").asText("");
        JsonNode others = schema.path("additionalProperties");
        boolean open = others.isObject() || others.asBoolean();
        boolean empty = type.equals("object")
                && others.isMissingNode()
                && schema.path("properties").isEmpty();
        boolean shortText =
                schema.has("enum") || schema.path("format").asText("").equals("date-time");
        need(type.equals("string") && !shortText, schema, "maxLength", place);
        need(type.equals("array"), schema, "maxItems", place);
        need(open || empty && !schema.has("allOf"), schema, "maxProperties", place);
        for (var property : schema.path("properties").properties()) {
            schema(property.getValue(), place + "/properties/" + escaped(property.getKey()));
        }
        schema(others, place + "/additionalProperties");
        schema(schema.path("items"), place + "/items");
        for (String parts : new String[] {"allOf", "oneOf", "anyOf"}) {
            for (int i = 0; i < schema.path(parts).size(); i++) {
                schema(schema.path(parts).get(i), place + '/' + parts + '/' + i);
            }
        }
        for (var branch : schema.path("discriminator").path("mapping").properties()) {
            String target = Components.schemaReference(branch.getValue().asText());
            at(Json.FACTORY.objectNode().put("$ref", target), place, this::own);
        }
    }

    private void need(boolean needed, JsonNode schema, String keyword, String place) {
        if (needed && !schema.has(keyword)) {
            mistakes.add(place + ": " + keyword + " is missing: what callers send must be bounded");
        }
    }

    private interface Look {
        void at(JsonNode node, String place);
    }

    /** Looks at a node, or once at the one it refers to; a reference to nothing is for the compilation to refuse. */
    private void at(JsonNode node, String place, Look look) {
        JsonNode reference = node.path("$ref");
        if (!reference.isTextual()) {
            look.at(node, place);
        } else if (reference.textValue().startsWith("#/") && seen.add(reference.textValue())) {
            String pointer = reference.textValue().substring(1);
            at(file.at(pointer), pointer, look);
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
