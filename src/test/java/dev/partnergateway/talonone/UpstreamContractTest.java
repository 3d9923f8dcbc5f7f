package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file that lists what may be called at Talon.One, read as it is and with mistakes. */
class UpstreamContractTest {

    private static final String GOOD = """
            openapi: 3.0.3
            components:
              parameters:
                silent: {name: silent, in: query, schema: {type: string}}
            paths:
              /v2/things/{id}:
                put:
                  operationId: putThing
                  security: [{management: []}]
                  x-repeat: keyed
                  x-sequence: {of: thing, path: id}
                  parameters:
                    - $ref: '#/components/parameters/silent'
                    - {name: id, in: path, required: true, schema: {type: string}}
            """;

    @TempDir
    private Path folder;

    private UpstreamContract read(String text) throws IOException {
        return UpstreamContract.read(Files.writeString(folder.resolve("talon-one.yaml"), text));
    }

    @Test
    void anOperationIsKnownByWhatACallOfItNeeds() throws IOException {
        UpstreamOperation operation = read(GOOD).operation("putThing");
        assertEquals("PUT", operation.method());
        assertEquals(Set.of("silent"), operation.query());
        assertEquals(UpstreamOperation.Key.MANAGEMENT, operation.key());
        assertEquals(UpstreamOperation.Repeat.KEYED, operation.repeat());
        assertEquals("thing", operation.sequence().of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-repeat: keyed|x-other: keyed|x-repeat",
                "operationId: putThing|summary: puts|operationId",
                "of: thing|owner: thing|of",
                "path: id}|owner: id}|body",
                "parameters/silent'|parameters/loud'|loud",
                "paths:|ways:|not an OpenAPI file",
                "paths:|paths: {|cannot be read"
            })
    void aMistakeIsNamed(String right, String wrong, String named) {
        assertTrue(GOOD.contains(right), right);
        String message = assertThrows(IllegalArgumentException.class, () -> read(GOOD.replace(right, wrong)))
                .getMessage();
        assertTrue(message.contains(named), message);
    }
}
