package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.CallLife;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * What it costs a call that it is seen: CPU of the thread that says so, with everything that is noted of a coupon on its way.
 * Compare it with the CPU of a whole call as {@code Bench events} tells it on the same machine.
 */
public final class SeenBench {

    private static final int CALLS = 300_000;
    private static final int ROUNDS = 5;

    private SeenBench() {}

    /** Runs it. */
    public static void main(String... arguments) {
        Properties properties = new Properties();
        properties.setProperty("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile());
        Settings settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Operation operation = Contract.read(Path.of("openapi/braze.yaml")).operation("braze/createCoupon");
        Credential key = new Credential("sandbox-key-demo-shop");
        try (Store store = Store.open(settings, meters)) {
            CallsSeen seen = new CallsSeen(settings.calls(), store, new Seal(Optional.empty()), meters);
            for (int round = 0; round < ROUNDS; round++) {
                long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                for (int i = 0; i < CALLS; i++) {
                    seen.over(new Telemetry.Seen(call(operation, key, i), "braze", "POST", 200, Duration.ofMillis(41)));
                }
                long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun;
                System.out.printf(
                        "%.2f µs of CPU a call, %d calls in memory%n", took / 1000.0 / CALLS, seen.inMemory());
            }
        }
    }

    private static PartnerCall call(Operation operation, Credential key, int i) {
        PartnerCall call = new PartnerCall(UUID.randomUUID().toString(), Duration.ofSeconds(2), "127.0.0.1");
        call.about(operation);
        call.admitted(null, key);
        ObjectNode sent = JsonNodeFactory.instance.objectNode();
        sent.putObject("body")
                .put("deploymentUrl", "sandbox.example")
                .put("applicationId", 1)
                .put("campaignId", 10)
                .put("identifier", "message-" + i)
                .put("recipientIntegrationId", "customer-" + i);
        CallLife life = call.life();
        life.sent(sent);
        life.keyProven(true, 1);
        life.happened(CallLife.Kind.CHECKED, operation.id());
        life.happened(CallLife.Kind.CLAIMED, "new");
        life.waited("turn", 1_000_000);
        life.called("createCoupons", 200, 20_000_000);
        return call;
    }
}
