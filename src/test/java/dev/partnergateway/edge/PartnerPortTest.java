package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the partner port answers before any integration is asked, and what crosses it. */
class PartnerPortTest {

    private static final String KEY = "ApiKey-v1 sandbox-key-demo-shop";

    private static GatewayUnderTest gateway;
    private static Http port;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.shared();
        port = gateway.partner();
        sandbox = gateway.sandbox();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0}");
    }

    private static String coupon(String identifier) {
        return "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                + identifier + "\"}";
    }

    private static void isRefused(int status, Http.Answer answer) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals("application/json", answer.header("Content-Type"));
        assertEquals("no-store", answer.header("Cache-Control"));
        JsonNode body = answer.json();
        assertEquals(status, body.path("StatusCode").asInt());
        assertFalse(body.path("Error").asText().isBlank());
        assertEquals(answer.header("X-Request-Id"), body.path("RequestUUID").asText());
        assertEquals(
                body.path("RequestUUID").asText(),
                UUID.fromString(body.path("RequestUUID").asText()).toString());
        assertEquals(List.of(), sandbox.work(), "nothing is called");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/nobody",
                "/braze",
                "/braze/",
                "/brazecoupon",
                "/braze/coupons",
                "/Braze/coupon",
                "/braze/Coupon",
                "/braze/COUPON",
                "/braze//coupon",
                "/braze/coupon//",
                "/braze%2Fcoupon",
                "/braze/coupon%00",
                "/braze/coupon/extra",
                "/braze/./coupon",
                "/braze/../braze/coupon",
                "/braze/..%2fbraze/coupon",
                "/braze/%2e/coupon",
                "/braze/%2e%2e/braze/coupon",
                "/braze%2fcoupon",
                "/braze/coupon%2f",
                "/braze/coupon;a=b",
                "/observe/health",
                "/observe/metrics",
                "/q/dev",
                "/sandbox"
            })
    void anUnknownPathIsNotFound(String path) {
        isRefused(404, port.send("POST", path, coupon("path"), "Authorization", KEY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"//braze/coupon", "///braze/coupon", "/%62raze/coupon", "/br%61ze/%63%6Fupon", "/braze/coupon/"})
    void aPathThatMeansTheSameLeadsToTheSameOperation(String path) {
        Http.Answer answer = port.send(
                "POST",
                path,
                coupon("same-" + UUID.randomUUID()),
                "Authorization",
                KEY,
                "Content-Type",
                "application/json");
        assertEquals(200, answer.status(), answer.text());
    }

    @Test
    void aFixedPartOfAPathInOtherLettersIsAnIdWhereAnIdMayStand() {
        String body = "{\"customerProfileId\":\"x\"}";
        Http.Answer answer = port.send(
                "PUT",
                "/cdp/customer_profile/Audiences",
                body,
                "Authorization",
                KEY,
                "Content-Type",
                "application/json",
                "destination-hostname",
                "sandbox.example");
        assertEquals(List.of(), sandbox.calls("updateCustomerProfilesAudiences"), answer.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "%2e%2e", ".", "%2E", "a%00", "%ff"})
    void anIdThatWouldChangeAPathOrIsNoTextIsRefused(String id) {
        String answer = port.raw("PUT /cdp/customer_profile/" + id + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + "Authorization: " + KEY + "\r\ndestination-hostname: sandbox.example\r\n"
                + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertEquals(List.of(), sandbox.calls());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
    void aMethodThatThePathDoesNotTakeIsNamed(String method) {
        Http.Answer answer = port.send(method, "/braze/coupon", (String) null, "Authorization", KEY);
        isRefused(405, answer);
        assertEquals("POST", answer.header("Allow"));
    }

    @Test
    void headIsNotAllowedAndHasNoBody() {
        Http.Answer answer = port.send("HEAD", "/braze/coupon", (String) null, "Authorization", KEY);
        assertEquals(405, answer.status());
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals(0, answer.body().length);
    }

    @Test
    void aBodyOverTheLimitIsRefusedByItsLength() {
        byte[] body = new byte[2 << 20];
        isRefused(413, port.send("POST", "/braze/coupon", body, "Authorization", KEY));
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefusedWhileItComes() {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        String answer = port.raw("POST /braze/coupon HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(17) + "0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        assertTrue(answer.contains("\"StatusCode\":413"), answer);
    }

    @Test
    void headersOverTheLimitAreRefused() {
        String answer = port.raw("POST /braze/coupon HTTP/1.1\r\nHost: a\r\nX-Long: " + "x".repeat(20000) + "\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
        assertTrue(answer.contains("\"StatusCode\":431"), answer);
    }

    @Test
    void anAddressOverTheLimitIsRefused() {
        String answer = port.raw("GET /braze/" + "x".repeat(20000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertTrue(answer.contains(" 414 "), answer);
        assertTrue(answer.contains("\"StatusCode\":414"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE\r\n\r\n",
                "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nBad Header: x\r\nContent-Length: 0\r\n\r\n",
                "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
                "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n",
                "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"
            })
    void whatIsNoHttpIsRefusedInTheSameShape(String bytes) {
        String answer = port.raw(bytes);
        assertTrue(answer.startsWith("HTTP/1.1 400 ") || answer.startsWith("HTTP/1.0 400 "), answer);
        assertTrue(answer.contains("\"StatusCode\":400"), answer);
        assertEquals(List.of(), sandbox.work());
    }

    @Test
    void everyAnswerHasARequestIdOfItsOwn() {
        Http.Answer first = port.send("GET", "/nobody", (String) null, "X-Request-Id", "chosen-by-caller");
        Http.Answer second = port.send("GET", "/nobody", (String) null);
        assertNotEquals("chosen-by-caller", first.header("X-Request-Id"));
        assertNotEquals(first.header("X-Request-Id"), second.header("X-Request-Id"));
    }

    @Test
    void onlyTheGatewaysOwnHeadersLeaveIt() {
        Http.Answer answer = port.send(
                "POST",
                "/braze/coupon?Set-Cookie=evil%3D1&Location=http%3A%2F%2Fevil&Content-Type=text%2Fhtml&Bad%20Name=1",
                coupon("headers-" + UUID.randomUUID()),
                "Authorization",
                KEY,
                "Content-Type",
                "application/json",
                "X-Echo",
                "me",
                "Cookie",
                "a=b",
                "CamelHttpResponseCode",
                "418");
        assertEquals(200, answer.status(), answer.text());
        Set<String> names = answer.headers().keySet().stream()
                .map(String::toLowerCase)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of("cache-control", "content-length", "content-type", "date", "x-request-id"), names);
        assertEquals("application/json", answer.header("Content-Type"));
    }

    @ParameterizedTest
    @CsvSource({
        "CamelHttpUri, http://127.0.0.1:1/evil",
        "camelhttpuri, http://127.0.0.1:1/evil",
        "CAMELHTTPURI, http://127.0.0.1:1/evil",
        "cAmElHtTpUrI, http://127.0.0.1:1/evil",
        "CamelHttpPath, /evil",
        "CamelHttpMethod, DELETE",
        "CamelHttpQuery, silent=yes",
        "CamelHttpRawQuery, silent=yes",
        "org.apache.camel.x, y",
        "Idempotency-Key, mine",
        "X-Forwarded-Host, evil",
        "Cookie, sid=1",
        "Proxy-Authorization, Basic x",
        "Accept-Language, de"
    })
    void noHeaderOfTheCallerSteersOrReachesTalonOne(String name, String value) {
        Http.Answer answer = port.send(
                "POST",
                "/braze/coupon",
                coupon("steer-" + UUID.randomUUID()),
                "Authorization",
                KEY,
                "Content-Type",
                "application/json",
                name,
                value);
        assertEquals(200, answer.status(), answer.text());
        assertNull(answer.header(name));
        assertEquals(1, sandbox.calls("createCoupons").size());
        JsonNode call = sandbox.calls("createCoupons").get(0);
        assertEquals("POST", call.path("method").asText());
        assertEquals("no", call.path("query").path("silent").asText());
    }

    @Test
    void everyAnswerHasTheDate() {
        Instant before = Instant.now().minusSeconds(2);
        for (Http.Answer answer : List.of(
                port.send("GET", "/nobody", (String) null),
                port.send("GET", "/braze/coupon", (String) null),
                port.send("POST", "/braze/coupon", coupon("date-" + UUID.randomUUID()), "Authorization", KEY))) {
            String date = answer.header("Date");
            Instant sent = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
            assertEquals(29, date.length(), date);
            assertTrue(sent.isAfter(before) && !sent.isAfter(Instant.now()), date);
        }
        assertTrue(port.raw("NONSENSE\r\n\r\n").toLowerCase(Locale.ROOT).contains("\r\ndate: "));
    }

    @Test
    void whoeverHasNoKeyIsToldHowToGiveOne() {
        Http.Answer braze = port.send("POST", "/braze/coupon", coupon("none"), "Content-Type", "application/json");
        assertEquals(401, braze.status(), braze.text());
        assertEquals("ApiKey-v1", braze.header("WWW-Authenticate"));
        Http.Answer emarsys = port.send(
                "POST",
                "/emarsys/customer_profiles/coupons?deployment=sandbox.example",
                "{\"parameters\":[{\"campaignId\":\"10\",\"integrationId\":\"alice\"}],\"fields\":[\"id\"],\"limit\":1}",
                "Content-Type",
                "application/json");
        assertEquals(401, emarsys.status(), emarsys.text());
        assertTrue(emarsys.header("WWW-Authenticate").startsWith("Basic realm=\""), emarsys.header("WWW-Authenticate"));
        Http.Answer wrong = port.send("POST", "/braze/coupon", coupon("none"), "Authorization", "ApiKey-v1 wrong");
        assertEquals(401, wrong.status(), wrong.text());
        assertEquals("ApiKey-v1", wrong.header("WWW-Authenticate"));
        assertNull(port.send("GET", "/nobody", (String) null).header("WWW-Authenticate"));
    }

    @Test
    void aCompressedBodyIsRefusedInWordsThatSaySo() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write(coupon("zipped").getBytes(StandardCharsets.UTF_8));
        }
        for (String[] encoding : new String[][] {
            {"Content-Encoding", "gzip"}, {"Content-Encoding", "br"}, {"X-Nothing", "said"},
        }) {
            Http.Answer answer = port.send(
                    "POST",
                    "/braze/coupon",
                    zipped.toByteArray(),
                    "Authorization",
                    KEY,
                    "Content-Type",
                    "application/json",
                    encoding[0],
                    encoding[1]);
            isRefused(415, answer);
            assertTrue(answer.text().contains("compressed"), answer.text());
            assertEquals("identity", answer.header("Accept-Encoding"));
        }
        assertEquals(
                200,
                port.send(
                                "POST",
                                "/braze/coupon",
                                coupon("plain-" + UUID.randomUUID()),
                                "Authorization",
                                KEY,
                                "Content-Encoding",
                                "identity")
                        .status());
    }

    @Test
    void anAuthorizationInTheQueryIsNone() {
        Http.Answer answer = port.send(
                "POST",
                "/braze/coupon?Authorization=" + KEY.replace(" ", "%20"),
                coupon("query"),
                "Content-Type",
                "application/json");
        isRefused(401, answer);
    }

    @Test
    void healthAndMetricsAreOnTheManagementPort() {
        Http.Answer ready = gateway.management().send("GET", "/observe/health/ready", (String) null);
        assertEquals(200, ready.status(), ready.text());
        assertEquals(
                200,
                gateway.management()
                        .send("GET", "/observe/health", (String) null)
                        .status());
        Http.Answer metrics = gateway.management().send("GET", "/observe/metrics", (String) null);
        assertEquals(200, metrics.status());
        assertTrue(metrics.text().contains("# TYPE"), metrics.text());
    }
}
