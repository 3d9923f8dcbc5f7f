package dev.partnergateway.coupon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Many coupons at once, with the embedded store. */
@BesideOthers
class ManyCouponsTest extends ManyCoupons {

    @Override
    Map<String, String> newStore() {
        return Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile());
    }

    @Test
    void twoHundredCallersGetTheirCouponsWithAHandfulOfCalls() {
        Set<String> before = created(sandbox);
        String run = UUID.randomUUID().toString();
        List<String> more =
                times(200, ",\"integrationId\":\"o'hara, \\\"ann\\\"\",\"attributes\":{\"channel\":\"a,\\\"b\\\"\"}");
        List<Http.Answer> answers = served(run, more);
        Set<String> codes = codes(answers);
        for (Http.Answer answer : answers) {
            assertEquals(
                    "o'hara, \"ann\"",
                    answer.json().path("RecipientIntegrationID").asText());
            assertEquals(
                    "a,\"b\"", answer.json().path("Attributes").path("channel").asText());
        }
        assertEquals(codes, createdSince(before, sandbox));
        int sent = sandbox.calls("importCoupons").size()
                + sandbox.calls("createCoupons").size();
        assertTrue(sent < 40, sent + " calls were needed");
        assertNobodyWasTooFast(sandbox);
    }

    @Test
    void aRefusalThatNamesNoRowDividesTheBatch() {
        // While nothing may be sent, all come together.
        sandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"status\",\"status\":429,\"retryAfter\":3}");
        sandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"status\",\"status\":400}");
        codes(served(UUID.randomUUID().toString(), times(80, "")));
        List<Integer> statuses = sandbox.calls("importCoupons").stream()
                .map(call -> call.path("status").asInt())
                .toList();
        assertEquals(List.of(429, 400, 200, 200), statuses.subList(0, 4));
    }

    @Test
    void anImportThatIsLostIsSentAgain() {
        sandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"reset\",\"times\":1}");
        everybodyGetsOneOfTheCouponsMade();
    }

    @Test
    void aCouponThatMayBeThereIsNotReplacedBecauseTalonOneHasNoTimeToBeAsked() {
        Set<String> before = created(hastySandbox);
        hastySandbox.limits("{\"listingLagMillis\":1500}");
        hastySandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"commit-then-reset\",\"times\":1}");
        hastySandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"status\",\"status\":429,\"retryAfter\":6}");
        String run = UUID.randomUUID().toString();
        together(hasty, run, times(3, ""));
        Set<String> codes = untilDone(hasty, run, 3, "");
        assertEquals(3, codes.size());
        assertEquals(codes, createdSince(before, hastySandbox));
    }

    @Test
    void whatWasLeftUnknownTogetherIsFoundTogether() {
        Set<String> before = created(hastySandbox);
        hastySandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"commit-then-reset\",\"times\":0}");
        hastySandbox.fault(
                "{\"operation\":\"getCouponsWithoutTotalCount\",\"kind\":\"status\",\"status\":404," + "\"times\":0}");
        String run = UUID.randomUUID().toString();
        together(hasty, run, times(60, ""));
        hastySandbox.endFaults();
        hastySandbox.forgetCalls();
        Set<String> codes = untilDone(hasty, run, 60, "");
        assertEquals(60, codes.size());
        int calls = hastySandbox.calls("getCouponsWithoutTotalCount").size()
                + hastySandbox.calls("importCoupons").size();
        assertTrue(calls < 40, calls + " calls for 60 coupons");
        assertEquals(codes, createdSince(before, hastySandbox));
    }

    @Test
    void whatHappensToManyCouponsIsOnTheMetricsPage() {
        codes(served(UUID.randomUUID().toString(), times(20, "")));
        String page = gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text();
        String labels = "{deployment=\"sandbox\",operation=\"importCoupons\"}";
        for (String name : List.of(
                "gateway_budget_left",
                "gateway_budget_waiting",
                "gateway_coupon_batch_rows_count",
                "gateway_coupon_batch_waiting",
                "gateway_coupon_batch_wait_seconds_count")) {
            assertTrue(page.contains(name + labels), name);
        }
        // Who asks for what was created waits for a turn.
        assertTrue(page.contains("gateway_budget_wait_seconds_count{deployment=\"sandbox\","), page);
        assertTrue(page.contains("gateway_breaker_open{deployment=\"sandbox\"} 0.0"), page);
    }
}
