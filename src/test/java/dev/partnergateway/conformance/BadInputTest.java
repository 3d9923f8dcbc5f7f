package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.cases.AnswerContract;
import dev.partnergateway.cases.Case;
import dev.partnergateway.cases.Shown;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation refuses what its contract does not allow: made from the OpenAPI files, laid over the first successful
 * case of each operation. Always the documented body, never a call to Talon.One.
 */
class BadInputTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS");

    private static final Shown SHOWN = new Shown();
    private static final AnswerContract CONTRACTS = new AnswerContract(Path.of("openapi"));

    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.shared();
        sandbox = gateway.sandbox();
        sandbox.reset();
    }

    /** Makes calls of an operation from one that succeeds. */
    private interface Maker {
        List<BadCalls.Bad> make(OpenAPI model, String path, Operation operation, JsonNode good);
    }

    private static List<DynamicTest> ofEveryOperation(Maker maker, BiConsumer<String, BadCalls.Bad> check)
            throws IOException {
        return ofEveryFile(model -> {
            List<DynamicTest> made = new ArrayList<>();
            String prefix = model.getServers().get(0).getUrl();
            model.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
                JsonNode good = goodCall(method.name(), prefix + path);
                for (BadCalls.Bad bad : maker.make(model, prefix + path, operation, good)) {
                    made.add(DynamicTest.dynamicTest(
                            operation.getOperationId() + ": " + bad.name(), () -> check.accept(method.name(), bad)));
                }
            }));
            return made;
        });
    }

    @TestFactory
    Stream<DynamicTest> everyOperationRefusesWhatItsContractDoesNotAllow() throws IOException {
        List<DynamicTest> tests = ofEveryOperation(BadCalls::of, BadInputTest::isRefused);
        long operations = SHOWN.operations().size();
        assertTrue(tests.size() > 5 * operations, "only " + tests.size() + " bad calls were made");
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> anUnfitItemOfAListWhoseItemsStandApartCostsItselfAlone() throws IOException {
        return ofEveryOperation(BadCalls::ofUnfitItems, BadInputTest::isTaken).stream();
    }

    @TestFactory
    Stream<DynamicTest> everyPathRefusesOtherMethods() throws IOException {
        List<DynamicTest> tests = ofEveryFile(model -> {
            List<DynamicTest> made = new ArrayList<>();
            String prefix = model.getServers().get(0).getUrl();
            model.getPaths().forEach((path, item) -> {
                Set<String> taken = item.readOperationsMap().keySet().stream()
                        .map(Enum::name)
                        .collect(Collectors.toCollection(TreeSet::new));
                String example = prefix + path.replaceAll("\\{[^}]+}", "1");
                METHODS.stream()
                        .filter(method -> !taken.contains(method))
                        .forEach(method -> made.add(DynamicTest.dynamicTest(
                                method + " " + prefix + path, () -> isNotAllowed(method, example, taken))));
            });
            return made;
        });
        return tests.stream();
    }

    /**
     * Only what says whom a call is for is left of a good call, so that its content would be refused where it is looked
     * at, or there is nothing to do.
     */
    @TestFactory
    Stream<DynamicTest> everyOperationRefusesAnUnknownKeyBeforeItLooksAtTheContent() throws IOException {
        return ofEveryOperation(BadCalls::ofAStranger, BadInputTest::isRefused).stream();
    }

    @TestFactory
    Stream<DynamicTest> whatIsOptionalMayBeBlank() throws IOException {
        return ofEveryOperation(BadCalls::ofBlanks, BadInputTest::isNoMistake).stream();
    }

    /** The call may be one too many, or come second: what is blank in it is not to blame. */
    private static void isNoMistake(String method, BadCalls.Bad call) {
        List<String> headers = new ArrayList<>();
        call.headers().forEach((name, value) -> headers.addAll(List.of(name, value)));
        Http.Answer answer = gateway.partner().send(method, call.path(), call.body(), headers.toArray(String[]::new));
        assertTrue(
                answer.status() < 300 || call.statuses().contains(answer.status()), () -> told(method, call, answer));
    }

    /** What was sent, and what came of it. */
    private static String told(String method, BadCalls.Bad call, Http.Answer answer) {
        return call.shown(method) + " is answered " + answer.status() + " " + answer.text();
    }

    private static void isTaken(String method, BadCalls.Bad call) {
        List<String> headers = new ArrayList<>();
        call.headers().forEach((name, value) -> headers.addAll(List.of(name, value)));
        Http.Answer answer = gateway.partner().send(method, call.path(), call.body(), headers.toArray(String[]::new));
        assertEquals(200, answer.status(), () -> told(method, call, answer));
    }

    private static List<DynamicTest> ofEveryFile(Function<OpenAPI, List<DynamicTest>> tests) throws IOException {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        options.setResolveFully(true);
        List<DynamicTest> all = new ArrayList<>();
        for (Path file : Shown.contracts()) {
            all.addAll(tests.apply(new OpenAPIV3Parser()
                    .readContents(Files.readString(file), List.of(), options)
                    .getOpenAPI()));
        }
        return all;
    }

    private static JsonNode goodCall(String method, String template) {
        return SHOWN.successes(method, template).stream()
                .map(BadInputTest::withoutPlaceholders)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case shows a success of " + method + " " + template));
    }

    private static JsonNode withoutPlaceholders(JsonNode call) {
        try {
            return JSON.readTree(call.toString().replace(Case.UNIQUE, "1"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void isRefused(String method, BadCalls.Bad bad) {
        Http.Answer answer = send(method, bad.path(), bad.body(), bad.headers());
        assertTrue(bad.statuses().contains(answer.status()), () -> told(method, bad, answer));
        String error = answer.json().path("Error").asText().toLowerCase(Locale.ROOT);
        assertTrue(
                bad.names().isEmpty()
                        || bad.names().stream().anyMatch(name -> error.contains(name.toLowerCase(Locale.ROOT))),
                () -> told(method, bad, answer) + ", which does not name " + bad.names());
        isAnError(answer);
        assertEquals(
                Optional.empty(),
                CONTRACTS.violation(method, bad.path(), answer.status(), answer.body()),
                () -> told(method, bad, answer));
    }

    private static void isNotAllowed(String method, String path, Set<String> taken) {
        Http.Answer answer = send(method, path, null, Map.of());
        assertEquals(405, answer.status(), answer.text());
        assertEquals(taken, Set.of(answer.header("Allow").split(", ")));
        if (method.equals("HEAD")) {
            assertEquals(0, answer.body().length);
        } else {
            isAnError(answer);
        }
    }

    private static Http.Answer send(String method, String path, String body, Map<String, String> headers) {
        sandbox.forgetCalls();
        List<String> list = new ArrayList<>();
        headers.forEach((name, value) -> {
            list.add(name);
            list.add(value);
        });
        Http.Answer answer = gateway.partner().send(method, path, body, list.toArray(String[]::new));
        assertEquals(List.of(), sandbox.work());
        assertEquals("no-store", answer.header("Cache-Control"));
        return answer;
    }

    private static void isAnError(Http.Answer answer) {
        assertEquals(answer.status(), answer.json().path("StatusCode").asInt());
        assertEquals(
                answer.header("X-Request-Id"), answer.json().path("RequestUUID").asText());
    }
}
