package dev.partnergateway.talonone;

import static dev.partnergateway.harness.RawServer.answer;
import static dev.partnergateway.harness.RawServer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.RawServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A deployment that cannot show who it is gets no key, and is known not to have been called. */
class UpstreamTlsTest {

    private static final String PASSWORD = "changeit";
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";

    private static Path authority;

    private static void good(String head, java.net.Socket connection) throws java.io.IOException {
        write(
                connection,
                head.contains("/v1/integration/campaigns")
                        ? answer("HTTP/1.1 200 OK", "{\"hasMore\":false,\"data\":[{\"id\":1,\"applicationId\":1}]}")
                        : answer(
                                "HTTP/1.1 201 Created",
                                "{\"id\":1,\"created\":\"2026-01-02T03:04:05Z\",\"campaignId\":1,\"value\":\"A\","
                                        + "\"usageLimit\":1,\"usageCounter\":0}"));
    }

    @AfterEach
    void trustAsUsual() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST_PASSWORD);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "trusted and its own, localhost, -1d, 30, true, 200",
        "that nobody trusts, localhost, -1d, 30, false, 503",
        "of another host, other.example, -1d, 30, true, 503",
        "that has expired, localhost, -9d, 2, true, 503",
        "that is not valid yet, localhost, +9d, 30, true, 503"
    })
    void aCertificateDecidesWhetherADeploymentIsCalled(
            String certificate, String host, String begins, int days, boolean trusted, int status) throws Exception {
        Path folder = Files.createTempDirectory("certificate");
        Path keys = certificate(folder, host, begins, days);
        if (trusted) {
            System.setProperty(TRUST, folder.resolve("ca").toString());
            System.setProperty(TRUST_PASSWORD, PASSWORD);
        }
        try (RawServer server = RawServer.start(
                        context(keys)
                                .getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress()),
                        UpstreamTlsTest::good);
                GatewayUnderTest gateway = gateway(server.port())) {
            assertEquals(status, reserve(gateway).status(), reserve(gateway).text());
            if (status != 200) {
                assertEquals(503, coupon(gateway).status(), "nor with the operator's key");
                assertEquals(List.of(), server.requests(), "nothing is sent");
            }
        }
    }

    @Test
    void aDeploymentThatSpeaksNoTlsIsNotCalled() {
        try (RawServer server = RawServer.start(UpstreamTlsTest::good);
                GatewayUnderTest gateway = gateway(server.port())) {
            server.script((head, connection) -> write(connection, "HTTP/1.1 400 Bad Request\r\n\r\n"));
            Http.Answer answer = reserve(gateway);
            assertEquals(503, answer.status(), answer.text());
        }
    }

    private static GatewayUnderTest gateway(int port) {
        return GatewayUnderTest.start(Map.of(
                "gateway.deadline.braze", "10000",
                "gateway.deployments.tls.host", "tls.example",
                "gateway.deployments.tls.base-url", "https://localhost:" + port,
                "gateway.deployments.tls.management-key", "operators-key"));
    }

    private static Http.Answer reserve(GatewayUnderTest gateway) {
        return post(gateway, "/braze/coupon_reservation");
    }

    private static Http.Answer coupon(GatewayUnderTest gateway) {
        return post(gateway, "/braze/coupon");
    }

    private static Http.Answer post(GatewayUnderTest gateway, String path) {
        return gateway.partner()
                .send(
                        "POST",
                        path,
                        "{\"deploymentUrl\":\"tls.example\",\"applicationId\":1,\"campaignId\":1,"
                                + "\"identifier\":\"a\",\"couponValue\":\"A\",\"integrationId\":\"a\"}",
                        "Authorization",
                        "ApiKey-v1 partners-key",
                        "Content-Type",
                        "application/json");
    }

    /** An authority, and a key that it knows; every certificate is about that key. */
    @BeforeAll
    static void authority() throws Exception {
        authority = Files.createTempDirectory("authority");
        keytool(authority, "ca", "-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c");
        keytool(authority, "ca", "-exportcert", "-alias", "ca", "-file", "ca.crt");
        keytool(authority, "keys", "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=a");
        keytool(authority, "keys", "-certreq", "-alias", "a", "-file", "a.csr");
        keytool(authority, "keys", "-importcert", "-alias", "ca", "-file", "ca.crt", "-noprompt");
    }

    private static Path certificate(Path folder, String host, String begins, int days) throws Exception {
        for (String file : List.of("ca", "keys", "a.csr")) {
            Files.copy(authority.resolve(file), folder.resolve(file));
        }
        keytool(
                folder,
                "ca",
                "-gencert",
                "-alias",
                "ca",
                "-infile",
                "a.csr",
                "-outfile",
                "a.crt",
                "-ext",
                "SAN=dns:" + host,
                "-startdate",
                begins,
                "-validity",
                Integer.toString(days));
        keytool(folder, "keys", "-importcert", "-alias", "a", "-file", "a.crt", "-noprompt");
        return folder.resolve("keys");
    }

    private static void keytool(Path folder, String store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store));
        Process keytool = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0, said);
    }

    private static SSLContext context(Path file) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
