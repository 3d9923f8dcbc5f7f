package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Requests that a proxy could read in another way than the gateway, written on a socket. Each is followed by a second
 * request that must never run.
 */
class HttpToTheLetterTest {

    private static final String START = "POST /braze/coupon HTTP/1.1\r\nHost: a\r\n";

    /** For answers that end with their connection. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static Http port;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        port = GatewayUnderTest.shared().partner();
        sandbox = GatewayUnderTest.shared().sandbox();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0}");
    }

    private static String body() {
        return "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                + UUID.randomUUID() + "\"}";
    }

    private static String good() {
        String body = body();
        return START + "Authorization: ApiKey-v1 sandbox-key-demo-shop\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static int answers(String received) {
        return received.split("HTTP/1\\.[01] [0-9]{3} ", -1).length - 1;
    }

    @TestFactory
    Stream<DynamicTest> aHeadThatCanBeReadInTwoWaysIsRefusedAndEndsItsConnection() {
        String chunks = "\r\n0\r\n\r\n";
        String seven = "Content-Length: 7\r\n\r\n{\"x\":1}";
        Map<String, String> heads = Map.ofEntries(
                Map.entry(
                        "length, then chunks", START + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + chunks),
                Map.entry(
                        "chunks, then length", START + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + chunks),
                Map.entry("two lengths", START + "Content-Length: 7\r\nContent-Length: 5\r\n\r\n{\"x\":1}"),
                Map.entry("the same length twice", START + "Content-Length: 7\r\n" + seven),
                Map.entry("a list of lengths", START + "Content-Length: 7, 7\r\n\r\n{\"x\":1}"),
                Map.entry("a signed length", START + "Content-Length: +7\r\n\r\n{\"x\":1}"),
                Map.entry("a negative length", START + "Content-Length: -7\r\n\r\n{\"x\":1}"),
                Map.entry("a hexadecimal length", START + "Content-Length: 0x7\r\n\r\n{\"x\":1}"),
                Map.entry("two numbers as length", START + "Content-Length: 7 7\r\n\r\n{\"x\":1}"),
                Map.entry("an empty length", START + "Content-Length: \r\n\r\n{\"x\":1}"),
                Map.entry("a length of other digits", START + "Content-Length: \u0667\r\n\r\n{\"x\":1}"),
                Map.entry("a length beyond 64 bits", START + "Content-Length: 18446744073709551623\r\n\r\n{\"x\":1}"),
                Map.entry("a continued line", START + "X-A: b\r\n c\r\n" + seven),
                Map.entry("a continued line with a tab", START + "X-A: b\r\n\tc\r\n" + seven),
                Map.entry("chunks on a continued line", START + "Transfer-Encoding:\r\n chunked\r\n" + chunks),
                Map.entry("a first header that continues", "POST /braze/coupon HTTP/1.1\r\n Host: a\r\n" + seven),
                Map.entry("line feeds alone", "POST /braze/coupon HTTP/1.1\nHost: a\nContent-Length: 7\n\n{\"x\":1}"),
                Map.entry("one line feed alone", START + "X-A: b\n" + seven),
                Map.entry("a carriage return alone", START + "X-A: b\r" + seven),
                Map.entry("a space before the colon", START + "Content-Length : 7\r\n\r\n{\"x\":1}"),
                Map.entry("a tab before the colon", START + "Content-Length\t: 7\r\n\r\n{\"x\":1}"),
                Map.entry("chunks with a space before the colon", START + "Transfer-Encoding : chunked\r\n" + chunks),
                Map.entry("identity", START + "Transfer-Encoding: identity\r\n" + seven),
                Map.entry("identity without a length", START + "Transfer-Encoding: identity\r\n\r\n"),
                Map.entry("an unknown encoding", START + "Transfer-Encoding: xchunked\r\n" + chunks),
                Map.entry("a quoted encoding", START + "Transfer-Encoding: \"chunked\"\r\n" + chunks),
                Map.entry("chunked twice", START + "Transfer-Encoding: chunked, chunked\r\n" + chunks),
                Map.entry("gzip and chunked", START + "Transfer-Encoding: gzip, chunked\r\n" + chunks),
                Map.entry("chunked and gzip", START + "Transfer-Encoding: chunked, gzip\r\n" + chunks),
                Map.entry(
                        "two encodings",
                        START + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" + chunks),
                Map.entry(
                        "a control character before chunked", START + "Transfer-Encoding: \u000bchunked\r\n" + chunks),
                Map.entry(
                        "chunks in HTTP/1.0",
                        "POST /braze/coupon HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + chunks),
                Map.entry("no host", "POST /braze/coupon HTTP/1.1\r\n" + seven),
                Map.entry("two hosts", START + "Host: b\r\n" + seven),
                Map.entry("a header without a name", START + ": a\r\n" + seven),
                Map.entry("a header without a colon", START + "foo\r\n" + seven),
                Map.entry("a header name with a NUL", START + "X\u0000: a\r\n" + seven),
                Map.entry("a header with a NUL", START + "X: a\u0000b\r\n" + seven),
                Map.entry("two spaces after the method", "POST  /braze/coupon HTTP/1.1\r\nHost: a\r\n" + seven),
                Map.entry("tabs in the first line", "POST\t/braze/coupon\tHTTP/1.1\r\nHost: a\r\n" + seven),
                Map.entry(
                        "a space at the end of the first line", "POST /braze/coupon HTTP/1.1 \r\nHost: a\r\n" + seven),
                Map.entry("a space in the address", "POST /braze/cou pon HTTP/1.1\r\nHost: a\r\n" + seven),
                Map.entry("an address of other bytes", "POST /braze/\u00e9 HTTP/1.1\r\nHost: a\r\n" + seven),
                Map.entry(
                        "a control character in the method",
                        "PO\u0001ST /braze/coupon HTTP/1.1\r\nHost: a\r\n" + seven),
                Map.entry("no version", "POST /braze/coupon\r\n\r\n"));
        return heads.entrySet().stream()
                .map(head -> DynamicTest.dynamicTest(head.getKey(), () -> {
                    String received = port.raw(head.getValue() + good());
                    assertTrue(received.matches("(?s)HTTP/1\\.[01] 400 .*\"StatusCode\":400,.*"), received);
                    assertEquals(1, answers(received), "what follows is never read: " + received);
                    assertEquals(List.of(), sandbox.work());
                }));
    }

    @TestFactory
    Stream<DynamicTest> chunksThatCanBeReadInTwoWaysAreRefusedAndEndTheConnection() {
        List<String> chunks = List.of(
                "7\n{\"x\":1}\n0\n\n",
                "0x7\r\n{\"x\":1}\r\n0\r\n\r\n",
                "-7\r\n{\"x\":1}\r\n0\r\n\r\n",
                "+7\r\n{\"x\":1}\r\n0\r\n\r\n",
                " 7\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7 \r\n{\"x\":1}\r\n0\r\n\r\n",
                "7 ;a\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7\t\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7 0\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7\u0000\r\n{\"x\":1}\r\n0\r\n\r\n",
                "ffffffffffffffff7\r\n{\"x\":1}\r\n0\r\n\r\n",
                "000000007\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7\r\n{\"x\":1}XX0\r\n\r\n",
                "7\r\n{\"x\":1}\n0\r\n\r\n",
                "7\r\n{\"x\":1}0\r\n\r\n",
                "7\r{\"x\":1}\r\n0\r\n\r\n",
                "7;a\nb\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7;a\u0001\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7;" + "a".repeat(2000) + "\r\n{\"x\":1}\r\n0\r\n\r\n",
                "zz\r\n{\"x\":1}\r\n0\r\n\r\n",
                "\r\n7\r\n{\"x\":1}\r\n0\r\n\r\n",
                "7\r\n{\"x\":1}\r\n0\r\n: a\r\n\r\n",
                "7\r\n{\"x\":1}\r\n0\r\n continued\r\n\r\n",
                "7\r\n{\"x\":1}\r\n0\r\nX: a\nY: b\r\n\r\n",
                "7\r\n{\"x\":1}\r\n0\r\n\rX: a\r\n\r\n",
                "1\r\n \r\n".repeat(5000) + "7\r\n{\"x\":1}\r\n0\r\n\r\n");
        return chunks.stream()
                .map(chunk -> DynamicTest.dynamicTest(
                        chunk.substring(0, Math.min(40, chunk.length())).replaceAll("[\\p{Cntrl}]+", " "), () -> {
                            String received =
                                    port.raw(START + "Transfer-Encoding: chunked\r\n\r\n" + chunk + good(), LONG);
                            assertTrue(received.matches("(?s)HTTP/1\\.1 400 .*\"StatusCode\":400,.*"), received);
                            assertEquals(1, answers(received), received);
                            assertEquals(List.of(), sandbox.work());
                        }));
    }

    @Test
    void chunksWithExtensionsAndTrailersThatAreShortAreTaken() {
        String body = body();
        String received = port.raw(START
                + "Authorization: ApiKey-v1 sandbox-key-demo-shop\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b c\";d\r\n{\r\n0"
                + Integer.toHexString(body.length() - 1) + "\r\n" + body.substring(1)
                + "\r\n0\r\nX-Sum: 1\r\n\r\n");
        assertTrue(received.startsWith("HTTP/1.1 200 "), received);
    }

    @Test
    void trailersWithoutEndAreRefused() {
        String received =
                port.raw(START + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + "X: y\r\n".repeat(10_000) + "\r\n", LONG);
        assertTrue(received.matches("(?s)HTTP/1\\.1 431 .*\"StatusCode\":431,.*"), received);
    }

    @TestFactory
    Stream<DynamicTest> anAddressThatIsNoneIsRefused() {
        return Stream.of(
                        "http://x#/braze/coupon",
                        "http://x/braze/coupon#top",
                        "/braze/coupon#top",
                        "#/braze/coupon",
                        "http:///braze/coupon",
                        "http://?/braze/coupon",
                        "http://user@x/braze/coupon",
                        "http:/braze/coupon",
                        "ftp://x/braze/coupon",
                        "x://y/braze/coupon",
                        "braze/coupon",
                        "x:80",
                        "*",
                        "?/braze/coupon")
                .map(target -> DynamicTest.dynamicTest(target, () -> {
                    String received = port.raw(good().replace("POST /braze/coupon", "POST " + target) + good(), LONG);
                    assertTrue(received.matches("(?s)HTTP/1\\.[01] 400 .*\"StatusCode\":400,.*"), received);
                    assertEquals(1, answers(received), received);
                    assertEquals(List.of(), sandbox.work());
                }));
    }

    @TestFactory
    Stream<DynamicTest> anAddressWithSchemeAndHostLeadsWhereItsPathDoes() {
        return Map.of(
                        "http://x/braze/coupon", 200,
                        "HTTPS://x:8080/braze/coupon?a=b", 200,
                        "http://x?/braze/coupon", 404,
                        "http://x", 404,
                        "http://x/?/braze/coupon", 404)
                .entrySet()
                .stream()
                .map(target -> DynamicTest.dynamicTest(target.getKey(), () -> {
                    String received = port.raw(
                            good().replace("/braze/coupon HTTP", target.getKey() + " HTTP")
                                    .replace("Host: a", "Host: a\r\nConnection: close"),
                            LONG);
                    assertTrue(received.startsWith("HTTP/1.1 " + target.getValue() + " "), received);
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatFollowsACallThatEndsTheConnectionIsNotRead() {
        return Stream.of("close", "te, close", "close, te", "TE,Close", "te\r\nConnection: close")
                .map(connection -> DynamicTest.dynamicTest(connection, () -> {
                    String received =
                            port.raw(good().replace("Host: a", "Host: a\r\nConnection: " + connection) + good(), LONG);
                    assertEquals(1, answers(received), received);
                    assertEquals(1, sandbox.calls("createCoupons").size());
                    sandbox.forgetCalls();
                }));
    }

    @Test
    void aKeyAfterTheBodyIsNone() {
        String body = body();
        String received = port.raw(START + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                + "Trailer: Authorization\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                + "\r\n0\r\nAuthorization: ApiKey-v1 sandbox-key-demo-shop\r\n\r\n");
        assertTrue(received.startsWith("HTTP/1.1 401 "), received);
        assertEquals(List.of(), sandbox.work());
    }

    @Test
    void callsThatComeTogetherAreAnsweredInTheirOrderOnOneConnection() {
        String received = port.raw(
                "GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + good() + "GET /braze/coupon HTTP/1.1\r\n"
                        + "Host: a\r\n\r\n\r\n" + good().replace("Host: a", "Host: a\r\nConnection: close"),
                Duration.ofSeconds(30));
        assertEquals(4, answers(received), received);
        assertTrue(received.matches("(?s)HTTP/1.1 404 .*HTTP/1.1 200 .*HTTP/1.1 405 .*HTTP/1.1 200 .*"), received);
    }

    @Test
    void otherVersionsOfHttpAreNotSpoken() {
        for (String version : List.of("HTTP/2.0", "HTTP/1.2", "HTTP/9.9", "HTTP/3")) {
            String received =
                    port.raw("POST /braze/coupon " + version + "\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + good());
            assertTrue(received.matches("(?s)HTTP/1\\.[01] (400|505) .*"), version + ": " + received);
            assertEquals(1, answers(received), version + ": " + received);
        }
        assertEquals(List.of(), sandbox.work());
    }

    @Test
    void http2IsOffWithPriorKnowledgeAndByUpgrade() {
        String preface = port.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        assertTrue(preface.startsWith("HTTP/1.0 505 "), preface);
        String upgrade = port.raw("GET /nobody HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
        assertTrue(upgrade.startsWith("HTTP/1.1 404 "), upgrade);
    }

    @Test
    void webSocketsAndTunnelsAreNotOffered() {
        String socket =
                port.raw("GET /braze/coupon HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        assertTrue(socket.startsWith("HTTP/1.1 405 "), socket);
        String tunnel = port.raw("CONNECT sandbox.example:443 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertTrue(tunnel.matches("(?s)HTTP/1\\.[01] 501 .*\"StatusCode\":501,.*"), tunnel);
        String server = port.raw("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertTrue(server.startsWith("HTTP/1.1 404 "), server);
    }

    @TestFactory
    Stream<DynamicTest> aHostileDocumentIsRefused() {
        String rest =
                ",\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"a\"}";
        Map<String, String> documents = Map.of(
                "a member twice", "{\"campaignId\":11" + rest,
                "a member twice, deep inside", "{\"attributes\":{\"a\":1,\"\\u0061\":2}" + rest,
                "NaN", "{\"discountLimit\":NaN" + rest,
                "infinity", "{\"discountLimit\":Infinity" + rest,
                "a number with a huge exponent", "{\"discountLimit\":1e999999999" + rest,
                "a number with many digits", "{\"discountLimit\":1" + "0".repeat(2000) + rest,
                "deep nesting", "{\"attributes\":" + "[".repeat(100_000) + "]".repeat(100_000) + rest,
                "a very long list", "{\"attributes\":{\"a\":[1" + ",1".repeat(200_000) + "]}" + rest,
                "bytes that are no UTF-8", "{\"attributes\":{\"name\":\"\u00c3\u0028\"}" + rest,
                "an overlong slash", "{\"attributes\":{\"name\":\"\u00c0\u00af\"}" + rest);
        return documents.entrySet().stream()
                .map(document -> DynamicTest.dynamicTest(document.getKey(), () -> {
                    Http.Answer answer = port.send(
                            "POST",
                            "/braze/coupon",
                            document.getValue().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                            "Authorization",
                            "ApiKey-v1 sandbox-key-demo-shop",
                            "Content-Type",
                            "application/json");
                    int status = document.getKey().equals("a very long list") ? 413 : 400;
                    assertEquals(status, answer.status(), answer.text());
                    assertEquals(List.of(), sandbox.work());
                }));
    }

    @Test
    void aDeploymentGivenTwiceIsRefused() {
        String received = port.raw(
                "POST /braze/event HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "Authorization: ApiKey-v1 sandbox-key-demo-shop\r\ndestination-hostname: sandbox.example\r\n"
                        + "Destination-Hostname: sandbox.example\r\nContent-Type: application/json\r\nContent-Length: 97\r\n\r\n"
                        + "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"alice\",\"identifier\":\"message\"}");
        assertTrue(received.startsWith("HTTP/1.1 400 "), received);
        assertTrue(received.contains("destination-hostname"), received);
        assertEquals(List.of(), sandbox.work());
    }
}
