package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Kafka;
import dev.partnergateway.harness.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The jar that is shipped: what libraries find by name in it is there, from all of them. */
class JarIT {

    private static final String JAR =
            Path.of("target", "partner-gateway.jar").toAbsolutePath().toString();

    private static final String COUPON =
            "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"jar\"}";

    private static Http.Answer coupon(GatewayProcess gateway) {
        return gateway.partner().post("/braze/coupon", COUPON);
    }

    private static void assertRepeatIsAnsweredAlike(GatewayProcess gateway) {
        Http.Answer first = coupon(gateway);
        assertEquals(200, first.status(), first.text());
        assertArrayEquals(first.body(), coupon(gateway).body());
        assertEquals(1, gateway.sandbox().calls("createCoupons").size());
    }

    @Test
    void itServesCallsOnTheEmbeddedStore() {
        try (GatewayProcess gateway = GatewayProcess.start(GatewayProcess.workingDirectory(), Map.of(), JAR)) {
            assertRepeatIsAnsweredAlike(gateway);
            Await.until(
                    gateway::output,
                    () -> gateway.management()
                                    .metric("gateway_requests_seconds_count{integration=\"braze\",operation="
                                            + "\"braze/createCoupon\",status=\"200\"}")
                            == 2);
        }
    }

    @Test
    void itServesCallsOnPostgresqlQueuesThemInKafkaAndExportsTraces() throws IOException, InterruptedException {
        CountDownLatch exported = new CountDownLatch(1);
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            exported.countDown();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        Map<String, String> settings = new HashMap<>(Kafka.shared().queue("cdp/updateCustomerProfilesAudiences"));
        settings.putAll(Postgres.newStore());
        settings.put(
                "otel.exporter.otlp.endpoint",
                "http://localhost:" + collector.getAddress().getPort());
        settings.put("otel.bsp.schedule.delay", "50");
        try (GatewayProcess gateway = GatewayProcess.start(GatewayProcess.workingDirectory(), settings, JAR)) {
            assertRepeatIsAnsweredAlike(gateway);
            Http.Answer queued = gateway.partner().join("of-the-jar");
            assertEquals(204, queued.status(), queued.text());
            Await.until(gateway::output, () -> !gateway.sandbox()
                    .calls("updateCustomerProfileAudiences")
                    .isEmpty());
            assertTrue(exported.await(30, TimeUnit.SECONDS), "no trace was exported");
        } finally {
            collector.stop(0);
        }
    }
}
