package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** The contract of one integration: its OpenAPI 3.0 file, compiled once so that a check costs microseconds. */
public final class Contract {
    private static final Set<String> BESIDE_REFERENCES = Set.of("$ref", "description", "summary");
    private static final Set<String> EXAMPLES = Set.of("example", "examples");

    private final Map<String, Operation> operations;

    private Contract(Map<String, Operation> operations) {
        this.operations = operations;
    }

    /**
     * Compiles a parsed file. A parser that inlines references, as Camel's does, loses {@code nullable} and {@code
     * additionalProperties} where they meet allOf, and every parser drops what stands beside a {@code $ref}; {@link
     * #read} loses nothing.
     *
     * @param model the file as the OpenAPI parser gives it, with or without inlined references
     * @return its operations, ready to check calls
     * @throws IllegalArgumentException naming the place and what is wrong there, such as a keyword that would not be
     *     enforced, an operation without an operationId, or an extension with a value that has no meaning
     */
    public static Contract of(OpenAPI model) {
        return new Contract(new Operations(model).compile());
    }

    /**
     * Parses and compiles a file.
     *
     * @param file an OpenAPI 3.0 file in YAML or JSON
     * @return its operations, ready to check calls
     * @throws UncheckedIOException when the file cannot be read
     * @throws IllegalArgumentException as {@link #of}, and for everything the OpenAPI parser finds wrong, and for
     *     keywords beside a {@code $ref}, which OpenAPI ignores
     */
    public static Contract read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The OpenAPI file " + file + " cannot be read", e);
        }
        SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(text, null, new ParseOptions());
        if (parsed.getOpenAPI() == null || !parsed.getMessages().isEmpty()) {
            throw new IllegalArgumentException(file + ": " + String.join("; ", parsed.getMessages()));
        }
        try {
            refuseIgnored(new YAMLMapper().readTree(text), "");
            return of(parsed.getOpenAPI());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** An extension beside a reference would be lost without a word, and with it a credential or a deployment. */
    private static void refuseIgnored(JsonNode node, String pointer) {
        boolean reference = node.path("$ref").isTextual();
        for (var member : node.properties()) {
            if (reference && !BESIDE_REFERENCES.contains(member.getKey())) {
                throw new IllegalArgumentException(pointer + ": OpenAPI ignores " + member.getKey()
                        + " beside a $ref; put the $ref into allOf, or the keyword where the $ref leads");
            }
            if (!EXAMPLES.contains(member.getKey())) {
                refuseIgnored(member.getValue(), pointer + "/" + member.getKey());
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseIgnored(node.get(i), pointer + "/" + i);
        }
    }

    /**
     * One operation.
     *
     * @param operationId its name in the file
     * @return the operation
     * @throws NoSuchElementException when the file has no such operation
     */
    public Operation operation(String operationId) {
        Operation operation = operations.get(operationId);
        if (operation == null) {
            throw new NoSuchElementException("no operation " + operationId + " in this contract");
        }
        return operation;
    }

    /**
     * Every operation of the file.
     *
     * @return the operations in the order of the file
     */
    public Collection<Operation> operations() {
        return operations.values();
    }
}
