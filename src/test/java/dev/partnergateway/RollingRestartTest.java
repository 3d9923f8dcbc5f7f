package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.sandbox.Sandbox;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Two gateways on one PostgreSQL behind a load balancer that follows readiness are restarted one after the other, again
 * and again, while partners call. {@code -Drolling.calls=100000} for the long run.
 */
@Execution(ExecutionMode.CONCURRENT)
class RollingRestartTest {

    private static final int CALLS = Integer.getInteger("rolling.calls", 3000);
    private static final int CALLERS = 8;
    private static final int LEAST_RESTARTS = 2;

    /** The long run calls as fast as it can; in a build others want the processor, too. */
    private static final boolean FAST = System.getProperty("rolling.calls") != null;

    /** A place that a gateway runs at, and what the load balancer thinks of it. */
    private static final class Place {
        private final Http partner;
        private final Http management;
        private final Map<String, String> settings;
        private volatile boolean ready;
        private GatewayProcess process;

        Place(Map<String, String> shared) {
            settings = new HashMap<>(shared);
            int port = GatewayUnderTest.freePort();
            int managementPort = GatewayUnderTest.freePort();
            settings.put("gateway.port", "" + port);
            settings.put("gateway.management-port", "" + managementPort);
            partner = new Http(port);
            management = new Http(managementPort);
        }

        void start() {
            process = GatewayProcess.start(GatewayProcess.workingDirectory(), settings);
        }

        void probe() {
            try {
                ready = management
                                .send("GET", "/observe/health/ready", (String) null)
                                .status()
                        == 200;
            } catch (UncheckedIOException gone) {
                ready = false;
            }
        }
    }

    @Test
    void aRollingRestartUnderLoadLosesNothing() throws Exception {
        ScheduledExecutorService probes = Executors.newScheduledThreadPool(2);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        List<Place> places = new ArrayList<>();
        try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"))) {
            Map<String, String> shared = new HashMap<>(Postgres.newStore());
            shared.put("gateway.sandbox", "false");
            shared.put("gateway.deployments.sandbox.host", "sandbox.example");
            shared.put("gateway.deployments.sandbox.base-url", "http://127.0.0.1:" + sandbox.port());
            shared.put("gateway.drain-delay", "1500");
            shared.put("gateway.deadline.braze", "8000");
            shared.put("gateway.access-log", "false");
            for (int i = 0; i < 2; i++) {
                Place place = new Place(shared);
                places.add(place);
                place.start();
                place.probe();
                probes.scheduleWithFixedDelay(place::probe, 50, 50, TimeUnit.MILLISECONDS);
            }

            Queue<String> failures = new ConcurrentLinkedQueue<>();
            AtomicInteger calls = new AtomicInteger();
            AtomicInteger restarts = new AtomicInteger();
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                running.add(CompletableFuture.runAsync(
                        () -> {
                            while (calls.get() < CALLS || restarts.get() < LEAST_RESTARTS && failures.isEmpty()) {
                                call(places, calls.getAndIncrement(), failures);
                                if (!FAST) {
                                    Await.moment();
                                }
                            }
                        },
                        callers));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
            for (int turn = 0; !all.isDone(); turn++) {
                Place place = places.get(turn % places.size());
                place.process.terminate();
                assertEquals(143, place.process.exitCode(), place.process.output());
                place.start();
                awaitReady(place);
                restarts.incrementAndGet();
            }
            all.join();
            System.out.println(calls.get() + " calls, " + restarts.get() + " restarts, " + failures.size() + " failed");
            assertEquals(List.of(), List.copyOf(failures));
            assertTrue(restarts.get() >= LEAST_RESTARTS && calls.get() >= CALLS);
        } finally {
            probes.shutdownNow();
            callers.shutdownNow();
            places.forEach(place -> place.process.close());
        }
    }

    private static void call(List<Place> places, int number, Queue<String> failures) {
        Place place = places.get(number % places.size());
        if (!place.ready) {
            place = places.get((number + 1) % places.size());
        }
        String body = "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"person-" + number
                + "\",\"identifier\":\"m-" + number + "\",\"eventAttributes\":{\"product\":\"shoe\"}}";
        try {
            Http.Answer answer = place.partner.send(
                    "POST",
                    "/braze/event",
                    body,
                    "Authorization",
                    "ApiKey-v1 sandbox-key-demo-shop",
                    "Content-Type",
                    "application/json",
                    "destination-hostname",
                    "sandbox.example");
            if (answer.status() != 200) {
                failures.add(number + ": " + answer.status() + " " + answer.text());
            }
        } catch (UncheckedIOException e) {
            failures.add(number + ": " + e.getCause());
        }
    }

    private static void awaitReady(Place place) {
        Await.until(() -> "a gateway that the load balancer does not see come back", () -> place.ready);
    }
}
