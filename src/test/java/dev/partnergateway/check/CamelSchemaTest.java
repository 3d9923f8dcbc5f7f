package dev.partnergateway.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of routes and Kamelets as Camel's own tools see them. */
class CamelSchemaTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path CORE = Path.of("src/main/resources/core");
    private static final JsonSchema SCHEMA = schema();

    private static JsonSchema schema() {
        try (InputStream file = CamelSchemaTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    static List<Path> routes() throws IOException {
        return files(Path.of("routes"));
    }

    static List<Path> kamelets() throws IOException {
        return files(CORE);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aRouteFileIsValidInCamelsYamlDsl(Path file) throws IOException {
        assertEquals(Set.of(), SCHEMA.validate(YAML.readTree(file.toFile())));
    }

    @Test
    void theSchemaFindsAStepThatIsMisspelt() throws IOException {
        String text = Files.readString(Path.of("src/test/resources/check/klavio.camel.yaml"));
        assertEquals(Set.of(), SCHEMA.validate(YAML.readTree(text)));
        Set<ValidationMessage> found = SCHEMA.validate(YAML.readTree(text.replace("transform:", "transfrom:")));
        assertFalse(found.isEmpty());
    }

    /** What the catalogs of Kamelets ask of each. */
    @ParameterizedTest
    @MethodSource("kamelets")
    void aKameletIsDescribedAndItsStepsAreValid(Path file) throws IOException {
        JsonNode kamelet = YAML.readTree(file.toFile());
        assertEquals("Kamelet", kamelet.path("kind").asText());
        assertEquals(file.getFileName().toString(), kamelet.at("/metadata/name").asText() + IntegrationFiles.KAMELET);
        assertEquals(
                "action",
                kamelet.path("metadata")
                        .path("labels")
                        .path("camel.apache.org/kamelet.type")
                        .asText());
        JsonNode definition = kamelet.at("/spec/definition");
        assertFalse(definition.path("title").asText().isBlank());
        assertTrue(definition.path("description").asText().length() > 40, "it says too little of itself");
        definition.path("properties").forEach(property -> {
            assertFalse(property.path("title").asText().isBlank());
            assertFalse(property.path("description").asText().isBlank());
            assertFalse(property.path("type").asText().isBlank());
        });
        ArrayNode route = YAML.createArrayNode();
        route.addObject().set("from", kamelet.at("/spec/template/from"));
        assertEquals(Set.of(), SCHEMA.validate(route));
    }
}
