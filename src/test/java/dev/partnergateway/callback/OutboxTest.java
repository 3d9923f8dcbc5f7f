package dev.partnergateway.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.partnergateway.store.MadeKey;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    private Settings settings;
    private Seal seal;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void open() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(executor);
        receiver.createContext("/", this::receive);
        receiver.start();
        Properties properties = new Properties();
        properties.setProperty("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile());
        settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
        store = Store.open(settings, meters);
        seal = MadeKey.seal(settings, store);
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
        return new Outbox(store, seal, name -> deployment(name), runner, meters);
    }

    private Deployment deployment() {
        return deployment("shop");
    }

    private Deployment deployment(String name) {
        return new Deployment(
                name,
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
        switch (exchange.getRequestURI().getPath()) {
            case "/hang" -> {
                letGo(Duration.ofMinutes(1));
                return;
            }
            case "/long" -> {
                exchange.sendResponseHeaders(200, 0);
                letGo(Duration.ofMinutes(1));
                return;
            }
            case "/slow" -> letGo(Duration.ofSeconds(2));
            default -> {}
        }
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void letGo(Duration longest) {
        try {
            assertTrue(hang.await(longest.toMillis(), TimeUnit.MILLISECONDS) || longest.toSeconds() < 60, "too long");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        eventually("it is given up", () -> outbox.givenUp().size() == 1);
        assertEquals(6, received.size());
        outbox.post(next + Duration.ofDays(1).toMillis());
        assertEquals(1, meters.counter("gateway.callbacks.given.up").count());
        assertEquals(1, outbox.countGivenUp());
        JsonNode kept = outbox.givenUp().get(0);
        assertEquals("shop", kept.path("deployment").asText());
        assertEquals("the receiver answered 503", kept.path("reason").asText());
        assertEquals(6, kept.path("tries").asInt());
        status = 204;
        assertTrue(outbox.again(kept.path("id").asText()));
        assertFalse(outbox.again(kept.path("id").asText()));
        outbox.post(System.currentTimeMillis());
        eventually("it is posted after all", () -> row().isEmpty());
        assertEquals(7, received.size());
    }

    @Test
    void oneThatWasGivenUpIsForgottenAfterAMonth() {
        status = 503;
        add("127.0.0.1", "/results");
        firstFails();
        long next = row().orElseThrow()[1];
        for (Duration pause : List.of(
                Duration.ofSeconds(50), Duration.ofMinutes(4), Duration.ofMinutes(15), Duration.ofMinutes(40))) {
            next = failsAt(next, (int) row().orElseThrow()[0] + 1, pause);
        }
        outbox.post(next);
        eventually("it is given up", () -> outbox.countGivenUp() == 1);
        outbox.post(next + Duration.ofDays(30).toMillis());
        assertEquals(0, outbox.countGivenUp());
    }

    @Test
    void aStatusThatSaysItIsTakenCountsHoweverLongTheRestTakes() {
        add("127.0.0.1", "/long");
        eventually("it is taken", () -> row().isEmpty());
        assertEquals(1, received.size());
    }

    @Test
    void manyToAReceiverThatTakesItsTimeArriveOnceEach() {
        for (int i = 0; i < 41; i++) {
            add("127.0.0.1", "/slow?" + i);
        }
        eventually("all are taken", () -> {
            outbox.post(System.currentTimeMillis());
            return row().isEmpty();
        });
        assertEquals(41, received.stream().distinct().count());
        assertEquals(41, received.size());
    }

    @Test
    void aReceiverThatHangsTakesNoRoomOfAnother() throws IOException {
        for (int i = 0; i < 70; i++) {
            add("127.0.0.1", "/hang");
        }
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        CountDownLatch taken = new CountDownLatch(1);
        other.createContext("/", exchange -> {
            taken.countDown();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        other.start();
        try {
            String address = "http://127.0.0.1:" + other.getAddress().getPort();
            allowed.add(CallbackHost.read(address));
            outbox.add(
                    deployment("another"),
                    new Callback(URI.create(address + "/results"), "", "", "", List.of()),
                    RESULT);
            assertTrue(taken.await(3, TimeUnit.SECONDS), "it waits for the others");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            other.stop(0);
        }
    }

    @Test
    void whatSignsACallbackIsSealedAlsoWhereTheOperatorHasGivenNoKey() throws IOException {
        ExecutorService stopped = Executors.newSingleThreadExecutor();
        stopped.shutdownNow();
        try (Outbox writer = outbox(stopped)) {
            writer.add(
                    deployment(),
                    new Callback(
                            URI.create("https://receiver.example/x"), "X-Key", "secret-of-the-caller", "", List.of()),
                    RESULT);
        }
        byte[] content = store.query(row -> row.getBytes("content"), new Sql("SELECT content FROM callback"))
                .get(0);
        assertFalse(new String(content, StandardCharsets.ISO_8859_1).contains("secret-of-the-caller"));
        assertTrue(new String(MadeKey.seal(settings, store).open(content), StandardCharsets.UTF_8)
                .contains("secret-of-the-caller"));
        Path file = Path.of(settings.storeUrl().substring("jdbc:sqlite:".length()) + ".key");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
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
