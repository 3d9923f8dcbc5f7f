package dev.partnergateway.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many events in one call, tracked side by side: each of them once, whatever happens to the others. */
class BatchTest {

    private static final int GUESTS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        Path demo = Path.of("src/test/resources/demo");
        Files.copy(demo.resolve("batch.camel.yaml"), home.resolve("routes/batch.camel.yaml"));
        Files.copy(demo.resolve("batch.yaml"), home.resolve("openapi/batch.yaml"));
        gateway = GatewayProcess.start(home, Map.of("gateway.deadline.batch", "3000", "gateway.breaker-pause", "1"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        gateway.sandbox().reset();
        gateway.sandbox().forgetCalls();
    }

    private static Http.Answer greet(String how, Collection<String> guests, String id) {
        return gateway.partner()
                .post(
                        "/batch/" + how,
                        "{\"host\":\"sandbox.example\"," + (id == null ? "" : "\"id\":\"" + id + "\",") + "\"guests\":["
                                + String.join(",", guests) + "]}");
    }

    private static List<String> guests(Function<Integer, String> guest) {
        return IntStream.range(0, GUESTS).mapToObj(guest::apply).toList();
    }

    /** How often each guest was greeted. */
    private static Map<String, Long> greeted() {
        return gateway.sandbox().ledger("events").stream()
                .map(event -> event.path("profileId"))
                .map(JsonNode::asText)
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    private static Map<String, Long> everybody(long times) {
        return IntStream.range(0, GUESTS)
                .boxed()
                .collect(Collectors.toMap(i -> "guest-" + i, i -> times, (a, b) -> a, TreeMap::new));
    }

    @Test
    void everyEventIsTrackedOnceHoweverOftenTheCallComes() {
        String batch = UUID.randomUUID().toString();
        List<String> guests = guests(i -> "{\"who\":\"guest-" + i + "\",\"id\":\"" + batch + i + "\"}");
        for (int i = 0; i < 3; i++) {
            assertEquals(200, greet("each", guests, null).status());
            assertEquals(everybody(1), greeted());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":429,\"times\":20}",
                "{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":500,\"times\":300}",
                "{\"operation\":\"trackEventV2\",\"kind\":\"reset\",\"times\":300}",
                "{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-reset\",\"times\":300}",
                "{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-hang\",\"times\":3}"
            })
    void whatFailedIsDoneByTheRepeatAndNothingTwice(String fault) {
        String batch = UUID.randomUUID().toString();
        List<String> guests = guests(i -> "{\"who\":\"guest-" + i + "\",\"id\":\"" + batch + i + "\"}");
        gateway.sandbox().fault(fault);
        Http.Answer answer = greet("each", guests, null);
        assertTrue(answer.status() == 429 || answer.status() >= 500, answer.text());
        repeatUntilDone("each", guests, null);
        assertEquals(everybody(1), greeted());
    }

    /** The gateway leaves a Talon.One that has failed alone for a moment. */
    private static void repeatUntilDone(String how, List<String> guests, String id) {
        gateway.sandbox().endFaults();
        long end = System.nanoTime() + PATIENCE.toNanos();
        Http.Answer answer = greet(how, guests, id);
        while (answer.status() != 200 && System.nanoTime() < end) {
            assertTrue(answer.status() == 429 || answer.status() >= 500, answer.text());
            Await.moment();
            answer = greet(how, guests, id);
        }
        assertEquals(200, answer.status(), answer.text());
    }

    @Test
    void eventsWithoutIdsAreEachOfTheirOwnAlsoWhenTheyLookTheSame() {
        List<String> guests = guests(i -> "{\"who\":\"guest-" + i + "\"}");
        assertEquals(200, greet("each", guests, null).status());
        assertEquals(200, greet("each", guests, null).status());
        assertEquals(everybody(2), greeted());
        reset();
        List<String> same = IntStream.range(0, GUESTS / 2)
                .mapToObj(i -> "{\"who\":\"guest-" + i % 25 + "\"}")
                .toList();
        gateway.sandbox().limits("{\"parallelPerProfile\":100}");
        assertEquals(200, greet("each", same, null).status());
        assertEquals(25, greeted().size());
        assertEquals(GUESTS / 2, greeted().values().stream().mapToLong(n -> n).sum());
    }

    @Test
    void eventsThatAreClaimedTogetherAreAllTrackedOnce() {
        List<String> guests = guests(i -> "{\"who\":\"guest-" + i + "\"}");
        String id = UUID.randomUUID().toString();
        gateway.sandbox().fault("{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-reset\",\"times\":300}");
        assertTrue(greet("together", guests, id).status() >= 500);
        repeatUntilDone("together", guests, id);
        assertEquals(everybody(1), greeted());
        assertEquals("true", greet("together", guests, id).header("Idempotent-Replayed"));
        assertEquals(everybody(1), greeted());
    }
}
