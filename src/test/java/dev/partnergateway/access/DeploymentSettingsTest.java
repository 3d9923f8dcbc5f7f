package dev.partnergateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where deployments are reached is checked before anything starts. */
class DeploymentSettingsTest {

    private static Deployments deployments(String host, String baseUrl) {
        Properties settings = new Properties();
        settings.setProperty("gateway.deployments.acme.host", host);
        if (baseUrl != null) {
            settings.setProperty("gateway.deployments.acme.base-url", baseUrl);
        }
        return new Deployments(Settings.load(Path.of("no-such-file"), Map.of(), settings));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme.example",
                "//acme.example",
                "ftp://acme.example",
                "file:///etc/passwd",
                "jar:https://acme.example",
                "https://",
                "https:///",
                "https://user@acme.example",
                "https://user:secret@acme.example",
                "https://acme.example/path",
                "https://acme.example?x=1",
                "https://acme.example#x",
                "https://acme.example:",
                "https://acme.example:0",
                "https://acme.example:65536",
                "https://acme.example:99999",
                "https://acme..example",
                "https://-",
                "https://{{env:HOST}}",
                "https://${HOST}",
                "https://acme.example\\evil.example",
                "https://acme.example evil.example"
            })
    void aBaseUrlThatIsNoPlainAddressStopsTheStartAndIsNamed(String url) {
        SettingsException refused = assertThrows(SettingsException.class, () -> deployments("acme.example", url));
        assertTrue(refused.getMessage().contains("gateway.deployments.acme.base-url"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://acme.example", "127.0.0.1", "0x7f000001", "acme.example:443", "a_b", "[::1]", "*"})
    void aHostThatIsNoHostNameStopsTheStart(String host) {
        SettingsException refused = assertThrows(SettingsException.class, () -> deployments(host, "https://a.example"));
        assertTrue(refused.getMessage().contains("gateway.deployments.acme.host"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        ", https://acme.example",
        "https://other.example/, https://other.example",
        "https://other.example:8443, https://other.example:8443",
        "http://127.0.0.1:8081, http://127.0.0.1:8081"
    })
    void httpsIsMeantUnlessTheOperatorWroteSomethingElse(String url, String reached) {
        assertEquals(
                reached,
                deployments("acme.example", url)
                        .find("http://ACME.example", "/host")
                        .baseUrl()
                        .toString());
    }

    @Test
    void twoDeploymentsCannotShareAHost() {
        Properties settings = new Properties();
        settings.setProperty("gateway.deployments.one.host", "acme.example");
        settings.setProperty("gateway.deployments.two.host", "ACME.example");
        Settings loaded = Settings.load(Path.of("no-such-file"), Map.of(), settings);
        assertThrows(SettingsException.class, () -> new Deployments(loaded));
    }
}
