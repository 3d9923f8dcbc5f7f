package dev.partnergateway.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.partnergateway.call.CallbackHost;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.DeploymentClock;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callbacks on a real store, to a real receiver. */
class OutboxTest {

    private static final ObjectNode RESULT =
            JsonNodeFactory.instance.objectNode().put("a", 1).put("b", 2);

    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private final CountDownLatch hang = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private volatile int status = 200;
    private HttpServer receiver;
    private Store store;
    private List<CallbackHost> allowed;
    private Outbox outbox;

    @BeforeEach
    void open() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(executor);
        receiver.createContext("/", this::receive);
        receiver.start();
        Properties properties = new Properties();
        properties.setProperty("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile());
        store = Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry());
        allowed = new ArrayList<>(List.of(host("127.0.0.1"), host("localhost")));
        outbox = outbox(executor);
    }

    @AfterEach
    void close() throws IOException {
        hang.countDown();
        outbox.close();
        receiver.stop(0);
        executor.shutdownNow();
        store.close();
    }

    private CallbackHost host(String name) {
        return CallbackHost.read("http://" + name + ":" + receiver.getAddress().getPort());
    }

    private Outbox outbox(ExecutorService runner) {
        return new Outbox(store, new Seal(Optional.empty()), name -> deployment(), runner);
    }

    private Deployment deployment() {
        return new Deployment(
                "shop",
                URI.create("https://shop.example"),
                Optional.empty(),
                Map.of(),
                false,
                allowed,
                3,
                true,
                new DeploymentClock());
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(exchange.getRequestURI() + " " + body);
        if (exchange.getRequestURI().getPath().equals("/hang")) {
            exchange.sendResponseHeaders(200, 0);
            try {
                assertFalse(hang.await(1, TimeUnit.MINUTES), "the receiver was let go");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return;
        }
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void add(String host, String path) {
        URI destination =
                URI.create("http://" + host + ":" + receiver.getAddress().getPort() + path);
        outbox.add(deployment(), new Callback(destination, "", "", "", List.of("a")), RESULT);
    }

    /** Tries begun, the next one's time and when it was written, of the only row; empty when there is none. */
    private Optional<long[]> row() {
        return store
                .query(
                        row -> new long[] {row.getLong("tries"), row.getLong("due"), row.getLong("created")},
                        new Sql("SELECT * FROM callback"))
                .stream()
                .findFirst();
    }

    private static void eventually(String what, BooleanSupplier condition) {
        Await.until(() -> "still not: " + what, condition);
    }

    /** Posts what is due at a time and waits until the failed try has been noted. */
    private long failsAt(long now, int tries, Duration pause) {
        outbox.post(now);
        eventually(tries + " tries, the next after " + pause, () -> row().filter(
                        row -> row[0] == tries && row[1] == now + pause.toMillis())
                .isPresent());
        return now + pause.toMillis();
    }

    private void firstFails() {
        eventually("the first try fails", () -> row().filter(row -> row[0] == 1 && row[1] == row[2] + 10_000)
                .isPresent());
    }

    @Test
    void aCallbackIsPostedOnceAndForgotten() {
        add("127.0.0.1", "/results?x=1");
        eventually("it is forgotten", () -> row().isEmpty());
        assertEquals(List.of("/results?x=1 {\"a\":1}"), List.copyOf(received));
    }

    @Test
    void oneThatFailsIsTriedSixTimesWithGrowingPausesAndThenGivenUp() {
        status = 503;
        add("127.0.0.1", "/results");
        firstFails();
        long next = row().orElseThrow()[1];
        next = failsAt(next, 2, Duration.ofSeconds(50));
        next = failsAt(next, 3, Duration.ofMinutes(4));
        next = failsAt(next, 4, Duration.ofMinutes(15));
        next = failsAt(next, 5, Duration.ofMinutes(40));
        outbox.post(next);
        eventually("it is given up", () -> row().isEmpty());
        assertEquals(6, received.size());
    }

    @Test
    void aRedirectIsAFailureAndIsNotFollowed() {
        status = 307;
        add("127.0.0.1", "/results");
        firstFails();
        assertEquals(List.of("/results {\"a\":1}"), List.copyOf(received));
    }

    @Test
    void aNameThatLeadsToAPrivateAddressIsNotDialled() {
        add("localhost", "/results");
        firstFails();
        assertEquals(List.of(), List.copyOf(received));
    }

    @Test
    void aReceiverThatNeverEndsItsAnswerIsCutOff() {
        add("127.0.0.1", "/hang");
        firstFails();
        assertEquals(1, received.size());
    }

    @Test
    void oneThatTheGatewayCouldNotPostBeforeItStoppedIsPostedByTheNext() throws IOException {
        ExecutorService stopped = Executors.newSingleThreadExecutor();
        stopped.shutdownNow();
        outbox.close();
        outbox = outbox(stopped);
        add("127.0.0.1", "/results");
        assertEquals(0, row().orElseThrow()[0]);
        outbox.close();
        outbox = outbox(executor);
        outbox.post(System.currentTimeMillis());
        eventually("it is forgotten", () -> row().isEmpty());
        assertEquals(1, received.size());
    }

    @Test
    void twoGatewaysThatLookAtTheSameTimePostItOnce() throws IOException {
        ExecutorService stopped = Executors.newSingleThreadExecutor();
        stopped.shutdownNow();
        try (Outbox writer = outbox(stopped);
                Outbox second = outbox(executor)) {
            writer.add(
                    deployment(),
                    new Callback(
                            URI.create(
                                    "http://127.0.0.1:" + receiver.getAddress().getPort() + "/results"),
                            "",
                            "",
                            "",
                            List.of()),
                    RESULT);
            long now = System.currentTimeMillis();
            outbox.post(now);
            second.post(now);
            eventually("it is forgotten", () -> row().isEmpty());
        }
        assertEquals(1, received.size());
    }

    @Test
    void aHostThatTheOperatorTookOffTheListIsNotCalledAnyMore() {
        status = 503;
        add("127.0.0.1", "/results");
        firstFails();
        allowed.clear();
        failsAt(row().orElseThrow()[1], 2, Duration.ofSeconds(50));
        assertEquals(1, received.size());
    }
}
