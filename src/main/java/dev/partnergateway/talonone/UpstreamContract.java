package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The operations of Talon.One that the gateway uses: {@code openapi/talon-one.yaml}. Nothing else is ever called. */
public final class UpstreamContract {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    private final Map<String, UpstreamOperation> operations;

    private UpstreamContract(Map<String, UpstreamOperation> operations) {
        this.operations = operations;
    }

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException when it is not a contract, or an operation lacks what a call needs
     */
    public static UpstreamContract read(Path file) {
        JsonNode document;
        try {
            document = new YAMLMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        }
        Map<String, UpstreamOperation> operations = new HashMap<>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> METHODS.contains(method.getKey()))
                .map(method -> compile(document, path.getKey(), method.getKey(), method.getValue()))
                .forEach(compiled -> operations.put(compiled.id(), compiled)));
        if (operations.isEmpty()) {
            throw new IllegalArgumentException(file + " is not an OpenAPI file");
        }
        return new UpstreamContract(Map.copyOf(operations));
    }

    private static UpstreamOperation compile(JsonNode document, String path, String verb, JsonNode operation) {
        String method = verb.toUpperCase(Locale.ROOT);
        if (!operation.has("operationId") || !operation.has("x-repeat")) {
            throw new IllegalArgumentException(
                    method + " " + path + " needs an operationId and x-repeat (safe, keyed or never)");
        }
        return new UpstreamOperation(
                operation.path("operationId").asText(),
                method,
                Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList(),
                query(document, operation),
                operation.path("security").findValue("management") == null ? Key.PARTNER : Key.MANAGEMENT,
                Repeat.valueOf(operation.path("x-repeat").asText().toUpperCase(Locale.ROOT)),
                sequence(operation.path("x-sequence")),
                attributesOf(operation),
                audiences(operation),
                operation.path("x-items").asText(""),
                operation.path("x-largest-answer").asInt(TalonOneHttpClient.LARGEST_BODY),
                refusals(operation),
                UpstreamSuccess.of(document, operation));
    }

    private static Set<String> query(JsonNode document, JsonNode operation) {
        Set<String> names = new HashSet<>();
        for (JsonNode stated : operation.path("parameters")) {
            JsonNode parameter = stated.has("$ref")
                    ? document.requiredAt(stated.path("$ref").asText().substring(1))
                    : stated;
            if (parameter.path("in").asText().equals("query")) {
                names.add(parameter.path("name").asText());
            }
        }
        return Set.copyOf(names);
    }

    private static Set<Integer> refusals(JsonNode operation) {
        return operation.path("responses").properties().stream()
                .map(Map.Entry::getKey)
                .filter(status -> status.startsWith("4"))
                .map(Integer::valueOf)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Map<String, String> attributesOf(JsonNode operation) {
        Map<String, String> places = new LinkedHashMap<>();
        operation
                .path("x-attributes-of")
                .properties()
                .forEach(place -> places.put(place.getKey(), place.getValue().asText()));
        return Collections.unmodifiableMap(places);
    }

    private static List<List<String>> audiences(JsonNode operation) {
        List<List<String>> places = new ArrayList<>();
        operation
                .path("x-audiences")
                .forEach(place -> places.add(List.of(place.asText().split("/"))));
        return List.copyOf(places);
    }

    private static UpstreamOperation.Sequence sequence(JsonNode stated) {
        if (stated.isMissingNode()) {
            return null;
        }
        boolean inPath = stated.has("path");
        return new UpstreamOperation.Sequence(
                stated.required("of").asText(),
                inPath,
                stated.required(inPath ? "path" : "body").asText(),
                stated.path("owner").asText());
    }

    /**
     * One operation.
     *
     * @throws IllegalArgumentException naming it, when the file has none of that id
     */
    public UpstreamOperation operation(String id) {
        UpstreamOperation operation = operations.get(id);
        if (operation == null) {
            throw new IllegalArgumentException("openapi/talon-one.yaml has no operation " + id);
        }
        return operation;
    }
}
