package dev.partnergateway.contract;

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

/** The contract of one integration: its OpenAPI 3.0 file, compiled once so that a check costs microseconds. */
public final class Contract {
    private final Map<String, Operation> operations;

    private Contract(Map<String, Operation> operations) {
        this.operations = operations;
    }

    /**
     * Compiles a parsed file.
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
     * Parses and compiles a file; meant for tests and tools.
     *
     * @param file an OpenAPI 3.0 file in YAML or JSON
     * @return its operations, ready to check calls
     * @throws UncheckedIOException when the file cannot be read
     * @throws IllegalArgumentException as {@link #of}, and for everything the OpenAPI parser finds wrong
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
            return of(parsed.getOpenAPI());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
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
