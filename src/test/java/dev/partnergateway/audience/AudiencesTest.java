package dev.partnergateway.audience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Audiences by partners' ids, where the map, the list and the wire do not play along (docs/behaviour.md#audiences). */
@BesideOthers
class AudiencesTest {

    private static final String KEY = "ApiKey-v1 sandbox-key-demo-shop";

    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    private final String id = "spring " + UUID.randomUUID();

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.start(Map.of("gateway.deadline.cdp", "4000"));
        sandbox = gateway.sandbox();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0}");
    }

    /** A gateway with an empty store of its own in front of the same sandbox. */
    private static GatewayUnderTest another(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("gateway.sandbox", "false");
        settings.put("gateway.deployments.again.host", "sandbox.example");
        settings.put("gateway.deployments.again.base-url", "http://127.0.0.1:" + sandboxPort());
        return GatewayUnderTest.start(settings);
    }

    private static int sandboxPort() {
        return gateway.gateway().sandbox().orElseThrow().port();
    }

    private static Http.Answer send(GatewayUnderTest to, String method, String path, String body) {
        return to.partner()
                .send(
                        method,
                        path,
                        body,
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        KEY,
                        "destination-hostname",
                        "sandbox.example",
                        "customer-data-platform-name",
                        "demo-cdp");
    }

    private static Http.Answer create(GatewayUnderTest at, String id) {
        return send(at, "POST", "/cdp/audiences", "{\"audienceId\":\"" + id + "\",\"audienceName\":\"Spring\"}");
    }

    private static Http.Answer rename(GatewayUnderTest at, String id) {
        return send(at, "PUT", "/cdp/audiences/" + id.replace(" ", "%20"), "{\"audienceName\":\"Summer\"}");
    }

    private static Http.Answer direct(String method, String path, String body) {
        return new Http(sandboxPort())
                .send(method, path, body, "Content-Type", "application/json", "Authorization", KEY);
    }

    @Test
    void anAudienceWhoseCreationWasNeverAnsweredIsFoundWithinTheSameCall() {
        sandbox.fault("{\"operation\":\"createAudienceV2\",\"kind\":\"commit-then-hang\",\"times\":1}");
        Http.Answer created = create(gateway, id);
        assertEquals(201, created.status(), created.text());
        assertEquals(2, sandbox.calls("createAudienceV2").size());
        assertEquals(
                1,
                sandbox.ledger("audiences").stream()
                        .filter(audience ->
                                audience.path("integrationId").asText().equals(id))
                        .count());
        assertEquals(created.json().path("id"), rename(gateway, id).json().path("id"));
    }

    @Test
    void anAudienceThatStoodThereBeforeIsNotTakenForTheOneWhoseAnswerWasLost() {
        assertEquals(201, create(gateway, id).status());
        sandbox.fault("{\"operation\":\"createAudienceV2\",\"kind\":\"reset\",\"times\":1}");
        Http.Answer again = send(
                gateway, "POST", "/cdp/audiences", "{\"audienceId\":\"" + id + "\",\"audienceName\":\"Another name\"}");
        assertEquals(409, again.status(), again.text());
    }

    @Test
    void aGatewayThatHasForgottenEverythingFindsAudiencesInTalonOnesList() {
        long created = create(gateway, id).json().path("id").asLong();
        try (GatewayUnderTest fresh =
                another(Map.of("gateway.deployments.again.management-key", "sandbox-management-key"))) {
            Http.Answer renamed = rename(fresh, id);
            assertEquals(200, renamed.status(), renamed.text());
            assertEquals(created, renamed.json().path("id").asLong());
            sandbox.forgetCalls();
            assertEquals(200, rename(fresh, id).status());
            assertEquals(0, sandbox.calls("getAudiences").size());
        }
    }

    @Test
    void withoutAManagementKeyOnlyWhatWasCreatedHereIsKnownAndNumbersAreTalonOnes() {
        assertEquals(201, create(gateway, id).status());
        try (GatewayUnderTest fresh = another(Map.of())) {
            Http.Answer unknown = rename(fresh, id);
            assertEquals(404, unknown.status(), unknown.text());
            assertTrue(unknown.text().contains("audienceId"), unknown.text());
            assertTrue(unknown.text().contains("management key"), unknown.text());
            assertEquals(201, create(fresh, id + " too").status());
            assertEquals(200, rename(fresh, id + " too").status());
            assertEquals(200, rename(fresh, "2").status());
            assertEquals(0, sandbox.calls("getAudiences").size());
        }
    }

    @Test
    void anAudienceThatWasDeletedElsewhereIsForgotten() {
        long created = create(gateway, id).json().path("id").asLong();
        assertEquals(204, direct("DELETE", "/v2/audiences/" + created, null).status());
        assertEquals(404, rename(gateway, id).status());
        sandbox.forgetCalls();
        assertEquals(404, rename(gateway, id).status());
        assertEquals(0, sandbox.calls("updateAudienceV2").size());
        long again = create(gateway, id).json().path("id").asLong();
        assertEquals(again, rename(gateway, id).json().path("id").asLong());
    }

    private static Http.Answer delete(GatewayUnderTest at, String id) {
        return send(at, "DELETE", "/cdp/audiences/" + id, null);
    }

    private static boolean isThere(long talonOnesId) {
        return sandbox.ledger("audiences").stream()
                .anyMatch(audience -> audience.path("id").asLong() == talonOnesId);
    }

    @Test
    void aNumberThatWasThePlatformsOwnIsNotTakenForTalonOnesOnceItsAudienceIsDeleted() {
        long own = create(gateway, "2").json().path("id").asLong();
        assertEquals(204, delete(gateway, "2").status());
        assertFalse(isThere(own));
        for (Http.Answer again : List.of(delete(gateway, "2"), rename(gateway, "2"), delete(gateway, "2"))) {
            assertEquals(404, again.status(), again.text());
            assertTrue(again.text().contains("path parameter audienceId"), again.text());
        }
        assertTrue(isThere(2));
        long next = create(gateway, "2").json().path("id").asLong();
        assertEquals(next, rename(gateway, "2").json().path("id").asLong());
        assertEquals(204, delete(gateway, "2").status());
        assertFalse(isThere(next));
        assertTrue(isThere(2));
    }

    @Test
    void aNumberIsNotTakenForTalonOnesAfterADeletionThatWasNeverAnswered() {
        long own = create(gateway, "1").json().path("id").asLong();
        sandbox.fault("{\"operation\":\"deleteAudienceV2\",\"kind\":\"commit-then-hang\",\"times\":1}");
        assertEquals(504, delete(gateway, "1").status());
        assertFalse(isThere(own));
        assertEquals(404, delete(gateway, "1").status());
        assertEquals(404, delete(gateway, "1").status());
        assertTrue(isThere(1));
    }

    @Test
    void aDeletionWhoseAnswerWasLostIsSentAgainAndFoundToBeDone() {
        long created = create(gateway, id).json().path("id").asLong();
        sandbox.fault("{\"operation\":\"deleteAudienceV2\",\"kind\":\"commit-then-reset\",\"times\":1}");
        Http.Answer deleted = delete(gateway, id.replace(" ", "%20"));
        assertEquals(204, deleted.status(), deleted.text());
        assertEquals(2, sandbox.calls("deleteAudienceV2").size());
        assertFalse(isThere(created));
        assertEquals(404, delete(gateway, id.replace(" ", "%20")).status());
    }

    @Test
    void anAudienceIsFoundOnTheListsSecondPage() {
        for (int i = 0; i < 1000; i++) {
            direct("POST", "/v2/audiences", "{\"name\":\"filler " + i + "\"}");
        }
        Http.Answer last = direct(
                "POST",
                "/v2/audiences",
                "{\"name\":\"last\",\"integration\":\"demo-cdp\",\"integrationId\":\"" + id + "\"}");
        try (GatewayUnderTest fresh =
                another(Map.of("gateway.deployments.again.management-key", "sandbox-management-key"))) {
            assertEquals(last.json().path("id"), rename(fresh, id).json().path("id"));
            assertEquals(2, sandbox.calls("getAudiences").size());
        }
    }

    @Test
    void aThousandChangesAreOneCallAndOneListingAndOneMoreIsRefused() {
        try (GatewayUnderTest fresh =
                another(Map.of("gateway.deployments.again.management-key", "sandbox-management-key"))) {
            String path = "/cdp/v2/customer_profiles/audiences";
            Http.Answer tooMany = send(fresh, "PUT", path, changes(1001));
            assertEquals(400, tooMany.status(), tooMany.text());
            assertTrue(tooMany.text().contains("/data: expected lists of at most 1000 items"), tooMany.text());
            assertEquals(0, sandbox.work().size());
            Http.Answer done = send(fresh, "PUT", path, changes(1000));
            assertEquals(204, done.status(), done.text());
            assertEquals(1, sandbox.calls("getAudiences").size());
            assertEquals(1, sandbox.calls("updateCustomerProfileAudiences").size());
        }
    }

    private static String changes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"customerProfileId\":\"p" + i + "\",\"" + (i % 2 == 0 ? "adds" : "deletes")
                        + "\":[\"newsletter\"]}")
                .collect(Collectors.joining(",", "{\"data\":[", "]}"));
    }

    @Test
    void aListThatCannotBeReadIsATemporaryFailureAndNothingIsSent() {
        try (GatewayUnderTest fresh =
                another(Map.of("gateway.deployments.again.management-key", "sandbox-management-key"))) {
            sandbox.fault("{\"operation\":\"getAudiences\",\"kind\":\"status\",\"status\":429,\"times\":1}");
            assertEquals(429, rename(fresh, "newsletter").status());
            assertEquals(0, sandbox.calls("updateAudienceV2").size());
            assertEquals(200, rename(fresh, "newsletter").status());
        }
    }
}
