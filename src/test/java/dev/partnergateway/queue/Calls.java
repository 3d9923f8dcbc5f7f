package dev.partnergateway.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.command.Commands;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/** Calls that may be queued, as partners make them, and what Talon.One got of them. */
final class Calls {

    static final String POINTS = "cep/addLoyaltyPoints";
    static final String AUDIENCES = "cdp/updateCustomerProfilesAudiences";
    static final String MESSAGES = "mparticle/sendevent";

    private static final String KEY = "sandbox-key-demo-shop";

    private Calls() {}

    /** A profile that exists. */
    static String profile(Http partner) {
        String profile = UUID.randomUUID().toString();
        Http.Answer answer = partner.send(
                "PUT",
                "/cdp/customer_profile/" + profile,
                "{\"attributes\":{}}",
                "Authorization",
                "ApiKey-v1 " + KEY,
                "destination-hostname",
                "sandbox.example",
                "customer-data-platform-name",
                "demo-cdp",
                "Content-Type",
                "application/json");
        assertEquals(200, answer.status(), answer.text());
        return profile;
    }

    static Http.Answer points(Http partner, String profile, String name, String... moreHeaders) {
        List<String> headers = new ArrayList<>(List.of(
                "Authorization", "ApiKey-v1 " + KEY,
                "customer-engagement-platform-name", "some-platform",
                "destination-hostname", "sandbox.example",
                "Content-Type", "application/json"));
        headers.addAll(List.of(moreHeaders));
        return partner.send(
                "POST",
                "/customer_engagement/add_loyalty_points",
                "{\"loyaltyProgramId\":1,\"profileIntegrationId\":\"" + profile + "\",\"points\":7,\"name\":\"" + name
                        + "\"}",
                headers.toArray(String[]::new));
    }

    static Http.Answer audience(Http partner, String profile, String audience, String key) {
        return partner.join(profile, audience, key);
    }

    static Http.Answer audience(Http partner, String profile, String audience) {
        return audience(partner, profile, audience, KEY);
    }

    static Http.Answer message(Http partner, String type, String id, String content) {
        return partner.send(
                "POST",
                "/mparticle",
                "{\"type\":\"" + type + "\",\"id\":\"" + id + "\",\"timestamp_ms\":1685499524623,"
                        + "\"firehose_version\":\"2.8.1\",\"account\":{\"account_settings\":{\"apiKey\":\"" + KEY
                        + "\",\"deploymentURL\":\"sandbox.example\",\"userIdField\":\"mpid\"}}," + content + "}",
                "Content-Type",
                "application/json");
    }

    /** Names of the points that a profile was given, in their order. */
    static List<String> given(SandboxControl sandbox, String profile) {
        return sandbox.calls("addLoyaltyPoints").stream()
                .filter(call -> call.path("path").asText().contains("/" + profile + "/"))
                .filter(call -> call.path("status").asInt() == 204)
                .map(call -> call.at("/body/name").asText())
                .toList();
    }

    /** Profiles that were put into audiences, in their order. */
    static List<String> joined(SandboxControl sandbox) {
        return sandbox.calls("updateCustomerProfileAudiences").stream()
                .filter(call -> call.path("status").asInt() == 204)
                .map(call -> call.at("/body/data/0/profileIntegrationId").asText())
                .toList();
    }

    /** What {@code dead-letters} prints for the operator of a gateway. */
    static String command(GatewayUnderTest gateway, int exitCode, String... arguments) {
        Properties properties = new Properties();
        properties.setProperty("gateway.operator-port", "" + gateway.operator().port());
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        int code = Commands.run(
                Settings.load(Path.of("application.properties"), Map.of(), properties), out, out, arguments);
        String text = printed.toString();
        assertEquals(exitCode, code, text);
        return text;
    }
}
