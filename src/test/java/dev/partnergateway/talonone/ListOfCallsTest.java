package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One call of a partner that needs many calls to Talon.One. */
class ListOfCallsTest {

    private static final String KEY = "Basic "
            + Base64.getEncoder().encodeToString("ApiKey-v1:sandbox-key-demo-shop".getBytes(StandardCharsets.UTF_8));

    private final GatewayUnderTest gateway = GatewayUnderTest.shared();
    private final SandboxControl sandbox = gateway.sandbox();

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    private Http.Answer balances(int contacts) {
        String parameters = IntStream.range(0, contacts)
                .mapToObj(i -> "{\"loyaltyProgramId\":\"1\",\"integrationId\":\""
                        + (i % 2 == 0 ? "alice-" + i : "alice") + "\"}")
                .collect(Collectors.joining(","));
        return gateway.partner()
                .send(
                        "POST",
                        "/emarsys/loyalty_programs/profile/balance?deployment=sandbox.example",
                        "{\"parameters\":[" + parameters + "],\"fields\":[\"activeBalance\"]}",
                        "Authorization",
                        KEY,
                        "Content-Type",
                        "application/json");
    }

    @Test
    void everythingIsAskedOnceAndWhatIsMissingLeavesTheOthersAlone() {
        Http.Answer answer = balances(200);
        assertEquals(200, answer.status(), answer.text());
        assertEquals(100, answer.json().path("content").size());
        assertEquals(101, sandbox.calls("getLoyaltyBalances").size());
    }

    @Test
    void aFailureEndsTheListAndIsTheAnswer() {
        sandbox.fault("{\"operation\":\"getLoyaltyBalances\",\"kind\":\"status\",\"status\":400,\"times\":999}");
        Http.Answer answer = balances(200);
        assertEquals(400, answer.status(), answer.text());
        int asked = sandbox.calls("getLoyaltyBalances").size();
        assertTrue(asked <= 16, asked + " calls were begun after the first had failed");
    }
}
