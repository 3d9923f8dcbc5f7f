package dev.partnergateway.talonone;

import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The operations of Talon.One that the gateway uses: {@code openapi/talon-one.yaml}. Nothing else is ever called. */
public final class UpstreamContract {

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
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        SwaggerParseResult result;
        try {
            result = new OpenAPIV3Parser().readContents(Files.readString(file), List.of(), options);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read", e);
        }
        OpenAPI model = result.getOpenAPI();
        if (model == null || model.getPaths() == null) {
            throw new IllegalArgumentException(file + " is not an OpenAPI file: " + result.getMessages());
        }
        Map<String, UpstreamOperation> operations = new HashMap<>();
        model.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            UpstreamOperation compiled = compile(path, method.name(), operation);
            operations.put(compiled.id(), compiled);
        }));
        return new UpstreamContract(Map.copyOf(operations));
    }

    private static UpstreamOperation compile(String path, String method, Operation operation) {
        Set<String> query = operation.getParameters() == null
                ? Set.of()
                : operation.getParameters().stream()
                        .filter(parameter -> "query".equals(parameter.getIn()))
                        .map(Parameter::getName)
                        .collect(Collectors.toUnmodifiableSet());
        boolean management = operation.getSecurity() != null
                && operation.getSecurity().stream().anyMatch(scheme -> scheme.containsKey("management"));
        Object repeat = operation.getExtensions() == null
                ? null
                : operation.getExtensions().get("x-repeat");
        if (operation.getOperationId() == null || repeat == null) {
            throw new IllegalArgumentException(
                    method + " " + path + " needs an operationId and x-repeat (safe, keyed or never)");
        }
        return new UpstreamOperation(
                operation.getOperationId(),
                method,
                Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList(),
                query,
                management ? Key.MANAGEMENT : Key.PARTNER,
                Repeat.valueOf(repeat.toString().toUpperCase(Locale.ROOT)),
                sequence(operation.getExtensions().get("x-sequence")),
                attributesOf(operation),
                audiences(operation));
    }

    private static Map<String, String> attributesOf(Operation operation) {
        Map<String, String> places = new LinkedHashMap<>();
        if (operation.getExtensions().getOrDefault("x-attributes-of", Map.of()) instanceof Map<?, ?> stated) {
            stated.forEach((pointer, entity) -> places.put(pointer.toString(), entity.toString()));
        }
        return Collections.unmodifiableMap(places);
    }

    private static List<List<String>> audiences(Operation operation) {
        List<List<String>> places = new ArrayList<>();
        if (operation.getExtensions().getOrDefault("x-audiences", List.of()) instanceof List<?> stated) {
            stated.forEach(place -> places.add(List.of(place.toString().split("/"))));
        }
        return List.copyOf(places);
    }

    private static UpstreamOperation.Sequence sequence(Object extension) {
        if (!(extension instanceof Map<?, ?> stated)) {
            return null;
        }
        boolean inPath = stated.containsKey("path");
        Object owner = stated.get("owner");
        return new UpstreamOperation.Sequence(
                stated.get("of").toString(),
                inPath,
                stated.get(inPath ? "path" : "body").toString(),
                owner == null ? "" : owner.toString());
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
