package dev.partnergateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @TempDir
    private Path directory;

    private Settings load(String file, Map<String, String> environment, Map<String, String> system) throws IOException {
        Path path = directory.resolve("application.properties");
        Files.writeString(path, file);
        Properties properties = new Properties();
        properties.putAll(system);
        return Settings.load(path, environment, properties);
    }

    @Test
    void theEnvironmentWinsOverTheFileAndASystemPropertyOverBoth() throws IOException {
        Map<String, String> environment = Map.of("GATEWAY_PORT", "2", "GATEWAY_BODY_LIMIT", "22");
        Settings settings = load(
                "gateway.port=1\ngateway.body-limit=11\ngateway.header-limit=111",
                environment,
                Map.of("gateway.port", "3"));
        assertEquals(3, settings.port());
        assertEquals(22, settings.bodyLimit());
        assertEquals(111, settings.headerLimit());
        assertEquals(9876, settings.managementPort());
    }

    @Test
    void aDeploymentCanBeGivenByEnvironmentAlone() throws IOException {
        Settings settings = load(
                "",
                Map.of(
                        "GATEWAY_DEPLOYMENTS_ACME_HOST", "acme.example, other.example",
                        "GATEWAY_DEPLOYMENTS_ACME_BASE_URL", "https://acme.example",
                        "GATEWAY_DEPLOYMENTS_ACME_MANAGEMENT_KEY", "key"),
                Map.of());
        assertEquals(Set.of("acme"), settings.deployments());
        DeploymentSettings acme = settings.deployment("acme");
        assertEquals(List.of("acme.example", "other.example"), acme.hosts());
        assertEquals("https://acme.example", acme.baseUrl().orElseThrow());
        assertEquals("key", acme.managementKey().orElseThrow().value());
        assertEquals(3, acme.managementRate());
        assertTrue(acme.batching());
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.prot, 8080",
        "gateway.port, http",
        "gateway.port, 70000",
        "gateway.sandbox, yes",
        "gateway.deadline.x, 0",
        "gateway.deployments.acme.hosts, a.example",
        "gateway.deployments.acme.keys.abc, 1"
    })
    void aWrongOrUnknownSettingIsNamed(String name, String value) {
        SettingsException failure =
                assertThrows(SettingsException.class, () -> load(name + "=" + value, Map.of(), Map.of()));
        assertTrue(failure.getMessage().contains(name), failure.getMessage());
    }

    @Test
    void anUnknownEnvironmentVariableIsNamed() {
        SettingsException failure =
                assertThrows(SettingsException.class, () -> load("", Map.of("GATEWAY_SERVICE", "10.0.0.1"), Map.of()));
        assertTrue(failure.getMessage().contains("GATEWAY_SERVICE"), failure.getMessage());
    }

    @Test
    void whatKubernetesTellsOfServicesIsNoSetting() throws IOException {
        Map<String, String> ofAService = Map.of(
                "GATEWAY_PORT", "tcp://10.0.0.1:80",
                "GATEWAY_SERVICE_HOST", "10.0.0.1",
                "GATEWAY_SERVICE_PORT", "80",
                "GATEWAY_SERVICE_PORT_HTTP", "80",
                "GATEWAY_PORT_80_TCP", "tcp://10.0.0.1:80",
                "GATEWAY_PORT_80_TCP_PROTO", "tcp",
                "GATEWAY_PORT_80_TCP_ADDR", "10.0.0.1",
                "GATEWAY_API_PORT", "tcp://10.0.0.2:80",
                "GATEWAY_API_SERVICE_HOST", "10.0.0.2");
        assertEquals(8080, load("", ofAService, Map.of()).port());
    }

    @Test
    void aDeadlineCanBeGivenForOneIntegration() throws IOException {
        Settings settings = load("gateway.deadline=100\ngateway.deadline.one=5", Map.of(), Map.of());
        assertEquals(Duration.ofMillis(5), settings.deadline("one"));
        assertEquals(Duration.ofMillis(100), settings.deadline("two"));
    }

    @Test
    void aSecretIsReadFromItsFileAndNeverShown() throws IOException {
        Path file = directory.resolve("secret");
        Files.writeString(file, "hidden\n");
        Settings settings = load(
                "gateway.deployments.a.host=a.example\ngateway.deployments.a.management-key=file:" + file,
                Map.of(),
                Map.of());
        Secret secret = settings.deployment("a").managementKey().orElseThrow();
        assertEquals("hidden", secret.value());
        assertFalse(settings.deployment("a").toString().contains("hidden"));
        assertFalse(settings.toString().contains("hidden"));
    }

    @Test
    void aSecretFileThatIsNotThereIsNamed() throws IOException {
        Settings settings = load(
                "gateway.deployments.a.host=a.example\ngateway.deployments.a.management-key=file:/not/there",
                Map.of(),
                Map.of());
        SettingsException failure = assertThrows(SettingsException.class, () -> settings.deployment("a"));
        assertTrue(failure.getMessage().contains("management-key"), failure.getMessage());
    }

    @Test
    void everySettingStandsInApplicationPropertiesWithItsDefault() throws IOException {
        Pattern line = Pattern.compile("^#?(gateway\\.[A-Za-z0-9./-]+)=(.*)$", Pattern.MULTILINE);
        Matcher matcher = line.matcher(Files.readString(Path.of("application.properties")));
        Set<String> documented = new TreeSet<>();
        while (matcher.find()) {
            String name = matcher.group(1);
            Key key = Arrays.stream(Key.values())
                    .filter(each -> each.names(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(name + " is documented but unknown"));
            documented.add(key.pattern());
            if (key.fallback() != null) {
                assertEquals(key.fallback(), matcher.group(2), name);
            }
        }
        assertEquals(
                Arrays.stream(Key.values()).map(Key::pattern).collect(Collectors.toCollection(TreeSet::new)),
                documented);
    }
}
