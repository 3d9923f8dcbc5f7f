package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The operations that the specification file describes, with their compiled schemas. */
final class Specification {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final JsonNode document;
    private final JsonSchemaFactory schemas;
    private final ObjectNode definitions = Json.object();
    private final SchemaValidatorsConfig checks = SchemaValidatorsConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .formatAssertionsEnabled(true)
            // A member that only answers have is a mistake in a request.
            .readOnly(true)
            .locale(Locale.ENGLISH)
            .build();

    private Specification(Path file) {
        try {
            document = new YAMLMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
        for (Map.Entry<String, JsonNode> schema :
                document.path("components").path("schemas").properties()) {
            definitions.set(schema.getKey(), converted(schema.getValue()));
        }
    }

    /**
     * Reads the operations of an OpenAPI 3.0 file.
     *
     * @throws UncheckedIOException when the file cannot be read
     */
    static List<Operation> read(Path file) {
        Specification specification = new Specification(file);
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                specification.document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(specification.operation(path.getKey(), method.getKey(), method.getValue()));
                }
            }
        }
        return operations;
    }

    private Operation operation(String path, String method, JsonNode node) {
        String here = "/paths" + Json.pointer(path) + Json.pointer(method);
        List<Operation.Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < node.path("parameters").size(); i++) {
            Operation.Parameter parameter = parameter(here + "/parameters/" + i);
            if (!parameter.in().equals("header")) {
                parameters.add(parameter);
            }
        }
        return new Operation(
                node.path("operationId").asText(),
                method.toUpperCase(Locale.ROOT),
                List.of(path.substring(1).split("/", -1)),
                node.path("security").path(0).has("management"),
                node.path("x-repeat").asText().equals("keyed"),
                node.has("x-sequence") && node.path("responses").has("409"),
                sequence(node.path("x-sequence")),
                List.copyOf(parameters),
                body(here, node.path("requestBody")));
    }

    private Operation.Parameter parameter(String pointer) {
        String at = resolve(pointer);
        JsonNode node = document.at(at);
        return new Operation.Parameter(
                node.path("name").asText(),
                node.path("in").asText(),
                node.path("required").asBoolean(),
                node.path("schema").path("type").asText(),
                schema(at + "/schema"));
    }

    private static Operation.Sequence sequence(JsonNode node) {
        if (node.isMissingNode()) {
            return null;
        }
        String place = node.has("path") ? "path" : "body";
        return new Operation.Sequence(
                node.path("of").asText(), place, node.path(place).asText());
    }

    private Operation.Body body(String here, JsonNode body) {
        if (body.isMissingNode()) {
            return null;
        }
        if (body.path("content").has("multipart/form-data")) {
            return new Operation.Body(Set.of(), null);
        }
        String at = resolve(here + "/requestBody/content/application~1json/schema");
        Set<String> members = new HashSet<>();
        Iterator<String> names = document.at(at).path("properties").fieldNames();
        names.forEachRemaining(members::add);
        return new Operation.Body(Set.copyOf(members), schema(at));
    }

    private String resolve(String pointer) {
        JsonNode reference = document.at(pointer).path("$ref");
        return reference.isTextual() ? reference.asText().substring(1) : pointer;
    }

    private JsonSchema schema(String pointer) {
        ObjectNode schema = (ObjectNode) converted(document.at(pointer));
        // What stands beside a $ref is read since draft 2019-09, so the definitions can stand at the top of each
        // schema.
        // there.
        schema.set("$defs", definitions);
        JsonSchema compiled = schemas.getSchema(schema, checks);
        compiled.initializeValidators();
        return compiled;
    }

    /** The same schema in JSON Schema 2020-12, which writes three things in another way than OpenAPI 3.0. */
    private static JsonNode converted(JsonNode schema) {
        if (schema.isArray()) {
            ArrayNode items = Json.array();
            schema.forEach(item -> items.add(converted(item)));
            return items;
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode copy = Json.object();
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            copy.set(member.getKey(), converted(member.getValue()));
        }
        if (copy.path("$ref").isTextual()) {
            copy.put("$ref", copy.get("$ref").asText().replace("#/components/schemas/", "#/$defs/"));
        }
        if (copy.path("exclusiveMinimum").isBoolean()
                && copy.remove("exclusiveMinimum").asBoolean()) {
            copy.set("exclusiveMinimum", copy.remove("minimum"));
        }
        if (copy.path("nullable").isBoolean() && copy.remove("nullable").asBoolean()) {
            copy.set("type", Json.texts(copy.path("type").asText(), "null"));
        }
        return copy;
    }
}
