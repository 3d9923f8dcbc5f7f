package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.access.Deployments;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.harness.RawServer;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** A client whose connections are gone for good: what it cannot send was not sent, and it says that it is of no use. */
class ClosedClientTest {

    @Test
    void whatAClosedClientIsGivenWasNotSent() throws Exception {
        Properties properties = new Properties();
        try (RawServer server = RawServer.start(
                        (head, to) -> RawServer.write(to, RawServer.answer("HTTP/1.1 204 No Content", "")));
                Telemetry telemetry = Telemetry.open(false);
                DefaultCamelContext camel = new DefaultCamelContext()) {
            properties.setProperty("gateway.deployments.one.host", "one.example");
            properties.setProperty("gateway.deployments.one.base-url", "http://127.0.0.1:" + server.port());
            Settings settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
            camel.getRegistry().bind("upstreamHeaders", new UpstreamHeaders());
            camel.start();
            TalonOne talonOne = new TalonOne(
                    UpstreamContract.read(Path.of("openapi/talon-one.yaml")),
                    camel,
                    settings,
                    Allowance.ofThisProcess(),
                    Leases.ALONE,
                    telemetry);
            Deployment deployment = new Deployments(settings).named("one");
            assertTrue(talonOne.send(ping(talonOne, deployment)).ok());
            assertTrue(talonOne.usable());
            talonOne.close();
            Unanswered failure = assertThrows(Unanswered.class, () -> talonOne.send(ping(talonOne, deployment)));
            assertFalse(failure.sent());
            assertFalse(talonOne.usable());
            assertEquals(List.of("GET /v2/authping HTTP/1.1"), server.requests());
        }
    }

    private static UpstreamCall ping(TalonOne talonOne, Deployment deployment) {
        return UpstreamCall.of(
                talonOne.contract().operation("authPing"),
                deployment,
                new Credential("key"),
                JsonNodeFactory.instance.objectNode(),
                null,
                Duration.ofSeconds(2));
    }
}
