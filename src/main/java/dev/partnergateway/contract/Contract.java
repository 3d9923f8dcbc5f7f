package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import io.swagger.v3.parser.util.DeserializationUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** The contract of one integration: its OpenAPI 3.0 file, compiled once so that a check costs microseconds. */
public final class Contract {
    private static final Set<String> BESIDE_REFERENCES = Set.of("$ref", "description", "summary");
    private static final Set<String> EXAMPLES = Set.of("example", "examples");

    private final Map<String, Operation> operations;
    private final String outline;

    private Contract(Map<String, Operation> operations, String outline) {
        this.operations = operations;
        this.outline = outline;
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
        return new Contract(new Operations(model).compile(), "");
    }

    /**
     * Parses and compiles a file.
     *
     * @param file an OpenAPI 3.0 file in YAML or JSON
     * @return its operations, ready to check calls
     * @throws UncheckedIOException when the file cannot be read
     * @throws IllegalArgumentException as {@link #of}, and for everything the OpenAPI parser finds wrong, for keywords
     *     beside a {@code $ref}, which OpenAPI ignores, and for what callers may send without a bound
     */
    public static Contract read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The OpenAPI file " + file + " cannot be read", e);
        }
        try {
            SwaggerParseResult read = new SwaggerParseResult().messages(new ArrayList<>());
            JsonNode tree = DeserializationUtils.deserializeIntoTree(text, null, new ParseOptions(), read);
            SwaggerParseResult parsed = new OpenAPIV3Parser().parseJsonNode(null, tree);
            read.getMessages().addAll(parsed.getMessages());
            if (parsed.getOpenAPI() == null || !read.getMessages().isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", read.getMessages()));
            }
            refuseIgnored(tree, "");
            Contract contract = new Contract(new Operations(parsed.getOpenAPI()).compile(), outline(tree));
            Bounds.require(tree);
            return contract;
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String outline(JsonNode tree) {
        ObjectNode outline = JsonNodeFactory.instance.objectNode();
        for (String name : List.of("openapi", "info", "servers")) {
            outline.set(name, tree.get(name));
        }
        ObjectNode paths = outline.putObject("paths");
        tree.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> method.getValue().hasNonNull("operationId"))
                .forEach(method -> paths.withObjectProperty(path.getKey())
                        .putObject(method.getKey())
                        .set("operationId", method.getValue().path("operationId"))));
        return outline.toString();
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
     * What a router needs of the file.
     *
     * @return the file's servers, paths, methods and operation ids as OpenAPI in JSON, a fraction of what it says; empty
     *     for a contract that was not read from a file
     */
    public String outline() {
        return outline;
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
