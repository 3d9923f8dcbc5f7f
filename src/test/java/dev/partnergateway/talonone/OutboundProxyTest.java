package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Calls go straight to the deployments, whatever proxy the process is told about. */
class OutboundProxyTest {

    private static final Map<String, String> PROXY = Map.of(
            "http.proxyHost", "127.0.0.1",
            "http.proxyPort", "1",
            "https.proxyHost", "127.0.0.1",
            "https.proxyPort", "1",
            // Empty, or no proxy would be used for addresses of this machine by anybody.
            "http.nonProxyHosts", "");

    @Test
    void aProxyOfTheProcessIsNotUsed() {
        try (GatewayUnderTest gateway = GatewayUnderTest.start(Map.of())) {
            String body = "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,"
                    + "\"identifier\":\"proxy-1\"}";
            PROXY.forEach(System::setProperty);
            // Over a socket: the client of these tests would use the proxy.
            String answer = gateway.partner()
                    .raw("POST /braze/coupon HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Authorization: ApiKey-v1 sandbox-key-demo-shop\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        } finally {
            PROXY.keySet().forEach(System::clearProperty);
        }
    }
}
