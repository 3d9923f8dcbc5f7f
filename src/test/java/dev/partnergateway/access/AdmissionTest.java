package dev.partnergateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in: deployment addresses, keys, and the proof before the operator's key is used. */
class AdmissionTest {

    private static final String KEY = "ApiKey-v1 sandbox-key-demo-shop";

    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.shared();
        sandbox = gateway.sandbox();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0}");
    }

    private static Http.Answer coupon(Http port, String deployment, String... authorization) {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("deploymentUrl", deployment)
                .put("applicationId", 1)
                .put("campaignId", 10)
                .put("identifier", UUID.randomUUID().toString())
                .toString();
        List<String> headers = new ArrayList<>(List.of("Content-Type", "application/json"));
        for (String value : authorization) {
            headers.addAll(List.of("Authorization", value));
        }
        return port.send("POST", "/braze/coupon", body, headers.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sandbox.example",
                "https://sandbox.example",
                "http://sandbox.example",
                "https://sandbox.example/",
                "sandbox.example/",
                "  sandbox.example  ",
                "HTTPS://SANDBOX.Example"
            })
    void aConfiguredDeploymentIsFoundHoweverItsHostIsWritten(String address) {
        Http.Answer answer = coupon(gateway.partner(), address, KEY);
        assertEquals(200, answer.status(), answer.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "other.example",
                "evil-sandbox.example",
                "sandbox.example.evil.example",
                "https://sandbox.example/path",
                "https://sandbox.example?x=1",
                "https://sandbox.example#x",
                "https://user@sandbox.example",
                "https://user:secret@sandbox.example",
                "https://evil.example@sandbox.example",
                "https://sandbox.example@evil.example",
                "sandbox.example:443",
                "sandbox.example:8081",
                "127.0.0.1",
                "https://127.0.0.1",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "127.1",
                "[::1]",
                "::1",
                "https://[::ffff:127.0.0.1]",
                "localhost",
                "sandbox.example.",
                "sandbox\u3002example",
                "sandbox.example\\@evil.example",
                "ftp://sandbox.example",
                "file:///etc/passwd",
                "//sandbox.example",
                "https://https://sandbox.example",
                "{{env:HOME}}",
                "${sys:user.home}",
                "sandbox.example%00",
                "sandbox .example",
                "sandbox.example\r\nX: y"
            })
    void anyOtherAddressIsRefusedAndNothingIsCalled(String address) {
        Http.Answer answer = coupon(gateway.partner(), address, KEY);
        assertEquals(400, answer.status(), answer.text());
        assertTrue(answer.json().path("Error").asText().toLowerCase().contains("deployment"), answer.text());
        assertEquals(List.of(), sandbox.calls());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sandbox-key-demo-shop",
                "ApiKey-v1",
                "ApiKey-v1 ",
                "ApiKey-v2 sandbox-key-demo-shop",
                "Bearer sandbox-key-demo-shop",
                "ManagementKey-v1 sandbox-management-key",
                "Basic QXBpS2V5LXYxIGtleTo=",
                "ApiKey-v1 two words"
            })
    void aMissingOrMalformedKeyIsNamedAndNothingIsCalled(String authorization) {
        Http.Answer answer = authorization.isEmpty()
                ? coupon(gateway.partner(), "sandbox.example")
                : coupon(gateway.partner(), "sandbox.example", authorization);
        assertEquals(401, answer.status(), answer.text());
        assertEquals("Missing Session Token", answer.json().path("Error").asText());
        assertEquals(List.of(), sandbox.calls());
    }

    @Test
    void twoKeysAreRefused() {
        assertEquals(400, coupon(gateway.partner(), "sandbox.example", KEY, KEY).status());
        assertEquals(List.of(), sandbox.calls());
    }

    @Test
    void aKeyIsProvenOnceHoweverManyCallsWait() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of())) {
            own.sandbox().limits("{\"managementPerSecond\":0}");
            List<CompletableFuture<Http.Answer>> calls = IntStream.range(0, 30)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> coupon(own.partner(), "sandbox.example", KEY)))
                    .toList();
            calls.forEach(
                    call -> assertEquals(200, call.join().status(), call.join().text()));
            assertEquals(1, own.sandbox().calls("integrationGetAllCampaigns").size());
            assertEquals(1, own.sandbox().calls("getCampaign").size());
        }
    }

    @Test
    void withoutAManagementKeyCouponsAreNotImplemented() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of(
                "gateway.deployments.bare.host",
                "bare.example",
                "gateway.deployments.bare.base-url",
                "http://127.0.0.1:" + gateway.gateway().sandbox().orElseThrow().port()))) {
            Http.Answer answer = coupon(own.partner(), "bare.example", KEY);
            assertEquals(501, answer.status(), answer.text());
        }
    }

    @Test
    void aRegisteredKeyNeedsNoRunningCampaign() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of(
                "gateway.deployments.listed.host",
                "listed.example",
                "gateway.deployments.listed.base-url",
                "http://127.0.0.1:" + gateway.gateway().sandbox().orElseThrow().port(),
                "gateway.deployments.listed.management-key",
                "sandbox-management-key",
                "gateway.deployments.listed.keys."
                        + dev.partnergateway.call.Credential.sha256("sandbox-key-no-campaign"),
                "3"))) {
            String body =
                    "{\"deploymentUrl\":\"listed.example\",\"applicationId\":3,\"campaignId\":30,\"identifier\":\""
                            + UUID.randomUUID() + "\"}";
            Http.Answer answer = own.partner()
                    .send(
                            "POST",
                            "/braze/coupon",
                            body,
                            "Content-Type",
                            "application/json",
                            "Authorization",
                            "ApiKey-v1 sandbox-key-no-campaign");
            assertEquals(200, answer.status(), answer.text());
        }
    }

    @Test
    void aManagementKeyThatTalonOneRefusesIsTheOperatorsFault() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of(
                "gateway.deployments.stale.host",
                "stale.example",
                "gateway.deployments.stale.base-url",
                "http://127.0.0.1:" + gateway.gateway().sandbox().orElseThrow().port(),
                "gateway.deployments.stale.management-key",
                "no-longer-valid"))) {
            Http.Answer answer = coupon(own.partner(), "stale.example", KEY);
            assertEquals(502, answer.status(), answer.text());
        }
    }

    @Test
    void aDeploymentThatCannotBeReachedIsTemporary() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of(
                "gateway.deployments.down.host", "down.example",
                "gateway.deployments.down.base-url", "http://127.0.0.1:" + GatewayUnderTest.freePort(),
                "gateway.deployments.down.management-key", "key"))) {
            Http.Answer answer = coupon(own.partner(), "down.example", KEY);
            assertEquals(503, answer.status(), answer.text());
            assertEquals("1", answer.header("Retry-After"));
        }
    }
}
