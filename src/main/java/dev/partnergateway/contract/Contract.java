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
        List<String> mistakes = new ArrayList<>();
        Map<String, Operation> operations = new Operations(model).compile(mistakes);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
        return new Contract(operations, "");
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
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("The OpenAPI file " + file + " cannot be read", e);
        }
    }

    /**
     * Parses and compiles a text.
     *
     * @param file what it is called in messages
     * @param text OpenAPI 3.0 in YAML or JSON
     * @return its operations, ready to check calls
     * @throws ContractMistakes as {@link #read}, with everything that is wrong
     */
    public static Contract parse(String file, String text) {
        List<String> mistakes = new ArrayList<>();
        try {
            SwaggerParseResult read = new SwaggerParseResult().messages(new ArrayList<>());
            JsonNode tree = DeserializationUtils.deserializeIntoTree(text, null, new ParseOptions(), read);
            SwaggerParseResult parsed = new OpenAPIV3Parser().parseJsonNode(null, tree);
            mistakes.addAll(read.getMessages());
            mistakes.addAll(parsed.getMessages());
            if (parsed.getOpenAPI() != null && mistakes.isEmpty()) {
                refuseIgnored(tree, "", mistakes);
                Map<String, Operation> operations = new Operations(parsed.getOpenAPI()).compile(mistakes);
                Bounds.require(tree, mistakes);
                if (mistakes.isEmpty()) {
                    return new Contract(operations, outline(tree));
                }
            }
        } catch (RuntimeException e) {
            throw new ContractMistakes(file, List.of(String.valueOf(e.getMessage())), e);
        }
        throw new ContractMistakes(file, mistakes, null);
    }

    /**
     * A file for readers, as it is.
     *
     * @throws UncheckedIOException when the file cannot be read
     */
    public static JsonNode document(Path file) {
        try {
            return DeserializationUtils.deserializeIntoTree(
                    Files.readString(file), null, new ParseOptions(), new SwaggerParseResult());
        } catch (IOException e) {
            throw new UncheckedIOException("The OpenAPI file " + file + " cannot be read", e);
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
    private static void refuseIgnored(JsonNode node, String pointer, List<String> mistakes) {
        boolean reference = node.path("$ref").isTextual();
        for (var member : node.properties()) {
            if (reference && !BESIDE_REFERENCES.contains(member.getKey())) {
                mistakes.add(pointer + ": OpenAPI ignores " + member.getKey()
                        + " beside a $ref; put the $ref into allOf, or the keyword where the $ref leads");
            }
            if (!EXAMPLES.contains(member.getKey())) {
                refuseIgnored(member.getValue(), pointer + "/" + escaped(member.getKey()), mistakes);
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseIgnored(node.get(i), pointer + "/" + i, mistakes);
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
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
