package dev.partnergateway.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What people do wrong in the files of an integration, and what they are told. */
class CheckerTest {

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final String ROUTES = IntegrationFiles.routes("klavio");
    private static final String CONTRACT = IntegrationFiles.contract("klavio");

    private final Checker checker = new Checker();
    private final IntegrationFiles files = IntegrationFiles.read(Path.of(""));

    private static String resource(String name) throws IOException {
        return Files.readString(RESOURCES.resolve(name));
    }

    private IntegrationFiles klavio() throws IOException {
        return files.with(ROUTES, resource("check/klavio.camel.yaml")).with(CONTRACT, resource("check/klavio.yaml"));
    }

    private List<String> found(IntegrationFiles all, String... names) {
        return checker.check(all, Set.of(names)).mistakes().stream()
                .map(Mistake::toString)
                .toList();
    }

    @Test
    void nothingIsWrongInWhatIsDelivered() throws IOException {
        assertEquals(List.of(), found(klavio()));
        assertEquals(
                List.of(),
                found(
                        files.with("routes/demo.camel.yaml", resource("demo/demo.camel.yaml"))
                                .with("openapi/demo.yaml", resource("demo/demo.yaml"))
                                .with("routes/batch.camel.yaml", resource("demo/batch.camel.yaml"))
                                .with("openapi/batch.yaml", resource("demo/batch.yaml")),
                        "demo",
                        "batch"));
        assertEquals(List.of(), checker.checkCore(files));
    }

    @TestFactory
    Stream<DynamicTest> everyTypicalMistakeIsToldOnceWithItsPlace() throws IOException {
        JsonNode mistakes = new ObjectMapper(new YAMLFactory())
                .readTree(RESOURCES.resolve("check/mistakes.yaml").toFile());
        assertTrue(mistakes.size() >= 29, "the list has " + mistakes.size());
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode mistake : mistakes) {
            tests.add(dynamicTest(
                    mistake.path("edit").asText() + " -> " + mistake.path("to").asText(), () -> tell(mistake)));
        }
        return tests.stream();
    }

    private void tell(JsonNode mistake) throws IOException {
        IntegrationFiles good = klavio();
        boolean routes = mistake.path("file").asText().equals("routes");
        String file = routes ? ROUTES : CONTRACT;
        String text = good.text(file).orElseThrow();
        String edit = mistake.path("edit").asText();
        int at = text.indexOf(edit);
        assertTrue(at >= 0, edit + " does not stand in " + file);
        String edited = text.substring(0, at) + mistake.path("to").asText() + text.substring(at + edit.length());
        List<String> expected = new ArrayList<>();
        if (mistake.has("message")) {
            expected.add(mistake.path("message").asText());
        }
        mistake.path("messages").forEach(message -> expected.add(message.asText()));
        List<String> seen = found(good.with(file, edited), "klavio");
        String place = mistake.path("in").asText(routes ? "routes" : "openapi").equals("routes") ? ROUTES : CONTRACT;
        assertEquals(expected.size(), seen.size(), seen::toString);
        Iterator<String> messages = seen.iterator();
        for (String message : expected) {
            String line = messages.next();
            assertTrue(line.startsWith(message.startsWith("routes/") ? ROUTES : place), line);
            assertTrue(line.contains(message), () -> "expected " + message + "\n    seen " + line);
        }
    }

    @Test
    void allMistakesOfAllFilesAreToldAtOnce() throws IOException {
        IntegrationFiles broken = klavio().with(
                        ROUTES,
                        resource("check/klavio.camel.yaml")
                                .replace(".campaign,", ".campain,")
                                .replace("choice:", "chioce:"))
                .with(CONTRACT, resource("check/klavio.yaml").replace("x-rate-limit", "x-rate"));
        List<String> seen = found(broken, "klavio");
        assertEquals(3, seen.size(), seen::toString);
    }

    @Test
    void aFileThatIsMissingIsToldAndSoIsAnIntegrationThatIsNone() throws IOException {
        IntegrationFiles alone = files.with(ROUTES, resource("check/klavio.camel.yaml"));
        assertTrue(found(alone, "klavio").get(0).contains("openapi/klavio.yaml is missing"));
        assertEquals(
                List.of("routes/segmnt.camel.yaml:1:1: there is no integration segmnt: did you mean segment?"),
                found(files, "segmnt"));
    }
}
