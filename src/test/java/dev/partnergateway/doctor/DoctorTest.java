package dev.partnergateway.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Kafka;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.sandbox.Seed;
import dev.partnergateway.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds out, and that it leaves no trace. */
class DoctorTest {

    private static Sandbox sandbox;
    private static SandboxControl control;

    @TempDir
    private Path home;

    @BeforeAll
    static void startSandbox() throws Exception {
        sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
        control = new SandboxControl(new Http(sandbox.port()));
    }

    @AfterAll
    static void stopSandbox() throws Exception {
        sandbox.close();
    }

    private List<String> found(String key, Map<String, String> more) throws InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("gateway.store.url", "jdbc:sqlite:" + home.resolve("data/gateway.db"));
        properties.setProperty("gateway.deployments.acme.host", "acme.example");
        properties.setProperty("gateway.deployments.acme.base-url", "http://127.0.0.1:" + sandbox.port());
        properties.setProperty("gateway.deployments.acme.management-key", key);
        more.forEach(properties::setProperty);
        List<String> found = new ArrayList<>();
        new Doctor(Settings.load(Path.of("none.properties"), Map.of(), properties))
                .look(finding -> found.add(finding.toString()));
        return found;
    }

    private static void assertFound(List<String> found, String text) {
        assertTrue(found.stream().anyMatch(line -> line.contains(text)), () -> text + " is not in " + found);
    }

    @Test
    void itSaysWhatWorksOfADeploymentAndLeavesNoTraceThere() throws Exception {
        int coupons = control.ledger("coupons").size();
        List<String> found = found(Seed.MANAGEMENT_KEY, Map.of());
        assertFound(found, "deployment acme, name: 127.0.0.1 is 127.0.0.1");
        assertFound(found, "deployment acme, TLS: http://127.0.0.1:" + sandbox.port() + " is called without TLS");
        assertFound(found, "deployment acme, management key: it may use all");
        assertFound(found, "store, file: " + home.resolve("data/gateway.db") + " is not there yet");
        assertEquals(coupons, control.ledger("coupons").size());
        assertTrue(java.nio.file.Files.notExists(home.resolve("data")), "it made the folder of the store");
    }

    @Test
    void itNamesTheOperationsThatTheKeyMayNotUse() throws Exception {
        control.fault("{\"operation\":\"createCoupons\",\"kind\":\"status\",\"status\":403,\"times\":1}");
        control.fault("{\"operation\":\"getAudiences\",\"kind\":\"status\",\"status\":403,\"times\":1}");
        List<String> found = found(Seed.MANAGEMENT_KEY, Map.of());
        assertFound(found, "FAILED   deployment acme, management key: it may not use createCoupons, getAudiences");
        assertFound(found("no-key-of-this-deployment", Map.of()), "management key: Talon.One does not know it");
    }

    @Test
    void whatDoesNotAnswerIsSaidWithWhatToLookAt() throws Exception {
        List<String> found = found(
                Seed.MANAGEMENT_KEY,
                Map.of(
                        "gateway.deployments.acme.base-url", "https://127.0.0.1:" + sandbox.port(),
                        "gateway.deployments.other.host", "nobody.invalid",
                        "gateway.store.url", "jdbc:postgresql://127.0.0.1:1/none"));
        assertFound(
                found,
                "FAILED   deployment acme, connection: https://127.0.0.1:" + sandbox.port() + " does not answer");
        assertFound(found, "FAILED   deployment other, name: nobody.invalid is no known host");
        assertFound(found, "FAILED   store, connection: gateway.store.url cannot be used");
    }

    @Test
    void aStoreThatTakesNoWritesAndTopicsThatAreMissingAreFound() throws Exception {
        Map<String, String> settings =
                new java.util.HashMap<>(Kafka.shared().queue("cdp/updateCustomerProfilesAudiences"));
        settings.putAll(Postgres.newStore());
        settings.put("gateway.kafka.events-topic", "a-topic-that-nobody-made");
        List<String> found = found(Seed.MANAGEMENT_KEY, settings);
        assertFound(found, "ok       store, writes: it takes writes");
        assertFound(found, "ok       brokers, connection");
        assertFound(found, "warning  topic a-topic-that-nobody-made, there: it is not there");
        settings.put(
                "gateway.store.url",
                settings.get("gateway.store.url")
                        + (settings.get("gateway.store.url").contains("?") ? "&" : "?")
                        + "options=-c%20default_transaction_read_only=on");
        assertFound(found(Seed.MANAGEMENT_KEY, settings), "FAILED   store, writes: it takes no writes");
    }
}
