package dev.partnergateway.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.command.Commands;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who gets an answer on the operator's port: the operator and his commands; no web page that he looks at meanwhile, no
 * name that leads here, nobody without the token. Most is written on a socket, as no client would send it.
 */
class OperatorPortTest {

    private static final String ID = "0".repeat(64);
    private static final String FREE = "POST /api/parked/" + ID + "/free HTTP/1.1\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String EMPTY = "Content-Length: 0\r\n\r\n";
    private static final String BY = "{\"who\":\"me\",\"why\":\"a test\"}";
    private static final String DECIDED = "Content-Length: " + BY.length() + "\r\n\r\n" + BY;

    private static GatewayUnderTest gateway;
    private static Http port;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.start(Map.of("gateway.receive-timeout", "1000"));
        port = gateway.operator();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String host() {
        return "Host: localhost:" + port.port() + "\r\n";
    }

    /** One answer, of this status, in the one shape of all failures. */
    private static String isRefused(int status, String received) {
        assertTrue(received.matches("(?s)HTTP/1\\.[01] " + status + " .*"), received);
        assertEquals(1, received.split("HTTP/1\\.[01] [0-9]{3} ", -1).length - 1, received);
        assertFalse(received.toLowerCase(java.util.Locale.ROOT).contains("access-control-"), received);
        try {
            JsonNode body = new ObjectMapper().readTree(received.substring(received.indexOf("\r\n\r\n") + 4));
            assertEquals(status, body.path("StatusCode").asInt(), received);
            assertFalse(body.path("Error").asText().isEmpty(), received);
            assertTrue(received.contains(body.path("RequestUUID").asText()), received);
            return body.path("Error").asText();
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + received, e);
        }
    }

    private static void isTaken(String received) {
        assertTrue(received.startsWith("HTTP/1.1 404 "), received);
        assertTrue(received.contains("No call of this id is parked"), received);
    }

    @TestFactory
    Stream<DynamicTest> aNameThatLeadsHereIsNotAHostOfThisPort() {
        return Stream.of(
                        "evil.example",
                        "evil.example:" + port.port(),
                        "localhost.evil.example",
                        "127.0.0.1.evil.example",
                        "evil.example#localhost",
                        "localhost@evil.example",
                        "evil.example@localhost",
                        "localhost:1:2",
                        "localhost:",
                        "localhost.",
                        "localhost/evil",
                        "localhost, evil.example",
                        "127.0.0.2",
                        "0.0.0.0",
                        "2130706433",
                        "[::]",
                        "::1",
                        "[::1",
                        "")
                .map(host -> DynamicTest.dynamicTest('"' + host + '"', () -> {
                    for (String line : List.of("GET /api/parked HTTP/1.1\r\n", "HEAD /api/parked HTTP/1.1\r\n", FREE)) {
                        String received = port.raw(
                                line + "Host: " + host + "\r\nX-Forwarded-Host: localhost\r\n" + JSON + EMPTY,
                                Duration.ofSeconds(5));
                        if (line.startsWith("HEAD")) {
                            assertTrue(received.startsWith("HTTP/1.1 421 "), received);
                        } else {
                            assertTrue(isRefused(421, received).contains("Host"), received);
                        }
                    }
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LocalHost", "localhost:9877", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:80"})
    void namesOfThisMachineAreHostsOfThisPort(String host) {
        assertTrue(
                port.raw("GET /api/parked HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n", LONG)
                        .startsWith("HTTP/1.1 200 "),
                host);
    }

    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void aHostThatStandsTwiceOrNotAtAllIsRefused() {
        isRefused(400, port.raw("GET /api/parked HTTP/1.1\r\n" + host() + "Host: evil.example\r\n\r\n", LONG));
        isRefused(400, port.raw("GET /api/parked HTTP/1.1\r\n" + host() + host() + "\r\n", LONG));
        isRefused(400, port.raw("GET /api/parked HTTP/1.1\r\n\r\n", LONG));
        isRefused(421, port.raw("GET /api/parked HTTP/1.0\r\n\r\n", LONG));
    }

    @TestFactory
    Stream<DynamicTest> anAddressIsThePathItSpells() {
        Map<String, Integer> targets = Map.of(
                "http://evil.example/parked", 421,
                "http://localhost/nothing", 404,
                "*", 400,
                "parked", 400,
                "//parked", 404,
                "/%70arked", 404,
                "/api/parked/", 404,
                "/./api/parked", 404,
                "/x/../api/parked", 404,
                "/api/parked;x", 404);
        return targets.entrySet().stream()
                .map(target -> DynamicTest.dynamicTest(
                        target.getKey(),
                        () -> isRefused(
                                target.getValue(),
                                port.raw(
                                        "GET " + target.getKey() + " HTTP/1.1\r\nConnection: close\r\n" + host()
                                                + "\r\n",
                                        LONG))));
    }

    @TestFactory
    Stream<DynamicTest> whatAPageOfAnotherOriginSendsIsRefused() {
        String own = "http://localhost:" + port.port();
        return Stream.of(
                        "Origin: http://evil.example\r\n",
                        "Origin: null\r\n",
                        "Origin: \r\n",
                        "Origin: http://localhost:" + (port.port() + 1) + "\r\n",
                        "Origin: http://localhost\r\n",
                        "Origin: " + own + ".evil.example\r\n",
                        "Origin: " + own + "\r\nOrigin: http://evil.example\r\n",
                        "Sec-Fetch-Site: cross-site\r\n",
                        "Sec-Fetch-Site: same-site\r\n",
                        "Sec-Fetch-Site: \r\n",
                        "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n",
                        "Origin: " + own + "\r\nSec-Fetch-Site: cross-site\r\n")
                .map(headers -> DynamicTest.dynamicTest('"' + headers.strip() + '"', () -> {
                    isRefused(403, port.raw(FREE + host() + headers + JSON + EMPTY, LONG));
                    isRefused(403, port.raw("GET /api/parked HTTP/1.1\r\n" + host() + headers + "\r\n", LONG));
                    isRefused(
                            403,
                            port.raw(
                                    "OPTIONS /api/parked HTTP/1.1\r\n" + host() + headers
                                            + "Access-Control-Request-Method: POST\r\n\r\n",
                                    LONG));
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatComesFromHereIsTaken() {
        return Stream.of(
                        "",
                        "Origin: http://localhost:" + port.port() + "\r\nSec-Fetch-Site: same-origin\r\n",
                        "Sec-Fetch-Site: none\r\n")
                .map(headers -> DynamicTest.dynamicTest(
                        '"' + headers.strip() + '"',
                        () -> isTaken(
                                port.raw(FREE + host() + headers + JSON + "Connection: close\r\n" + DECIDED, LONG))));
    }

    @TestFactory
    Stream<DynamicTest> aDecisionThatDoesNotSayThatItIsJsonIsRefused() {
        return Stream.of(
                        "",
                        "Content-Type: text/plain\r\n",
                        "Content-Type: application/x-www-form-urlencoded\r\n",
                        "Content-Type: multipart/form-data; boundary=application/json\r\n",
                        "Content-Type: text/plain; application/json\r\n",
                        "Content-Type: application/json, text/plain\r\n",
                        "Content-Type: application/jsonp\r\n",
                        "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
                        "X-HTTP-Method-Override: GET\r\n")
                .map(type -> DynamicTest.dynamicTest('"' + type.strip() + '"', () -> {
                    isRefused(415, port.raw(FREE + host() + type + EMPTY, LONG));
                    isRefused(
                            415,
                            port.raw(FREE.replace("free", "done") + host() + type + "Content-Length: 14\r\n\r\n"
                                    + "{\"status\":204}"));
                    isRefused(
                            415,
                            port.raw("POST /api/dead-letters/replay?reason=404 HTTP/1.1\r\n" + host() + type + EMPTY));
                }));
    }

    @Test
    void aReadThatCallsItselfADecisionIsARead() {
        for (String header : List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")) {
            isRefused(
                    404,
                    port.raw(
                            FREE.replace("POST", "GET") + host() + JSON + header
                                    + ": POST\r\nConnection: close\r\n\r\n",
                            LONG));
        }
    }

    @Test
    void http2WebSocketsAndTunnelsAreNotOffered() {
        isRefused(505, port.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", LONG));
        String upgrade = port.raw(
                "GET /api/parked HTTP/1.1\r\n" + host() + "Connection: Upgrade, HTTP2-Settings, close\r\n"
                        + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
                LONG);
        assertTrue(upgrade.startsWith("HTTP/1.1 200 "), upgrade);
        String socket =
                port.raw("GET /api/parked HTTP/1.1\r\n" + host() + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        assertTrue(socket.startsWith("HTTP/1.1 200 "), socket);
        isRefused(501, port.raw("CONNECT localhost:80 HTTP/1.1\r\n" + host() + "\r\n", LONG));
    }

    @TestFactory
    Stream<DynamicTest> aHeadThatCanBeReadInTwoWaysEndsItsConnection() {
        String chunks = "\r\n0\r\n\r\n";
        Map<String, String> heads = Map.of(
                "an unknown encoding",
                "Transfer-Encoding: chunked, xchunked\r\n" + chunks,
                "two encodings",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" + chunks,
                "chunks and a length",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + chunks,
                "two lengths",
                "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
                "a continued line",
                "X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
                "a line feed alone",
                "X-A: b\nContent-Length: 0\r\n\r\n");
        return Stream.of(port, gateway.management()).flatMap(each -> heads.entrySet().stream()
                .map(head -> DynamicTest.dynamicTest(head.getKey(), () -> {
                    String start = "POST /api/parked/" + ID + "/free HTTP/1.1\r\n" + host() + JSON;
                    isRefused(400, each.raw(start + head.getValue() + start + EMPTY, LONG));
                })));
    }

    @Test
    void whatIsTooLargeTooDeepOrTooSlowIsRefused() {
        String done = FREE.replace("free", "done") + host() + JSON;
        isRefused(413, port.raw(done + "Content-Length: 1048577\r\n\r\n" + " ".repeat(1_048_577), LONG));
        isRefused(
                413,
                port.raw(
                        done + "Transfer-Encoding: chunked\r\n\r\n"
                                + ("10000\r\n" + " ".repeat(65_536) + "\r\n").repeat(17),
                        LONG));
        String deep = "{\"status\":200,\"body\":" + "[".repeat(100_000);
        isRefused(
                400,
                port.raw(done + "Connection: close\r\nContent-Length: " + deep.length() + "\r\n\r\n" + deep, LONG));
        isRefused(408, port.raw(done + "Content-Length: 14\r\n\r\n{\"stat", LONG));
        isRefused(408, port.raw("GET /api/parked HTTP/1.1\r\nHost: loc", LONG));
        isRefused(
                431, port.raw("GET /api/parked HTTP/1.1\r\n" + host() + "X: " + "x".repeat(20_000) + "\r\n\r\n", LONG));
        isRefused(414, port.raw("GET /" + "x".repeat(9000) + " HTTP/1.1\r\n" + host() + "\r\n", LONG));
    }

    @Test
    void aRefusedCallerWhoGoesOnSendingIsCutOff() {
        long begun = System.nanoTime();
        isRefused(415, port.raw(FREE + host() + "Content-Length: 1000\r\n\r\n{", LONG));
        assertTrue(System.nanoTime() - begun < LONG.toNanos(), "the connection was closed");
    }

    @Test
    void connectionsAreCountedAndGivenBack() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 600; i++) {
                sockets.add(new Socket("localhost", port.port()));
            }
            Await.until(() -> "600 connections", () -> sockets.stream().anyMatch(OperatorPortTest::isClosed));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        Await.until(
                () -> "no answer", () -> port.raw("GET /api/parked HTTP/1.1\r\nConnection: close\r\n" + host() + "\r\n")
                        .startsWith("HTTP/1.1 200 "));
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void everyAnswerForbidsToKeepItToGuessItsTypeAndToLoadAnythingIntoIt() {
        for (Http.Answer answer : List.of(
                port.send("GET", "/api/parked", (String) null),
                port.send("GET", "/nothing", (String) null),
                port.send("POST", "/api/parked/" + ID + "/free", "", "Content-Type", "application/json"),
                port.send("POST", "/api/parked/" + ID + "/free", ""),
                gateway.management().send("GET", "/observe/metrics", (String) null),
                gateway.management().send("GET", "/nothing", (String) null))) {
            assertEquals("no-store", answer.header("Cache-Control"));
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            assertTrue(answer.header("Content-Security-Policy").startsWith("default-src 'none'"));
            assertNotNull(answer.header("X-Request-Id"));
            assertNull(answer.header("Access-Control-Allow-Origin"));
        }
    }

    @Test
    void headTellsWhatGetWouldWithoutABody() {
        Http.Answer head = port.send("HEAD", "/api/parked", (String) null);
        assertEquals(200, head.status());
        assertEquals("2", head.header("Content-Length"));
        assertEquals(0, head.body().length);
        assertEquals("[]", port.send("GET", "/api/parked", (String) null).text());
    }

    @Test
    void aFilterThatStandsTwiceOrCannotBeReadIsNone() {
        for (String query : List.of("id=a&id=b", "id=%", "id=%zz")) {
            isRefused(
                    400,
                    port.raw(
                            "POST /api/dead-letters/replay?" + query + " HTTP/1.1\r\n" + host() + JSON + DECIDED,
                            LONG));
        }
        Http.Answer none = port.send("GET", "/api/dead-letters", (String) null);
        assertEquals(404, none.status());
        assertTrue(none.json().path("Error").asText().contains("gateway.queue"), none.text());
    }

    @Test
    void decisionsAreOnTheOperatorsPortOnly() {
        for (String path : List.of(
                "/api/parked",
                "/api/parked/" + ID,
                "/api/dead-letters",
                "/",
                "/calls",
                "/assets/page.js",
                "/api",
                "/q/health",
                "/observe",
                "/x")) {
            Http.Answer managed = gateway.management().send("GET", path, (String) null);
            assertEquals(404, managed.status(), path);
            assertEquals("application/json", managed.header("Content-Type"));
            assertEquals(404, managed.json().path("StatusCode").asInt(), managed.text());
            assertEquals(404, gateway.partner().send("GET", path, (String) null).status(), path);
        }
        for (String path :
                List.of("/api/parked/" + ID + "/free", "/api/dead-letters/replay?reason=404", "/observe/health")) {
            Http.Answer managed = gateway.management().send("POST", path, "", "Content-Type", "application/json");
            assertEquals(405, managed.status(), path);
            assertEquals("GET, HEAD", managed.header("Allow"));
            assertEquals(
                    404,
                    gateway.partner()
                            .send("POST", path, "", "Content-Type", "application/json")
                            .status(),
                    path);
        }
        for (String path : List.of("/observe/health", "/observe/metrics")) {
            assertEquals(404, port.send("GET", path, (String) null).status(), path);
        }
    }

    @Test
    void theManagementPortSpeaksNoHttp2() {
        Http management = gateway.management();
        isRefused(505, management.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", LONG));
        String upgrade = management.raw(
                "GET /observe/health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
                        + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
                LONG);
        assertTrue(upgrade.startsWith("HTTP/1.1 200 "), upgrade);
    }

    @Test
    void healthSaysWhatIsUp() {
        for (String path : List.of("", "/live", "/ready")) {
            Http.Answer health = gateway.management().send("GET", "/observe/health" + path, (String) null);
            assertEquals(200, health.status(), health.text());
            assertEquals("UP", health.json().path("status").asText(), health.text());
        }
        JsonNode checks = gateway.management()
                .send("GET", "/observe/health", (String) null)
                .json()
                .path("checks");
        assertTrue(checks.toString().contains("{\"name\":\"ready\",\"status\":\"UP\""), checks.toString());
    }

    @Test
    void metricsAreInTheFormatThatIsAskedFor() {
        Http management = gateway.management();
        Http.Answer text = management.send("GET", "/observe/metrics", (String) null);
        assertEquals("text/plain; version=0.0.4; charset=utf-8", text.header("Content-Type"));
        Http.Answer open =
                management.send("GET", "/observe/metrics", (String) null, "Accept", "application/openmetrics-text");
        assertTrue(open.header("Content-Type").startsWith("application/openmetrics-text"), open.header("Content-Type"));
        assertTrue(open.text().endsWith("# EOF\n"), "the end of OpenMetrics");
        assertTrue(text.text().contains("gateway_parked_calls 0"), text.text());
    }

    @Test
    void manyReadersAtOnceAreAllAnswered() {
        List<CompletableFuture<Http.Answer>> answers = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> port.send("GET", "/api/parked", (String) null)))
                .limit(20)
                .toList();
        answers.forEach(answer -> assertEquals(200, answer.join().status()));
    }

    @Test
    void theTokenIsAskedForOnEveryRequestAndReadAgainWhenItsFileChanges() throws IOException {
        Path file = Files.createTempFile("operator", "token");
        Files.writeString(file, "first-token-0123456789\n");
        try (GatewayUnderTest own = GatewayUnderTest.start(
                Map.of("gateway.operator-host", "0.0.0.0", "gateway.operator-token", "file:" + file))) {
            for (String given : new String[] {
                null,
                "Bearer wrong-token-0123456789",
                "Bearer first-token-012345678",
                "Bearer first-token-0123456789x",
                "Basic first-token-0123456789",
                "first-token-0123456789",
                "Bearer ",
                ""
            }) {
                for (String method : List.of("GET", "POST", "HEAD", "OPTIONS")) {
                    Http.Answer refused = asked(own, method, "/api/parked/" + ID + "/free", given);
                    assertEquals(401, refused.status(), given);
                    assertEquals("Bearer", refused.header("WWW-Authenticate"));
                }
                assertEquals(401, asked(own, "GET", "/nothing", given).status());
                assertEquals(
                        401,
                        asked(own, "GET", "/api/parked?token=first-token-0123456789", given)
                                .status());
            }
            for (String page : List.of("/", "/calls", "/assets/page.js")) {
                assertEquals(200, asked(own, "GET", page, null).status(), "how a browser gets to ask for the token");
            }
            for (String path : List.of("/api", "/api/now", "/api/calls", "/api/integrations")) {
                assertEquals(401, asked(own, "GET", path, null).status(), path);
            }
            assertEquals(
                    200,
                    asked(own, "GET", "/api/parked", "Bearer first-token-0123456789")
                            .status());
            assertEquals(
                    200,
                    asked(own, "GET", "/api/parked", "bearer first-token-0123456789")
                            .status());
            isRefused(
                    401,
                    own.operator()
                            .raw(
                                    "GET /api/parked HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer first-token-0123456789\r\n"
                                            + "Authorization: Bearer x\r\n\r\n"));
            isRefused(
                    421,
                    own.operator()
                            .raw("GET /api/parked HTTP/1.1\r\nHost: evil.example\r\n"
                                    + "Authorization: Bearer first-token-0123456789\r\n\r\n"));
            assertTrue(list(0, own, "file:" + file).contains("[]"));
            assertTrue(list(1, own, "another-token-0123456789").contains("401"));
            assertTrue(list(1, own, "").contains("gateway.operator-token"));

            Files.writeString(file, "second-token-0123456789");
            Await.until(
                    () -> "the first token",
                    () -> asked(own, "GET", "/api/parked", "Bearer second-token-0123456789")
                                    .status()
                            == 200);
            assertEquals(
                    401,
                    asked(own, "GET", "/api/parked", "Bearer first-token-0123456789")
                            .status());
            Files.writeString(file, "short");
            Await.until(
                    () -> "the second token",
                    () -> asked(own, "GET", "/api/parked", "Bearer second-token-0123456789")
                                    .status()
                            == 401);
            assertEquals(401, asked(own, "GET", "/api/parked", "Bearer short").status());
        }
    }

    private static Http.Answer asked(GatewayUnderTest own, String method, String path, String authorization) {
        String[] headers = authorization == null
                ? new String[] {"Content-Type", "application/json"}
                : new String[] {"Content-Type", "application/json", "Authorization", authorization};
        return own.operator().send(method, path, (String) null, headers);
    }

    private static String list(int exitCode, GatewayUnderTest own, String token) {
        Properties properties = new Properties();
        properties.setProperty("gateway.operator-port", "" + own.operator().port());
        properties.setProperty("gateway.operator-token", token);
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        Settings settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
        assertEquals(exitCode, Commands.run(settings, out, out, "parked", "list"));
        return printed.toString();
    }

    @TestFactory
    Stream<DynamicTest> aPlaceThatIsNotSafeStopsTheStartWithASentence() throws IOException {
        Path file = Files.createTempFile("operator", "token");
        Files.writeString(file, "short");
        Map<Map<String, String>, String> wrong = Map.of(
                Map.of("gateway.operator-host", "0.0.0.0"), "set gateway.operator-token",
                Map.of("gateway.operator-host", "::"), "set gateway.operator-token",
                Map.of("gateway.operator-host", "gateway.example"), "set gateway.operator-token",
                Map.of("gateway.operator-token", "fifteen-letters"), "at least 16",
                Map.of("gateway.operator-token", "sixteen letters and spaces"), "visible",
                Map.of("gateway.operator-token", "file:" + file), "at least 16",
                Map.of("gateway.operator-token", "file:/nowhere/token"), "cannot be read",
                Map.of("gateway.operator-port", "9876"), "gateway.management-port are both 9876",
                Map.of(
                                "gateway.operator-host",
                                "0.0.0.0",
                                "gateway.operator-token",
                                "t".repeat(16),
                                "gateway.operator-port",
                                "8080"),
                        "gateway.port are both 8080");
        return wrong.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey().toString(), () -> {
                    Properties properties = new Properties();
                    properties.putAll(each.getKey());
                    SettingsException refused = assertThrows(
                            SettingsException.class,
                            () -> Settings.load(Path.of("application.properties"), Map.of(), properties));
                    assertTrue(refused.getMessage().contains(each.getValue()), refused.getMessage());
                    assertFalse(refused.getMessage().contains("fifteen-letters"), "a secret is not repeated");
                }));
    }
}
