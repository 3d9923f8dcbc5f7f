package dev.partnergateway.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Kafka;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Gateways on one PostgreSQL and one Kafka: nothing is lost and nothing done twice, whoever goes away in between. Tests share
 * the broker and stop it: beside other classes, but one after the other.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String NEW_KEY = "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static final ExecutorService CALLERS = Executors.newCachedThreadPool();

    private static Kafka kafka;
    private static GatewayUnderTest gateway;
    private static Map<String, String> settings;
    private static Http partner;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        kafka = new Kafka();
        settings = kafka.queue(Calls.POINTS, Calls.AUDIENCES);
        settings.put("gateway.kafka.pause", "100");
        settings.put("gateway.sandbox.management-rate", "0");
        settings.put("gateway.settle-time", "2000");
        settings.put("gateway.deployment-limit", "10");
        // Its own first, so that a gateway which is not rolled out yet cannot read what it seals.
        settings.put("gateway.store.encryption-keys", NEW_KEY + "," + KEY);
        settings.putAll(Postgres.newStore());
        gateway = GatewayUnderTest.start(settings);
        partner = gateway.partner();
        sandbox = gateway.sandbox();
        sandbox.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":3}");
    }

    @AfterAll
    static void stop() {
        CALLERS.shutdownNow();
        gateway.close();
        kafka.close();
    }

    /** Settings of another gateway that shares everything, also the sandbox. */
    private static Map<String, String> another() {
        Map<String, String> another = new HashMap<>(settings);
        another.put("gateway.sandbox", "false");
        another.put("gateway.deployments.sandbox.host", "sandbox.example");
        another.put("gateway.deployments.sandbox.base-url", sandbox.address());
        another.put("gateway.deployments.sandbox.management-key", "sandbox-management-key");
        another.put("gateway.deployments.sandbox.management-rate", "0");
        return another;
    }

    private static List<String> profiles(int count) {
        return IntStream.range(0, count).mapToObj(i -> Calls.profile(partner)).toList();
    }

    private static List<String> given(List<String> profiles) {
        return profiles.stream()
                .flatMap(profile -> Calls.given(sandbox, profile).stream())
                .sorted()
                .toList();
    }

    /** A ledger has no entry twice, which a list of calls with lost answers cannot tell. */
    private static Map<String, Long> added(String beginning) {
        return sandbox.ledger("transactions").stream()
                .map(transaction -> transaction.path("name").asText())
                .filter(name -> name.startsWith(beginning))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }

    /**
     * A storm of its own; for longer: {@code -Dqueue.storm.rounds=20 -Dqueue.storm.pause=20000}. In longer ones the broker is
     * restarted, too.
     */
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void callsAreCarriedOutOnceEachInTheirOrderWhileAGatewayIsRolledOutStandsStillAndIsKilled() throws IOException {
        int rounds = Integer.getInteger("queue.storm.rounds", 1);
        Map<String, String> early = another();
        early.put("gateway.store.encryption-keys", KEY);
        Map<String, String> late = another();
        late.put("gateway.store.encryption-keys", NEW_KEY + "," + KEY);
        QueueStorm storm = new QueueStorm(gateway, early, late, "storm-");
        List<String> wrong = storm.blow(rounds, Integer.getInteger("queue.storm.pause", 12_500), round -> {
            if (round % 3 == 1) {
                kafka.stop();
                kafka.start();
            }
        });
        assertEquals(List.of(), wrong);
        assertTrue(storm.calls() > 90 * rounds, storm.calls() + " calls");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void everyMetricOfTheQueueThatAlertsLookAtIsOnTheMetricsPage() throws IOException {
        String alerts = Files.readString(Path.of("k8s/observability/prometheus-rule.yaml"));
        List<String> used = Pattern.compile("gateway_queue_[a-z_]+")
                .matcher(alerts)
                .results()
                .map(MatchResult::group)
                .toList();
        assertTrue(used.size() >= 4, used.toString());
        String metrics = gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text();
        assertEquals(
                List.of(),
                used.stream()
                        .filter(name -> !metrics.contains("\n" + name + " "))
                        .toList());
    }

    private static Map<String, Long> twice(String beginning) {
        Map<String, Long> twice = new HashMap<>(added(beginning));
        twice.values().removeIf(count -> count == 1);
        return twice;
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void gatewaysThatComeAndGoInOrderShareTheWork() {
        List<String> profiles = profiles(6);
        sandbox.fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"delay\",\"delayMillis\":30}");
        List<String> names = new ArrayList<>();
        GatewayUnderTest other = GatewayUnderTest.start(another());
        for (int i = 0; i < 60; i++) {
            if (i == 40) {
                other.close();
            }
            names.add("share-" + i);
            assertEquals(
                    204,
                    Calls.points(partner, profiles.get(i % 6), "share-" + i).status());
        }
        Await.until(() -> given(profiles), () -> added("share-").size() == 60);
        assertEquals(Map.of(), twice("share-"));
        assertEquals(names.stream().sorted().toList(), given(profiles));
        sandbox.endFaults();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whileTheBrokerIsAwayNothingIsAcknowledgedAndWhatWasIsNotLost() {
        List<String> profiles = profiles(2);
        String first = profiles.get(0);
        assertEquals(204, Calls.points(partner, first, "down-0").status());
        kafka.stop();
        try {
            CompletableFuture<Http.Answer> points =
                    CompletableFuture.supplyAsync(() -> Calls.points(partner, profiles.get(1), "down-refused"));
            CompletableFuture<Http.Answer> audience =
                    CompletableFuture.supplyAsync(() -> Calls.audience(partner, first, "2"));
            List<CompletableFuture<Http.Answer>> more = IntStream.range(0, 40)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> Calls.points(partner, profiles.get(1), "down-refused"), CALLERS))
                    .toList();
            for (int i = 0; i < 20; i++) {
                assertNotNull(Calls.profile(partner), "what needs no queue is served");
            }
            more.forEach(refused -> assertEquals(503, refused.join().status()));
            for (Http.Answer refused : List.of(points.join(), audience.join())) {
                assertEquals(503, refused.status(), refused.text());
                assertEquals("1", refused.header("Retry-After"));
                assertEquals(503, refused.json().path("StatusCode").asInt());
                assertEquals(
                        refused.header("X-Request-Id"),
                        refused.json().path("RequestUUID").asText());
            }
            Http.Answer ready = gateway.management().send("GET", "/observe/health/ready", (String) null);
            assertEquals(200, ready.status(), ready.text());
            Http.Answer deadLetters = gateway.operator().send("GET", "/dead-letters", (String) null);
            assertEquals(200, deadLetters.status(), "they need no Kafka");
        } finally {
            kafka.start();
        }
        Http.Answer[] back = new Http.Answer[1];
        Await.until(() -> back[0].text(), () -> {
            back[0] = Calls.points(partner, profiles.get(1), "down-1");
            return back[0].status() == 204;
        });
        Await.until(() -> added("down-"), () -> added("down-").keySet().containsAll(List.of("down-0", "down-1")));
        assertEquals(Map.of("down-0", 1L, "down-1", 1L), added("down-"));
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void callsDuringARestartOfTheBrokerAreCarriedOutOnceEach() {
        String profile = profiles(1).get(0);
        List<String> acknowledged = new ArrayList<>();
        CompletableFuture<Void> restart = CompletableFuture.runAsync(() -> {
            kafka.stop();
            kafka.start();
        });
        for (int i = 0; i < 10 || !restart.isDone(); i++) {
            if (Calls.points(partner, profile, "restart-" + i).status() == 204) {
                acknowledged.add("restart-" + i);
            }
        }
        restart.join();
        Await.until(() -> added("restart-"), () -> added("restart-").keySet().containsAll(acknowledged));
        acknowledged.add("restart-last");
        Http.Answer[] last = new Http.Answer[1];
        Await.until(() -> last[0].text(), () -> {
            last[0] = Calls.points(partner, profile, "restart-last");
            return last[0].status() == 204;
        });
        Await.until(() -> added("restart-"), () -> added("restart-").size() == acknowledged.size());
        assertEquals(acknowledged.stream().collect(Collectors.toMap(name -> name, name -> 1L)), added("restart-"));
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void eventsThatTheBrokerDoesNotTakeInTimeAreLeftOutAndCountedAndNoCallWaitsForThem() {
        kafka.stop();
        // One that has never seen the broker: each event waits for it for two seconds.
        Map<String, String> events =
                Map.of("gateway.kafka.brokers", kafka.brokers(), "gateway.kafka.events-topic", "cluster-events");
        try (GatewayUnderTest other = GatewayUnderTest.start(events)) {
            try {
                // Together more than the 10,000 that may wait.
                Together.call(4, caller -> {
                    Http.Answer answer = null;
                    for (int i = 0; i < 2600; i++) {
                        answer = other.partner().send("POST", "/braze/event", "{}", "Content-Type", "application/json");
                        assertEquals(400, answer.status(), answer.text());
                    }
                    return answer;
                });
            } finally {
                kafka.start();
            }
            double dropped = events(other, "dropped");
            assertTrue(dropped > 0 && dropped < 400, () -> dropped + " were left out");
            Await.until(() -> "not published", () -> events(other, "published") > 0);
        }
    }

    private static double events(GatewayUnderTest gateway, String result) {
        return gateway.management().metric("gateway_events_total{result=\"" + result + "\"} ");
    }
}
