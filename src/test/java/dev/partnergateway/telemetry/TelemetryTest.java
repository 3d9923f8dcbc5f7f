package dev.partnergateway.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Kafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What operators see: metrics, log lines, traces. */
class TelemetryTest {

    private static final Pattern METRIC = Pattern.compile("\\b(?:gateway|hikaricp|jvm|process|system)_[a-z0-9_]+");

    /** A call as partners make it: again, while the gateway is too cold to answer within the deadline. */
    private static Http.Answer event(Http partner, String profile) {
        AtomicReference<Http.Answer> answer = new AtomicReference<>();
        Await.until(() -> "nothing yet", () -> {
            answer.set(send(partner, profile));
            return answer.get().status() == 200;
        });
        return answer.get();
    }

    private static Http.Answer coupon(Http partner, String identifier) {
        return partner.post(
                "/braze/coupon",
                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                        + identifier + "\"}");
    }

    private static Http.Answer send(Http partner, String profile) {
        return partner.send(
                "POST",
                "/braze/event",
                "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + profile
                        + "\",\"identifier\":\"" + System.nanoTime() + "\",\"eventAttributes\":{\"product\":\"shoe\"}}",
                "Authorization",
                "ApiKey-v1 sandbox-key-demo-shop",
                "Content-Type",
                "application/json",
                "destination-hostname",
                "sandbox.example",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    private static String metrics(GatewayUnderTest gateway) {
        return gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text();
    }

    @Test
    void callsAreCountedByIntegrationOperationAndStatusAndTalonOnesByDeployment() {
        GatewayUnderTest gateway = GatewayUnderTest.shared();
        event(gateway.partner(), "counted");
        gateway.partner().send("GET", "/nothing/here", (String) null);
        Await.until(() -> "nothing yet", () -> {
            String page = metrics(gateway);
            return page.contains("gateway_requests_seconds_count{integration=\"braze\",operation=\"braze/trackEvent\","
                            + "status=\"200\"}")
                    && page.contains(
                            "gateway_requests_seconds_count{integration=\"none\",operation=\"none\",status=\"404\"}")
                    && page.contains("gateway_upstream_seconds_count{deployment=\"sandbox\","
                            + "operation=\"trackEventV2\",status=\"200\"}")
                    && page.contains("gateway_requests_seconds_bucket{integration=\"braze\","
                            + "operation=\"braze/trackEvent\",status=\"200\",le=\"1.8\"}");
        });
        assertFalse(metrics(gateway).contains("counted"), "no identifier of a person in a metric");
    }

    @Test
    void whatIsNoCallAtAllIsCountedAndLoggedByTheIdOfItsAnswer() {
        try (GatewayProcess gateway = GatewayProcess.start(GatewayProcess.workingDirectory(), Map.of())) {
            String method = "M".repeat(7000);
            List<String> ids = List.of(
                    requestId(gateway.partner().raw("NONSENSE\r\n\r\n")),
                    requestId(gateway.partner().raw("GET http://x# HTTP/1.1\r\nHost: a\r\n\r\n")),
                    requestId(gateway.partner()
                            .raw("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n")),
                    requestId(gateway.partner()
                            .raw(method + " /braze/coupon HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")));
            Await.until(() -> "nothing yet", () -> ids.stream().allMatch(gateway.output()::contains));
            assertFalse(gateway.output().contains("MMMM"), gateway.output());
            assertTrue(gateway.output().contains("_OTHER braze 405"), gateway.output());
            assertTrue(gateway.output().contains("_OTHER none 431"), gateway.output());
            String page = gateway.management()
                    .send("GET", "/observe/metrics", (String) null)
                    .text();
            assertTrue(
                    page.contains(
                            "gateway_requests_seconds_count{integration=\"none\",operation=\"none\",status=\"400\"} 2"),
                    page);
            for (int i = 0; i < 500; i++) {
                gateway.partner().send("GET", "/nobody", (String) null);
            }
            Await.until(() -> "nothing yet", () -> {
                gateway.partner().send("GET", "/nobody", (String) null);
                return gateway.output().contains("calls that were for no operation are not in this log");
            });
            long lines = gateway.output()
                    .lines()
                    .filter(line -> line.contains("GET none 404"))
                    .count();
            assertTrue(lines < 300, lines + " lines");
        }
    }

    private static String requestId(String answer) {
        Matcher id = Pattern.compile("\"RequestUUID\":\"([0-9a-f-]{36})\"").matcher(answer);
        assertTrue(id.find(), answer);
        return id.group(1);
    }

    @Test
    void everyMetricOfTheDashboardAndTheAlertsIsOnTheMetricsPage() throws IOException {
        String page;
        Path synthetic = Files.writeString(
                Files.createTempFile("synthetic", ".json"),
                "{\"path\":\"/braze/referral\",\"headers\":{\"Authorization\":\"ApiKey-v1 sandbox-key-demo-shop\"},"
                        + "\"body\":{\"deploymentUrl\":\"sandbox.example\",\"campaignId\":10,"
                        + "\"advocateProfileIntegrationId\":\"synthetic\"}}");
        try (GatewayUnderTest gateway = GatewayUnderTest.start(Map.of(
                "gateway.sandbox.management-rate", "3",
                "gateway.synthetic.sandbox", synthetic.toString(),
                "gateway.synthetic-interval", "100"))) {
            aSyntheticCallGoesTheWholeWayAndChangesNothing(gateway, synthetic);
            event(gateway.partner(), "dashboard");
            String identifier = UUID.randomUUID().toString();
            Await.until(
                    () -> "nothing yet",
                    () -> coupon(gateway.partner(), identifier).status() == 200);
            assertEquals(200, coupon(gateway.partner(), identifier).status());
            Await.until(() -> "nothing yet", () -> metrics(gateway).contains("gateway_upstream_seconds_bucket"));
            page = metrics(gateway);
        }
        Set<String> used = new TreeSet<>();
        for (String file : List.of("dashboard.json", "prometheus-rule.yaml")) {
            Matcher names = METRIC.matcher(Files.readString(Path.of("k8s/observability", file)));
            while (names.find()) {
                used.add(names.group());
            }
        }
        assertTrue(used.size() > 8, used.toString());
        Set<String> there =
                METRIC.matcher(page).results().map(result -> result.group()).collect(Collectors.toSet());
        // Those of the queue are there where there is a queue, see QueueTest.
        used.removeIf(name -> name.startsWith("gateway_queue_"));
        used.removeAll(there);
        assertEquals(Set.of(), used);
    }

    private static void aSyntheticCallGoesTheWholeWayAndChangesNothing(GatewayUnderTest gateway, Path file)
            throws IOException {
        Await.until(() -> metrics(gateway), () -> synthetic(gateway, "answered") > 0);
        assertEquals(0, synthetic(gateway, "failed"));
        assertEquals(List.of(), gateway.sandbox().ledger("referrals"));
        String written = Files.readString(file);
        Files.writeString(file, written.replace("sandbox-key-demo-shop", "a-key-that-was-revoked"));
        Await.until(() -> metrics(gateway), () -> synthetic(gateway, "failed") > 0);
        // An operation that knows no dry run is never carried out.
        Files.writeString(file, written.replace("/braze/referral", "/braze/coupon"));
        double before = synthetic(gateway, "");
        Await.until(() -> metrics(gateway), () -> synthetic(gateway, "") > before + 3);
        assertTrue(
                gateway.sandbox().ledger("coupons").stream()
                        .noneMatch(coupon -> coupon.path("id").asInt() > 1000),
                "nothing was made");
        Files.writeString(file, written);
    }

    /** How many there were with a result; with an empty one, all. */
    private static double synthetic(GatewayUnderTest gateway, String result) {
        double all = 0;
        for (String line : metrics(gateway).split("\n")) {
            if (line.startsWith("gateway_synthetic_calls_total{") && line.contains(result)) {
                all += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return all;
    }

    @Test
    void everyAlertHasALineOnWhatToDo() throws IOException {
        Matcher alerts = Pattern.compile("- alert: (\\w+)")
                .matcher(Files.readString(Path.of("k8s/observability/prometheus-rule.yaml")));
        String operations = Files.readString(Path.of("docs/operations.md"));
        int count = 0;
        while (alerts.find()) {
            count++;
            assertTrue(operations.contains("| " + alerts.group(1) + " |"), alerts.group(1));
        }
        assertTrue(count > 5);
    }

    @Test
    void aCallIsOneTraceFromPartnerToTalonOneAndItsLogLineCarriesBothIdsButNoPerson() throws Exception {
        AtomicReference<String> exported = new AtomicReference<>("");
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            exported.accumulateAndGet(body, String::concat);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        Map<String, String> settings = Kafka.shared().queue("cdp/updateCustomerProfilesAudiences");
        settings.putAll(Map.of(
                "gateway.log-format",
                "json",
                "gateway.deadline.braze",
                "8000",
                "otel.exporter.otlp.endpoint",
                "http://localhost:" + collector.getAddress().getPort(),
                "otel.bsp.schedule.delay",
                "50"));
        try (GatewayProcess gateway = GatewayProcess.start(GatewayProcess.workingDirectory(), settings)) {
            Http.Answer answer = event(gateway.partner(), "alice-the-secret");
            JsonNode json = logged(gateway, answer);
            assertEquals("braze/trackEvent", json.path("operation").asText());
            assertEquals("200", json.path("status").asText());
            String traceId = json.path("traceId").asText();
            assertEquals(32, traceId.length());
            assertFalse(traceId.startsWith("0af7651916cd43dd"), "a partner's own trace id is not taken");
            Await.until(
                    () -> "nothing yet",
                    () -> exported.get().contains("trackEventV2")
                            && exported.get().contains("POST /braze/event")
                            && spans(exported.get(), traceId) >= 2);
            Http.Answer queued = gateway.partner().join("alice-the-secret");
            assertEquals(204, queued.status(), queued.text());
            String queuedTrace = logged(gateway, queued).path("traceId").asText();
            // The partner's call, its delivery out of the queue, and the call to Talon.One.
            Await.until(
                    () -> "nothing yet",
                    () -> exported.get().contains("deliver cdp/updateCustomerProfilesAudiences")
                            && exported.get().contains("updateCustomerProfileAudiences")
                            && spans(exported.get(), queuedTrace) >= 3);
            assertFalse(gateway.output().contains("alice-the-secret"), gateway.output());
            assertEquals(List.of(), linesThatAreNoJson(gateway));
            assertFalse(exported.get().contains("alice-the-secret"));
        } finally {
            collector.stop(0);
        }
    }

    /** The line in the log of an answered call. */
    private static JsonNode logged(GatewayProcess gateway, Http.Answer answer) throws IOException {
        String requestId = answer.header("X-Request-Id");
        Await.until(() -> "nothing yet", () -> gateway.output()
                .lines()
                .anyMatch(text -> text.contains(requestId) && text.contains("access-log")));
        String line = gateway.output()
                .lines()
                .filter(text -> text.contains(requestId) && text.contains("access-log"))
                .findFirst()
                .orElseThrow();
        return new ObjectMapper().readTree(line);
    }

    private static List<String> linesThatAreNoJson(GatewayProcess gateway) {
        return gateway.output()
                .lines()
                // Newer JVMs say so of what Netty does, unless an option (as in the image) keeps them from it.
                .filter(line -> !line.startsWith("WARNING: "))
                .filter(line -> {
                    try {
                        return !new ObjectMapper().readTree(line).has("message");
                    } catch (IOException e) {
                        return true;
                    }
                })
                .toList();
    }

    private static int spans(String exported, String traceId) {
        String id = new String(HexFormat.of().parseHex(traceId), StandardCharsets.ISO_8859_1);
        return exported.split(Pattern.quote(id), -1).length - 1;
    }
}
