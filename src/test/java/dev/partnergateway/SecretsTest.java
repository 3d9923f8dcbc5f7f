package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * No secret, coupon code or profile id leaves the gateway where it does not belong. Runs after all other tests and looks
 * at everything that was printed meanwhile, by this JVM and by every gateway process.
 */
@Isolated("JUnit runs such a class when all others have ended")
class SecretsTest {

    private static final String ENCRYPTION_KEY =
            Base64.getEncoder().encodeToString("a-key-of-32-bytes-for-this-test!".getBytes());

    /** Keys of the sandbox and of tests, coupon and referral codes, and the profiles of the cases. */
    private static final Pattern FORBIDDEN = Pattern.compile("sandbox-key-[a-z-]+|sandbox-management-key"
            + "|(?i:ManagementKey-v1 \\S+|ApiKey-v1 \\S+|Basic [A-Za-z0-9+/=]{8,})"
            + "|secret-[a-z]+-4d2f|" + Pattern.quote(ENCRYPTION_KEY)
            + "|(?:DEMO|OTHER|EMPTY|FRIEND)-[A-Z0-9]{4}-[A-Z0-9]{4}"
            + "|\\b(?:alice|bob)\\b");

    private static List<String> leaks(String text) {
        List<String> leaks = new ArrayList<>();
        Matcher matcher = FORBIDDEN.matcher(text);
        while (matcher.find()) {
            int start = text.lastIndexOf('\n', matcher.start()) + 1;
            int end = text.indexOf('\n', matcher.end());
            leaks.add(text.substring(start, end < 0 ? text.length() : end));
        }
        return leaks;
    }

    @Test
    void whatWasPrintedDuringAllTestsHoldsNoSecret() {
        assertTrue(Printed.listening(), "the listener of META-INF/services is at work");
        assertEquals(List.of(), leaks(Printed.all()));
    }

    @Test
    void aGatewayInTroubleTellsNoSecret() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        Path management = Files.writeString(home.resolve("management-key"), "secret-management-4d2f\n");
        Path encryption = Files.writeString(home.resolve("encryption-keys"), ENCRYPTION_KEY);
        Path password = Files.writeString(home.resolve("password"), "secret-password-4d2f");
        Map<String, String> settings = new HashMap<>(Map.of(
                "gateway.store.password",
                "file:" + password,
                "gateway.store.encryption-keys",
                "file:" + encryption,
                "gateway.deployments.down.host",
                "down.example",
                "gateway.deployments.down.base-url",
                "http://127.0.0.1:1",
                "gateway.deployments.down.management-key",
                "file:" + management,
                "gateway.deadline.braze",
                "10000"));
        try (GatewayProcess gateway = GatewayProcess.start(home, settings)) {
            String seen = "";
            gateway.sandbox().limits("{\"managementPerSecond\":0}");
            for (String kind : List.of("none", "status", "reset", "garbage", "commit-then-reset")) {
                if (!kind.equals("none")) {
                    gateway.sandbox().fault("{\"operation\":\"createCoupons\",\"kind\":\"" + kind + "\",\"times\":1}");
                    gateway.sandbox()
                            .fault("{\"operation\":\"createCouponReservation\",\"kind\":\"" + kind + "\",\"times\":1}");
                }
                for (String host : List.of("sandbox.example", "down.example")) {
                    seen += call(gateway, "/braze/coupon", host, "sandbox-key-demo-shop", kind);
                    seen += call(gateway, "/braze/coupon_reservation", host, "sandbox-key-demo-shop", kind);
                    seen += call(gateway, "/braze/coupon", host, "secret-partner-4d2f", kind);
                }
            }
            assertTrue(seen.contains("502") && seen.contains("401") && seen.contains("503"), seen);
            String management1 = gateway.management()
                            .send("GET", "/observe/health", (String) null)
                            .text()
                    + gateway.management()
                            .send("GET", "/observe/metrics", (String) null)
                            .text();
            assertTrue(management1.contains("# TYPE"), management1);
            assertEquals(List.of(), leaks(management1));
            assertEquals(List.of(), leaks(gateway.output()));
            assertEquals(List.of(), leaks(seen));
        }
    }

    /** Status and, of a failure, the text. */
    private static String call(GatewayProcess gateway, String path, String host, String key, String id) {
        Http.Answer answer = gateway.partner()
                .send(
                        "POST",
                        path,
                        "{\"deploymentUrl\":\"" + host + "\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                                + id + "\",\"couponValue\":\"DEMO-ALIC-E001\",\"integrationId\":\"alice\"}",
                        "Authorization",
                        "ApiKey-v1 " + key,
                        "Content-Type",
                        "application/json");
        return answer.status() + (answer.status() < 400 ? "\n" : answer.text() + "\n");
    }

    @Test
    void theNamesOfThreadsHoldNoSecret() {
        StringBuilder names = new StringBuilder();
        Thread.getAllStackTraces().keySet().forEach(thread -> names.append(thread.getName())
                .append('\n'));
        assertEquals(List.of(), leaks(names.toString()));
    }
}
