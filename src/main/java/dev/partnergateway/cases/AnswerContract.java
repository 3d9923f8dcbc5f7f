package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the OpenAPI files of integrations say about answers, checked by a JSON Schema validator that knows nothing of the
 * gateway. A member that the schema does not name is an error, unless the schema allows others.
 */
public final class AnswerContract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final SchemaValidatorsConfig CHECKS = SchemaValidatorsConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .formatAssertionsEnabled(true)
            .locale(Locale.ENGLISH)
            .build();
    private static final String OPEN = "open.";

    private final Path folder;
    private final Map<String, Optional<Document>> documents = new HashMap<>();

    /**
     * Prepares the check.
     *
     * @param folder with one OpenAPI file for each integration, named after the first segment of its paths
     */
    public AnswerContract(Path folder) {
        this.folder = folder;
    }

    /** What is wrong with an answer; empty when nothing is. Calls that no operation takes are answered as errors. */
    public Optional<String> violation(String method, String path, Reply reply) {
        return violation(method, path, reply.status(), reply.body());
    }

    /** As the other, of an answer's status and body. */
    public synchronized Optional<String> violation(String method, String path, int status, byte[] body) {
        String bare = path.replaceFirst("\\?.*", "");
        String segment = bare.replaceFirst("^/([^/]*).*", "$1");
        Optional<Document> document = documents.computeIfAbsent(segment, name -> {
            Path file = folder.resolve(name.replace('_', '-') + ".yaml");
            return Files.exists(file) ? Optional.of(new Document(file)) : Optional.empty();
        });
        return document.map(found -> found.violation(
                method, bare.substring(segment.length() + 1), segment, new Reply(status, Map.of(), body)));
    }

    private static final class Document {

        private final JsonNode document;
        private final ObjectNode definitions = JSON.createObjectNode();
        private final Map<JsonNode, JsonSchema> compiled = new HashMap<>();

        private Document(Path file) {
            try {
                document = new YAMLMapper().readTree(Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(file + " cannot be read", e);
            }
            document.path("components").path("schemas").properties().forEach(schema -> {
                definitions.set(schema.getKey(), converted(schema.getValue(), false));
                definitions.set(OPEN + schema.getKey(), converted(schema.getValue(), true));
            });
        }

        private String violation(String method, String path, String segment, Reply answer) {
            JsonNode operation = operation(path.isEmpty() ? "/" : path).path(method.toLowerCase(Locale.ROOT));
            if (operation.isMissingNode()) {
                return answer.status() >= 400 ? null : "/" + segment + path + " has no " + method;
            }
            JsonNode responses = operation.path("responses");
            JsonNode response = responses.path(Integer.toString(answer.status()));
            if (response.isMissingNode() && answer.status() >= 400) {
                response = responses.path("default");
            }
            response = resolved(response);
            if (response.isMissingNode()) {
                return operation.path("operationId").asText() + " documents no status " + answer.status();
            }
            JsonNode schema = response.path("content").path("application/json").path("schema");
            if (schema.isMissingNode()) {
                return answer.body().length == 0 ? null : "this answer must have no body";
            }
            var messages = schema(schema).validate(answer.json());
            return messages.isEmpty() ? null : messages.toString();
        }

        private JsonNode operation(String path) {
            return document.path("paths").properties().stream()
                    .filter(item -> path.matches(item.getKey().replaceAll("\\{[^}]+}", "[^/]+")))
                    .min(Comparator.comparing(item -> item.getKey().contains("{")))
                    .map(Map.Entry::getValue)
                    .orElse(JSON.missingNode());
        }

        private JsonNode resolved(JsonNode node) {
            return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
        }

        private JsonSchema schema(JsonNode schema) {
            return compiled.computeIfAbsent(schema, key -> {
                ObjectNode whole = (ObjectNode) converted(key, false);
                whole.set("$defs", definitions);
                return SCHEMAS.getSchema(whole, CHECKS);
            });
        }
    }

    /**
     * The same schema in JSON Schema 2020-12, closed.
     *
     * @param open whether other members may stand beside those named here, because the schema is a part of another
     */
    private static JsonNode converted(JsonNode schema, boolean open) {
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode copy = JSON.createObjectNode();
        schema.properties().forEach(member -> {
            String name = member.getKey();
            JsonNode value = member.getValue();
            switch (name) {
                case "properties" -> {
                    ObjectNode properties = copy.putObject(name);
                    value.properties()
                            .forEach(each -> properties.set(each.getKey(), converted(each.getValue(), false)));
                }
                case "allOf", "oneOf", "anyOf" -> {
                    ArrayNode parts = copy.putArray(name);
                    value.forEach(part -> parts.add(converted(part, true)));
                }
                case "items", "additionalProperties", "not" -> copy.set(name, converted(value, false));
                case "$ref" ->
                    copy.put(name, value.asText().replace("#/components/schemas/", "#/$defs/" + (open ? OPEN : "")));
                default -> copy.set(name, value);
            }
        });
        if (copy.path("exclusiveMinimum").isBoolean()
                && copy.remove("exclusiveMinimum").asBoolean()) {
            copy.set("exclusiveMinimum", copy.remove("minimum"));
        }
        if (copy.path("nullable").asBoolean()) {
            copy.putArray("type").add(schema.path("type").asText()).add("null");
        }
        boolean names = copy.has("properties") || copy.has("allOf") || copy.has("oneOf") || copy.has("anyOf");
        if (!open && names && !copy.has("additionalProperties")) {
            copy.put("unevaluatedProperties", false);
        }
        return copy;
    }
}
