package dev.partnergateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose tries of keys count together: those of one network, however a proxy writes its addresses. */
class SourceNetworkTest {

    private static final int MOST_REFUSED = 40;

    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        // No time passes: nobody gets a try back.
        gateway = GatewayUnderTest.start(Map.of("gateway.proxies", "1"), () -> 0);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Http.Answer reserve(String source, String key) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon_reservation",
                        "{\"deploymentUrl\":\"sandbox.example\",\"couponValue\":\"A\",\"integrationId\":\"alice\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + key + "-" + source.hashCode(),
                        "X-Forwarded-For",
                        source);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.30, 192.0.2.30:4711",
        "192.0.2.31, ::ffff:192.0.2.31",
        "192.0.2.32, '\"192.0.2.32:80\"'",
        "192.0.2.33, [::ffff:c000:221]:80",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff",
        "2001:db8:1:3::1, [2001:DB8:1:3::9]",
        "2001:db8:1:4::1, '\"[2001:db8:1:4:0:0:0:9]:443\"'",
        "fe80::1, fe80::2%eth0"
    })
    void oneNetworkIsOneHoweverItsAddressesAreWritten(String one, String other) {
        for (int i = 0; i < MOST_REFUSED; i++) {
            assertEquals(401, reserve(i % 2 == 0 ? one : other, "from-" + i).status());
        }
        assertEquals(429, reserve(one, "from-more").status());
        assertEquals(429, reserve(other, "from-more").status());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.40, 192.0.2.41",
        "2001:db8:2:1::1, 2001:db8:2:2::1",
        "2001:db8:2:3::1, ::ffff:192.0.2.42",
        "unknown, _hidden",
        "192.0.2.43, 999.0.2.43"
    })
    void othersAreNotSlowed(String one, String other) {
        for (int i = 0; i < MOST_REFUSED; i++) {
            assertEquals(401, reserve(one, "of-one-" + i).status());
        }
        assertEquals(429, reserve(one, "of-one-more").status());
        assertEquals(401, reserve(other, "of-another").status());
    }
}
