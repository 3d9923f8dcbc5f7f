package dev.partnergateway.referral;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Referrals with an unknown outcome. Beside other classes, for it waits most of the time. */
@BesideOthers
class ReferralCreationTest {

    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.start(Map.of("gateway.settle-time", "8000", "gateway.sweep-interval", "600000"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        gateway.sandbox().reset();
        // Its first call is slow, and what is slow may run out of its time before anything is sent.
        created("somebody");
        gateway.sandbox().forgetCalls();
    }

    private static Http.Answer create(String friend) {
        return gateway.partner()
                .post(
                        "/braze/referral",
                        "{\"deploymentUrl\":\"https://sandbox.example\",\"campaignId\":10,"
                                + "\"advocateProfileIntegrationId\":\"alice\",\"friendProfileIntegrationId\":\""
                                + friend
                                + "\"}");
    }

    private static Http.Answer created(String friend) {
        Http.Answer[] last = new Http.Answer[1];
        Await.until(() -> last[0].text(), () -> {
            last[0] = create(friend);
            return last[0].status() == 200;
        });
        return last[0];
    }

    private static int sent() {
        return gateway.sandbox().calls("createReferral").size();
    }

    private static long made(String friend) {
        return gateway.sandbox().ledger("referrals").stream()
                .filter(referral ->
                        referral.path("friendProfileIntegrationId").asText().equals(friend))
                .count();
    }

    @Test
    void aReferralThatTalonOneCarriesOutSecondsAfterItsCallerGaveUpIsFoundAndNotMadeTwice() {
        String friend = UUID.randomUUID().toString();
        gateway.sandbox()
                .fault("{\"operation\":\"createReferral\",\"kind\":\"delay\",\"delayMillis\":4000,\"times\":1}");
        assertEquals(504, create(friend).status());
        Http.Answer referral = created(friend);
        assertEquals(1, sent());
        assertEquals(1, made(friend));
        assertArrayEquals(referral.body(), create(friend).body());
    }

    @Test
    void aReferralThatWasLostOnTheWayIsSentAgainWhenItWouldHaveBeenListedByNow() {
        String friend = UUID.randomUUID().toString();
        gateway.sandbox().fault("{\"operation\":\"createReferral\",\"kind\":\"reset\",\"times\":1}");
        assertEquals(504, create(friend).status());
        created(friend);
        assertEquals(2, sent());
        assertEquals(1, made(friend));
    }
}
