package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.sandbox.Seed;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A caller who asks for no change gets none, and keys that may change nothing are good for asking. */
class DryRunTest {

    private static final List<String> LEDGERS = List.of("profiles", "events");

    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.shared();
    }

    @BeforeEach
    void reset() {
        gateway.sandbox().reset();
    }

    private static Map<String, List<JsonNode>> ledgers() {
        return LEDGERS.stream().collect(Collectors.toMap(name -> name, name -> gateway.sandbox()
                .ledger(name)));
    }

    private static Http.Answer call(String method, String path, String body, String key, boolean dry) {
        return gateway.partner()
                .send(
                        method,
                        path,
                        body.replace("UNIQUE", UUID.randomUUID().toString()),
                        "Authorization",
                        "ApiKey-v1 " + key,
                        "Content-Type",
                        "application/json",
                        "destination-hostname",
                        Seed.HOST,
                        "customer-data-platform-name",
                        "demo-cdp",
                        "X-DRY-RUN",
                        Boolean.toString(dry));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT|/segment/v2/events|{\"eventType\":\"viewed_product\",\"customerProfileId\":\"dry\"}",
                "PUT|/segment/event|{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"dry\"}",
                "POST|/braze/event|{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"dry\",\"identifier\":\"UNIQUE\"}",
                "PUT|/segment/v2/customer_profiles/alice|{\"attributes\":{\"city\":\"Dryville\"}}",
                "PUT|/segment/customer_profile/alice|{\"attributes\":{\"city\":\"Dryville\"},\"runRuleEngine\":true}",
                "PUT|/cdp/customer_profile/alice|{\"attributes\":{\"city\":\"Dryville\"}}",
                "PUT|/segment/v2/customer_sessions/dry|{\"profileId\":\"alice\",\"state\":\"closed\"}",
                "PUT|/segment/customer_sessions/dry|{\"customerSession\":{\"profileId\":\"alice\",\"state\":\"closed\"}}"
            })
    void aDryRunIsAnsweredAndLeavesEverythingAsItWas(String method, String path, String body) {
        Map<String, List<JsonNode>> before = ledgers();
        for (String key : List.of(Seed.DEMO_SHOP_KEY, Seed.STAGING_KEY)) {
            Http.Answer answer = call(method, path, body, key, true);
            assertEquals(200, answer.status(), answer.text());
            assertEquals(before, ledgers());
        }
        Http.Answer staging = call(method, path, body, Seed.STAGING_KEY, false);
        assertEquals(401, staging.status(), staging.text());
        assertEquals(before, ledgers());
        Http.Answer real = call(method, path, body, Seed.DEMO_SHOP_KEY, false);
        assertEquals(200, real.status(), real.text());
        assertTrue(!before.equals(ledgers()), "without the header it is done");
    }
}
