package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.cases.AnswerContract;
import dev.partnergateway.cases.Case;
import dev.partnergateway.cases.PartnerRequest;
import dev.partnergateway.cases.Shown;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.talonone.UpstreamContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Talon.One carries out what a partner asks for, and never answers: the partner is told in time, and its repeat gets what
 * was done. Every integration, and every way to write to Talon.One, as the cases show them.
 */
@BesideOthers
class DeadlineTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofMillis(1500);

    /** Machines are busy. Without a deadline there would be no answer at all. */
    private static final Duration LATEST = DEADLINE.plusSeconds(10);

    /** What is written down with all that is needed to finish it without the partner. */
    private static final Set<String> FINISHED = Set.of("createCoupons", "createReferral", "addLoyaltyPoints");

    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "gateway.sandbox.management-rate", "0", "gateway.settle-time", "1", "gateway.sweep-interval", "50"));
        // Over those of application.properties, where some have their own.
        Shown.contracts()
                .forEach(contract -> settings.put(
                        "gateway.deadline." + Shown.integration(contract), Long.toString(DEADLINE.toMillis())));
        gateway = GatewayUnderTest.start(settings);
        sandbox = gateway.sandbox();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** A call that writes to Talon.One and whose repeat gets its answer, and the upstream operation that writes. */
    private record Write(String integration, JsonNode step, String operation) {}

    private static List<Write> writes() {
        UpstreamContract upstream = UpstreamContract.read(Path.of("openapi", "talon-one.yaml"));
        Set<String> seen = new HashSet<>();
        List<Write> writes = new ArrayList<>();
        // A call that is new each time, where there is one: what is a repeat of the first is answered at once.
        List<Case> cases = new ArrayList<>(Case.all());
        cases.sort(Comparator.comparing(
                each -> !each.steps().get(0).path("call").toString().contains(Case.UNIQUE)));
        for (Case each : cases) {
            JsonNode step = each.steps().get(0);
            JsonNode calls = step.path("upstream");
            String operation = calls.path(calls.size() - 1).path("operation").asText();
            boolean plain = step.path("answer").path("status").asInt() / 100 == 2
                    && !step.has("faults")
                    && !step.has("sandbox")
                    && calls.size() == 1
                    && !operation.isEmpty()
                    && each.steps().size() > 1
                    && each.steps().get(1).path("answer").asText().equals("repeat")
                    && step.toString().contains("sandbox.example")
                    && !upstream.operation(operation).reads();
            if (plain && (seen.add(each.integration()) | seen.add(operation))) {
                writes.add(new Write(each.integration(), step, operation));
            }
        }
        return writes;
    }

    /** Integrations that change something at Talon.One, as their cases show. */
    private static Set<String> writing() {
        UpstreamContract upstream = UpstreamContract.read(Path.of("openapi", "talon-one.yaml"));
        Set<String> writing = new HashSet<>();
        for (Case each : Case.all()) {
            each.steps().forEach(step -> step.path("upstream").findValuesAsText("operation").stream()
                    .filter(operation -> !upstream.operation(operation).reads())
                    .forEach(operation -> writing.add(each.integration())));
        }
        return writing;
    }

    @TestFactory
    Stream<DynamicTest> aWriteThatTalonOneNeverAnswersIsToldInTimeAndTheRepeatGetsWhatWasDone() {
        List<Write> writes = writes();
        Set<String> integrations = new HashSet<>();
        writes.forEach(write -> integrations.add(write.integration()));
        assertEquals(writing(), integrations, "every integration that writes shows a write and its repeat");
        return writes.stream()
                .map(write -> DynamicTest.dynamicTest(
                        write.integration() + ": " + write.operation(), () -> isToldInTimeAndNotDoneTwice(write)));
    }

    private static void isToldInTimeAndNotDoneTwice(Write write) {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":3}");
        // The first call of its kind takes longer than the deadline on a busy machine.
        JsonNode first = call(write);
        Await.until(() -> write, () -> send(first).status() / 100 == 2);

        JsonNode call = call(write);
        sandbox.fault("{\"operation\":\"" + write.operation() + "\",\"kind\":\"commit-then-hang\",\"times\":0}");
        long begun = System.nanoTime();
        Http.Answer late = send(call);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        sandbox.endFaults();
        assertEquals(504, late.status(), late.text());
        assertEquals("1", late.header("Retry-After"), late.text());
        assertEquals(504, late.json().path("StatusCode").asInt());
        assertTrue(late.json().hasNonNull("Error"), late.text());
        assertEquals(
                late.header("X-Request-Id"), late.json().path("RequestUUID").asText());
        assertEquals(
                Optional.empty(),
                new AnswerContract(Path.of("openapi"))
                        .violation(
                                call.path("method").asText(), call.path("path").asText(), late.status(), late.body()));
        assertTrue(took.compareTo(LATEST) < 0, "answered after " + took);
        int done = done();

        if (FINISHED.contains(write.operation())) {
            Await.until(DeadlineTest::unfinished, () -> unfinished() == 0);
        }
        sandbox.forgetCalls();
        Http.Answer[] repeat = new Http.Answer[1];
        Await.until(() -> repeat[0].text(), () -> {
            repeat[0] = send(call);
            return repeat[0].status() / 100 == 2;
        });
        assertEquals(
                write.step().path("answer").path("status").asInt(),
                repeat[0].status(),
                "the repeat's success is another");
        assertEquals(done, done(), "what was done is done again");
        if (FINISHED.contains(write.operation())) {
            assertEquals(List.of(), sandbox.calls(write.operation()), "the gateway had not finished it by itself");
            assertArrayEquals(repeat[0].body(), send(call).body());
        }
    }

    /** The call, unlike any before it; its key makes it repeatable where the content does not. */
    private static JsonNode call(Write write) {
        String unique = UUID.randomUUID().toString();
        try {
            JsonNode call = JSON.readTree(write.step().path("call").toString().replace(Case.UNIQUE, unique));
            ((ObjectNode) call.path("headers")).put("Idempotency-Key", unique);
            return call;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Http.Answer send(JsonNode call) {
        PartnerRequest request = PartnerRequest.of(call);
        return gateway.partner()
                .send(
                        request.method(),
                        request.target(),
                        request.body(),
                        request.headers().toArray(String[]::new));
    }

    /** How much Talon.One has made. */
    private static int done() {
        return Stream.of("coupons", "referrals", "events", "transactions")
                .mapToInt(ledger -> sandbox.ledger(ledger).size())
                .sum();
    }

    private static double unfinished() {
        return gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text()
                .lines()
                .filter(line -> line.startsWith("gateway_unfinished_calls "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
