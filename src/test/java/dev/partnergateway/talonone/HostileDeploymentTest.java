package dev.partnergateway.talonone;

import static dev.partnergateway.harness.RawServer.answer;
import static dev.partnergateway.harness.RawServer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a call comes to when its deployment, or what stands before it, breaks HTTP: never more than the call's time, never
 * more memory than an answer may take, never a promise that is not kept, and the next call is served.
 */
class HostileDeploymentTest {

    private static final String GOOD_COUPON = "{\"id\":1,\"created\":\"2026-01-02T03:04:05Z\",\"campaignId\":10,"
            + "\"value\":\"A\",\"usageLimit\":1,\"usageCounter\":0}";
    private static final String PROOF =
            answer("HTTP/1.1 200 OK", "{\"data\":[{\"id\":10,\"applicationId\":1}],\"hasMore\":false}");
    private static final String GOOD = answer("HTTP/1.1 201 Created", GOOD_COUPON);

    /** Longer than the sum of all retries, shorter than anybody's patience. */
    private static final int DEADLINE = 2000;

    private static final int DEPLOYMENTS = 100;

    private static int used;
    private static String host;
    private static RawServer deployment;
    private static RawServer leaving;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        deployment = RawServer.start(HostileDeploymentTest::good);
        leaving = RawServer.start(HostileDeploymentTest::good);
        Map<String, String> settings = new HashMap<>(Map.of(
                "gateway.deadline.braze",
                "" + DEADLINE,
                "gateway.deadline.segment",
                "" + DEADLINE,
                "gateway.deployments.gone.host",
                "gone.example",
                "gateway.deployments.gone.base-url",
                "http://127.0.0.1:" + leaving.port(),
                "gateway.deployments.unknown.host",
                "unknown.example",
                "gateway.deployments.unknown.base-url",
                "http://no-such-host.invalid"));
        for (int i = 0; i < DEPLOYMENTS; i++) {
            settings.put("gateway.deployments.raw-" + i + ".host", host(i));
            settings.put("gateway.deployments.raw-" + i + ".base-url", "http://127.0.0.1:" + deployment.port());
        }
        gateway = GatewayUnderTest.start(settings);
    }

    private static String host(int number) {
        return "raw-" + number + ".example";
    }

    /** No test meets a deployment that is left alone because it failed in another. */
    @BeforeEach
    void takeAnotherDeployment() {
        host = host(used++);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        deployment.close();
    }

    /** Whatever came before: the client lives, and nothing is left on its connections. */
    @AfterEach
    void theNextCallIsServed() {
        deployment.script(HostileDeploymentTest::good);
        Http.Answer answer = reserve(host);
        assertEquals(200, answer.status(), answer.text());
        Await.until(deployment::open, () -> deployment.open() == 0);
    }

    private static void good(String head, Socket connection) throws IOException {
        write(connection, head.contains("/v1/integration/campaigns") ? PROOF : GOOD);
    }

    /** Sets a state, so it may be sent again. */
    private static Http.Answer reserve(String deployment) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon_reservation",
                        "{\"deploymentUrl\":\"" + deployment + "\",\"integrationId\":\"a\",\"couponValue\":\"A\"}",
                        "Authorization",
                        "ApiKey-v1 key",
                        "Content-Type",
                        "application/json");
    }

    /** Has a second effect when it is sent again, and nothing tells a repeat apart. */
    private static Http.Answer event(String... more) {
        String[] headers = Stream.concat(
                        Stream.of(
                                "Authorization",
                                "ApiKey-v1 key",
                                "Content-Type",
                                "application/json",
                                "destination-hostname",
                                host),
                        Stream.of(more))
                .toArray(String[]::new);
        return gateway.partner()
                .send(
                        "PUT",
                        "/segment/v2/events",
                        "{\"eventType\":\"viewed_product\",\"customerProfileId\":\"alice\",\"eventAttributes\":{}}",
                        headers);
    }

    private static Http.Answer balance() {
        return gateway.partner()
                .send(
                        "POST",
                        "/emarsys/loyalty_programs/profile/balance?deployment=" + host,
                        "{\"parameters\":[{\"loyaltyProgramId\":\"1\",\"integrationId\":\"alice\"}],"
                                + "\"fields\":[\"activeBalance\"],\"limit\":1}",
                        "Authorization",
                        "Basic QXBpS2V5LXYxOmtleQ==",
                        "Content-Type",
                        "application/json");
    }

    private static RawServer.Script then(RawServer.Script script) {
        return (head, connection) -> {
            if (head.contains("/v1/integration/campaigns")) {
                good(head, connection);
            } else {
                script.run(head, connection);
            }
        };
    }

    private static Arguments garbled(String what, RawServer.Script script) {
        return Arguments.of(what, script, 502);
    }

    private static Arguments silent(String what, RawServer.Script script) {
        return Arguments.of(what, script, 504);
    }

    private static void forever(Socket connection, String text, long pauseMillis) throws IOException {
        while (!connection.isClosed()) {
            write(connection, text);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        }
    }

    private static void bytes(Socket connection, long count) throws IOException {
        byte[] block = " ".repeat(64 * 1024).getBytes(StandardCharsets.ISO_8859_1);
        for (long sent = 0; sent < count; sent += block.length) {
            connection.getOutputStream().write(block);
        }
    }

    private static byte[] bomb(long inflated) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            byte[] block = new byte[1024 * 1024];
            for (long written = 0; written < inflated; written += block.length) {
                gzip.write(block);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    /** Each waits for deadlines: one in three in every build, all with {@code -Dhostile.ways=all}. */
    static Stream<Arguments> waysToBreakHttp() {
        List<Arguments> ways = allWaysToBreakHttp().toList();
        int step = System.getProperty("hostile.ways", "").equals("all") ? 1 : 3;
        return IntStream.range(0, ways.size()).filter(i -> i % step == 0).mapToObj(ways::get);
    }

    private static Stream<Arguments> allWaysToBreakHttp() {
        String ok = "HTTP/1.1 201 Created\r\n";
        byte[] bomb = bomb(600L * 1024 * 1024);
        return Stream.of(
                garbled("a flood of headers", (head, to) -> write(to, ok + "X-A: b\r\n".repeat(300_000) + "\r\n")),
                garbled(
                        "a header of a megabyte",
                        (head, to) -> write(to, ok + "X: " + "a".repeat(1 << 20) + "\r\n\r\n")),
                garbled("a status line of a megabyte", (head, to) -> write(to, "HTTP/1.1 201 " + "a".repeat(1 << 20))),
                garbled("no status line", (head, to) -> write(to, "<html>\r\n".repeat(50) + "\r\n")),
                garbled("another protocol", (head, to) -> write(to, "SSH-2.0-OpenSSH_9.6\r\n")),
                garbled("a status that is none", (head, to) -> write(to, "HTTP/1.1 abc OK\r\n\r\n")),
                garbled("empty lines", (head, to) -> write(to, "\r\n".repeat(10_000))),
                garbled("a flood of announcements", (head, to) -> forever(to, "HTTP/1.1 103 Early Hints\r\n\r\n", 0)),
                garbled("a flood of continues", (head, to) -> forever(to, "HTTP/1.1 100 Continue\r\n\r\n", 0)),
                garbled(
                        "an unknown encoding",
                        (head, to) -> write(to, answer("HTTP/1.1 201 Created", "?", "Content-Encoding: zstd"))),
                garbled("600 MB behind 600 KB", (head, to) -> {
                    write(to, ok + "Content-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
                    to.getOutputStream().write(bomb);
                }),
                garbled("200 MB", (head, to) -> {
                    write(to, ok + "Content-Length: 209715200\r\n\r\n");
                    bytes(to, 209_715_200);
                }),
                garbled("200 MB until the connection ends", (head, to) -> {
                    write(to, ok + "\r\n");
                    bytes(to, 209_715_200);
                }),
                garbled("endless chunks", (head, to) -> {
                    write(to, ok + "Transfer-Encoding: chunked\r\n\r\n");
                    forever(to, "10000\r\n" + " ".repeat(0x10000) + "\r\n", 0);
                }),
                garbled("half a body", (head, to) -> write(to, ok + "Content-Length: 500\r\n\r\n{\"id\":1,")),
                garbled(
                        "half a chunk",
                        (head, to) -> write(to, ok + "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"id\":1,")),
                garbled(
                        "broken gzip",
                        (head, to) -> write(to, answer("HTTP/1.1 201 Created", "not gzip", "Content-Encoding: gzip"))),
                garbled(
                        "JSON nested 100,000 deep",
                        (head, to) ->
                                write(to, answer("HTTP/1.1 201 Created", "[".repeat(100_000) + "]".repeat(100_000)))),
                garbled(
                        "a number of a million digits",
                        (head, to) ->
                                write(to, answer("HTTP/1.1 201 Created", "{\"id\":" + "1".repeat(1_000_000) + "}"))),
                garbled(
                        "a million empty objects",
                        (head, to) -> write(
                                to, answer("HTTP/1.1 201 Created", "{\"id\":[" + "{},".repeat(1_000_000) + "1]}"))),
                garbled(
                        "a page",
                        (head, to) -> write(
                                to, answer("HTTP/1.1 200 OK", "<html>Sign in</html>", "Content-Type: text/html"))),
                garbled("nothing", (head, to) -> write(to, answer("HTTP/1.1 200 OK", ""))),
                garbled("no content", (head, to) -> write(to, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")),
                garbled("a list", (head, to) -> write(to, answer("HTTP/1.1 200 OK", "[]"))),
                garbled("an empty object", (head, to) -> write(to, answer("HTTP/1.1 200 OK", "{}"))),
                garbled("text for an object", (head, to) -> write(to, answer("HTTP/1.1 200 OK", "\"done\""))),
                garbled(
                        "elsewhere",
                        (head, to) -> write(to, answer("HTTP/1.1 302 Found", "", "Location: https://login.example/"))),
                silent("a reset after the request", (head, to) -> to.setSoLinger(true, 0)),
                silent("an end after the request", (head, to) -> {}),
                garbled("half a status line", (head, to) -> write(to, "HTTP/1.1 20")),
                garbled("half a head", (head, to) -> write(to, ok + "Content-Type: application/json\r\n")),
                silent("silence", (head, to) -> read(to)),
                silent("a dripping status line", (head, to) -> forever(to, "H", 100)),
                silent("dripping headers", (head, to) -> {
                    write(to, ok);
                    forever(to, "X: y\r\n", 100);
                }),
                silent("a dripping body", (head, to) -> {
                    write(to, ok + "Content-Length: 100000\r\n\r\n");
                    forever(to, " ", 100);
                }),
                silent("dripping chunks", (head, to) -> {
                    write(to, ok + "Transfer-Encoding: chunked\r\n\r\n");
                    forever(to, "1\r\n \r\n", 100);
                }));
    }

    /** Until the other side ends the connection. */
    private static void read(Socket connection) throws IOException {
        while (connection.getInputStream().read() >= 0) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToBreakHttp")
    void anAnswerThatIsNoneHasAnUnknownOutcomeWithinTheDeadline(String what, RawServer.Script script, int status) {
        deployment.script(then(script));
        long begun = System.nanoTime();
        Http.Answer state = reserve(host);
        assertEquals(status, state.status(), state.text());
        assertTrue(state.text().contains("trying again is safe"), state.text());
        Http.Answer effect = event();
        assertEquals(status, effect.status(), effect.text());
        assertTrue(effect.text().contains("may do it a second time"), effect.text());
        Http.Answer keyed = event("Idempotency-Key", "of-the-partner-" + what.hashCode());
        assertEquals(status, keyed.status(), keyed.text());
        assertTrue(keyed.text().contains("trying again is safe"), keyed.text());
        assertTrue(
                System.nanoTime() - begun
                        < 3 * Duration.ofMillis(DEADLINE + 1000).toNanos(),
                "in time");
    }

    @ParameterizedTest
    @ValueSource(strings = {"400 Bad Request", "403 Forbidden", "404 Not Found"})
    void whatAProxySaysIsNotTakenForTalonOnesWordOnWhatIsMissing(String status) {
        for (String body : List.of("<html>", "", "{}", "[]", "\"not found\"", "{\"error\":\"no route\"}")) {
            deployment.script(then((head, to) -> write(to, answer("HTTP/1.1 " + status, body))));
            Http.Answer answer = balance();
            assertEquals(502, answer.status(), body + answer.text());
            assertTrue(answer.text().contains(status.substring(0, 3)), answer.text());
        }
    }

    @Test
    void aProxyThatForbidsTheProofOfAKeyDoesNotRefuseTheKey() {
        deployment.script((head, to) -> write(to, answer("HTTP/1.1 403 Forbidden", "<html>")));
        Http.Answer answer = balance();
        assertTrue(answer.status() == 502 || answer.status() == 503, answer.text());
    }

    @Test
    void whatWasNeverAnsweredStaysUnknownWhenThereIsNoTimeForItTheSecondTime() {
        AtomicInteger calls = new AtomicInteger();
        deployment.script(then((head, to) -> {
            if (calls.getAndIncrement() > 0) {
                write(to, answer("HTTP/1.1 503 Service Unavailable", "{}", "Retry-After: 60"));
            }
        }));
        Http.Answer answer = event();
        assertEquals(2, calls.get());
        assertEquals(504, answer.status(), answer.text());
        assertTrue(answer.text().contains("may do it a second time"), answer.text());
    }

    @Test
    void nothingIsHeldByACallWhoseDeadlineHasPassed() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        deployment.script(then((head, to) -> {
            try {
                write(to, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                forever(to, " ", 50);
            } catch (IOException gone) {
                ended.countDown();
                throw gone;
            }
        }));
        assertEquals(504, event().status());
        assertTrue(ended.await(2, TimeUnit.SECONDS), "the connection is closed");
        deployment.script(then((head, to) -> write(
                to, answer("HTTP/1.1 200 OK", "{\"effects\":[],\"createdCoupons\":[],\"createdReferrals\":[]}"))));
        long begun = System.nanoTime();
        assertEquals(200, event().status(), "the profile's turn is free");
        assertTrue(System.nanoTime() - begun < Duration.ofMillis(DEADLINE / 2).toNanos(), "at once");
    }

    @Test
    void anAnswerThatComesBeforeTheRequestWasReadIsTakenOrItsOutcomeIsUnknown() {
        deployment.early(then((head, to) -> {
            write(to, answer("HTTP/1.1 401 Unauthorized", "{\"message\":\"no\"}"));
            to.setSoLinger(true, 0);
        }));
        Http.Answer answer = event();
        assertTrue(answer.status() == 401 || answer.status() == 504, answer.text());
        assertEquals(answer.status() == 504, answer.text().contains("may do it a second time"), answer.text());
    }

    @Test
    void whatADeploymentIsToldThatHasGoneWasNotSent() {
        assertEquals(200, reserve("gone.example").status());
        leaving.close();
        Http.Answer answer = reserve("gone.example");
        assertEquals(503, answer.status(), answer.text());
        assertEquals("1", answer.header("Retry-After"));
        assertTrue(answer.text().contains("cannot be reached right now: try again"), answer.text());
    }

    @Test
    void aHostThatNobodyKnowsIsNotCalled() {
        Http.Answer answer = reserve("unknown.example");
        assertEquals(503, answer.status(), answer.text());
        assertEquals("1", answer.header("Retry-After"));
    }

    @Test
    void anAnswerMayBeAnnouncedAFewTimes() {
        deployment.script(then((head, to) ->
                write(to, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + GOOD)));
        Http.Answer answer = reserve(host);
        assertEquals(200, answer.status(), answer.text());
    }

    @Test
    void aRefusalWithMoreThanIsTakenIsNotTalonOnesWord() {
        deployment.script(then((head, to) -> {
            write(to, "HTTP/1.1 404 Not Found\r\nContent-Length: 209715200\r\n\r\n");
            bytes(to, 209_715_200);
        }));
        Http.Answer answer = reserve(host);
        assertEquals(502, answer.status(), answer.text());
    }

    @Test
    void aLargeAnswerWithinTheBoundsIsTaken() {
        String padded = GOOD_COUPON.replace("}", ",\"attributes\":{\"note\":\"" + "x".repeat(1_500_000) + "\"}}");
        deployment.script(then((head, to) -> write(to, answer("HTTP/1.1 201 Created", padded))));
        Http.Answer answer = reserve(host);
        assertEquals(
                200,
                answer.status(),
                answer.text().substring(0, Math.min(300, answer.text().length())));
        assertTrue(answer.body().length > 1_500_000);
    }

    static Stream<Arguments> statuses() {
        return Stream.of(
                Arguments.of("408 Request Timeout", "", 503, "1"),
                Arguments.of("425 Too Early", "", 503, "1"),
                Arguments.of("408 Request Timeout", "Retry-After: 20\r\n", 503, "20"),
                Arguments.of("503 Service Unavailable", "Retry-After: 120\r\n", 503, "120"),
                Arguments.of(
                        "503 Service Unavailable",
                        "Date: Sun, 06 Nov 2044 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 2044 08:50:07 GMT\r\n",
                        503,
                        "30"),
                Arguments.of(
                        "503 Service Unavailable",
                        "Date: Sun, 06 Nov 2044 08:49:37 GMT\r\nRetry-After: Fri, 06 Nov 2054 08:50:07 GMT\r\n",
                        503,
                        "3600"),
                Arguments.of("429 Too Many Requests", "Retry-After: 99999999999999\r\n", 429, "3600"),
                Arguments.of("429 Too Many Requests", "Retry-After: soon\r\n", 429, null),
                Arguments.of("503 Service Unavailable", "", 502, "1"),
                Arguments.of("500 Internal Server Error", "", 502, "1"),
                Arguments.of("511 Network Authentication Required", "", 502, "1"),
                Arguments.of("400 Bad Request", "", 502, null),
                Arguments.of("403 Forbidden", "", 502, null),
                Arguments.of("404 Not Found", "", 502, null),
                Arguments.of("413 Content Too Large", "", 502, null),
                Arguments.of("414 URI Too Long", "", 502, null),
                Arguments.of("431 Request Header Fields Too Large", "", 502, null),
                Arguments.of("422 Unprocessable Content", "", 502, null),
                Arguments.of("410 Gone", "", 502, null),
                Arguments.of("405 Method Not Allowed", "", 502, null),
                Arguments.of("407 Proxy Authentication Required", "", 502, null),
                Arguments.of("421 Misdirected Request", "", 502, null),
                Arguments.of("451 Unavailable For Legal Reasons", "", 502, null),
                Arguments.of("301 Moved Permanently", "Location: http://elsewhere.example/\r\n", 502, "1"),
                Arguments.of("304 Not Modified", "", 502, "1"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("statuses")
    void whatAProxyAnswersIsToldAsWhatItMeans(String status, String headers, int told, String retryAfter) {
        deployment.script(then((head, to) -> write(
                to,
                "HTTP/1.1 " + status + "\r\n" + headers
                        + "Connection: close\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")));
        Http.Answer answer = reserve(host);
        assertEquals(told, answer.status(), answer.text());
        assertEquals(retryAfter, answer.header("Retry-After"), answer.text());
        assertTrue(
                answer.json().path("Error").asText().length() > 10
                        && !answer.text().contains("html"),
                answer.text());
    }
}
