package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.oas.OpenApi30;
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
    private static final String LOCATION = "urn:talon-one";

    private final JsonNode document;
    private final JsonSchemaFactory schemas;
    private final SchemaValidatorsConfig checks = SchemaValidatorsConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .formatAssertionsEnabled(true)
            // A member that only answers have is a mistake in a request.
            .readOnly(true)
            .locale(Locale.ENGLISH)
            .build();

    private Specification(Path file) {
        String text;
        try {
            text = Files.readString(file);
            document = new YAMLMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        schemas = JsonSchemaFactory.builder()
                .metaSchema(OpenApi30.getInstance())
                .defaultMetaSchemaIri(OpenApi30.getInstance().getIri())
                .schemaLoaders(loaders -> loaders.schemas(Map.of(LOCATION, document.toString())))
                .build();
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
        JsonSchema schema = schemas.getSchema(SchemaLocation.of(LOCATION + "#" + pointer), checks);
        schema.initializeValidators();
        return schema;
    }
}
