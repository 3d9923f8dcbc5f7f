package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway does with a deployment's HTTP: what it sends, and what it leaves alone in an answer. */
class UpstreamHttpTest {

    private static final String COUPON = "{\"id\":1,\"created\":\"2026-01-02T03:04:05Z\",\"campaignId\":10,"
            + "\"value\":\"A\",\"usageLimit\":1,\"usageCounter\":0}";

    private static HttpServer deployment;
    private static GatewayUnderTest gateway;
    private static final List<String> RECEIVED = new CopyOnWriteArrayList<>();
    private static volatile Answer answer;

    private record Answer(int status, String body, String... headers) {}

    @BeforeAll
    static void start() throws IOException {
        deployment = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        deployment.setExecutor(Executors.newCachedThreadPool());
        deployment.createContext("/", UpstreamHttpTest::serve);
        deployment.start();
        gateway = GatewayUnderTest.start(Map.of(
                "gateway.deployments.odd.host", "odd.example",
                "gateway.deployments.odd.base-url",
                        "http://127.0.0.1:" + deployment.getAddress().getPort(),
                "gateway.threads", "200"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        deployment.stop(0);
    }

    @BeforeEach
    void forget() {
        RECEIVED.clear();
    }

    private static void serve(HttpExchange exchange) {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().toString();
            boolean proof = path.startsWith("/v1/integration/campaigns");
            if (!proof) {
                RECEIVED.add(exchange.getRequestMethod() + " " + path + " cookie="
                        + exchange.getRequestHeaders().getFirst("Cookie"));
            }
            Answer given = proof ? new Answer(200, "{\"hasMore\":false,\"data\":[]}") : answer;
            for (int i = 0; i < given.headers().length; i += 2) {
                exchange.getResponseHeaders().add(given.headers()[i], given.headers()[i + 1]);
            }
            byte[] body = given.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(given.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Http.Answer reserve(String code) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon_reservation",
                        "{\"deploymentUrl\":\"odd.example\",\"integrationId\":\"a\",\"couponValue\":\"" + code + "\"}",
                        "Authorization",
                        "ApiKey-v1 key",
                        "Content-Type",
                        "application/json");
    }

    @Test
    void aCallThatTalonOneHasNoTimeForIsNotSentTwice() {
        answer = new Answer(429, "{}", "Retry-After", "1");
        assertEquals(429, reserve("A").status());
        assertEquals(1, RECEIVED.size(), RECEIVED.toString());
    }

    @Test
    void aHarmlessCallThatFailsIsNotSentBeforeItsRetryAfter() {
        answer = new Answer(503, "{}", "Retry-After", "60");
        assertEquals(503, reserve("A").status());
        assertEquals(1, RECEIVED.size(), RECEIVED.toString());
    }

    @Test
    void aRedirectIsNotFollowed() {
        answer = new Answer(302, "", "Location", "/elsewhere");
        assertEquals(502, reserve("A").status());
        assertEquals(1, RECEIVED.size(), RECEIVED.toString());
    }

    @Test
    void aCookieOfTheDeploymentIsNotKept() {
        answer = new Answer(200, COUPON, "Set-Cookie", "sid=1; Path=/");
        reserve("A");
        reserve("B");
        assertEquals(2, RECEIVED.size());
        assertTrue(RECEIVED.get(1).endsWith("cookie=null"), RECEIVED.toString());
    }

    @Test
    void headersOfTheDeploymentDoNotReachThePartner() {
        answer = new Answer(200, COUPON, "Set-Cookie", "sid=1", "X-Internal", "secret", "Location", "http://x");
        Http.Answer received = reserve("A");
        assertEquals(200, received.status());
        assertEquals(null, received.header("Set-Cookie"));
        assertEquals(null, received.header("X-Internal"));
        assertEquals(null, received.header("Location"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{env:HOME}}",
                "{{sys:user.home}}",
                "{{camel.main.name}}",
                "${env.HOME}",
                "a/../../b",
                "a?x=1",
                "a#b",
                "a%2Fb",
                "a b+c",
                "\u00e9\u4e2d",
                "a;b&c=d"
            })
    void aValueOfTheCallerStaysOneEncodedSegment(String code) {
        answer = new Answer(200, COUPON);
        assertEquals(200, reserve(code).status());
        String path = RECEIVED.get(0).split(" ")[1];
        String segment = path.substring("/v1/coupon_reservations/".length());
        assertTrue(segment.matches("[A-Za-z0-9._~%-]+"), path);
        assertEquals(code, java.net.URLDecoder.decode(segment, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void aDotSegmentIsRefused(String code) {
        answer = new Answer(200, COUPON);
        assertEquals(400, reserve(code).status());
        assertEquals(List.of(), RECEIVED);
    }

    @Test
    void anAnswerThatIsNoJsonIsAGatewayError() {
        answer = new Answer(200, "<html>");
        Http.Answer received = reserve("A");
        assertEquals(502, received.status());
        assertFalse(received.text().contains("html"));
    }

    @Test
    void manyCallsToOneDeploymentRunAtOnce() {
        int calls = 150;
        java.util.concurrent.CountDownLatch together = new java.util.concurrent.CountDownLatch(calls);
        deployment.createContext("/v1/coupon_reservations/TOGETHER", exchange -> {
            try (exchange) {
                together.countDown();
                // Nobody is answered before everybody is here: fewer at once would never end.
                boolean all = together.await(5, java.util.concurrent.TimeUnit.SECONDS);
                byte[] body = COUPON.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(all ? 200 : 500, body.length);
                exchange.getResponseBody().write(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ExecutorService callers = Executors.newFixedThreadPool(calls);
        try (GatewayUnderTest patient = GatewayUnderTest.start(Map.of(
                "gateway.deadline.braze", "20000",
                "gateway.deployments.odd.host", "odd.example",
                "gateway.deployments.odd.base-url",
                        "http://127.0.0.1:" + deployment.getAddress().getPort()))) {
            List<CompletableFuture<Http.Answer>> all = IntStream.range(0, calls)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> patient.partner()
                                    .send(
                                            "POST",
                                            "/braze/coupon_reservation",
                                            "{\"deploymentUrl\":\"odd.example\",\"integrationId\":\""
                                                    + UUID.randomUUID() + "\",\"couponValue\":\"TOGETHER\"}",
                                            "Authorization",
                                            "ApiKey-v1 key",
                                            "Content-Type",
                                            "application/json"),
                            callers))
                    .toList();
            all.forEach(
                    call -> assertEquals(200, call.join().status(), call.join().text()));
        } finally {
            callers.shutdownNow();
        }
    }
}
