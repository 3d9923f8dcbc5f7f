package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** A deployment that cannot show who it is gets no key. */
class UpstreamTlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @Test
    void aDeploymentWithACertificateThatNobodyTrustsIsNotCalled() throws Exception {
        AtomicInteger received = new AtomicInteger();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
        server.createContext("/", exchange -> {
            received.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try (GatewayUnderTest gateway = GatewayUnderTest.start(Map.of(
                "gateway.deadline.braze", "30000",
                "gateway.deployments.untrusted.host", "untrusted.example",
                "gateway.deployments.untrusted.base-url",
                        "https://localhost:" + server.getAddress().getPort(),
                "gateway.deployments.untrusted.management-key", "operators-key"))) {
            for (String path : new String[] {"/braze/coupon", "/braze/coupon_reservation"}) {
                Http.Answer answer = gateway.partner()
                        .send(
                                "POST",
                                path,
                                "{\"deploymentUrl\":\"untrusted.example\",\"applicationId\":1,\"campaignId\":1,"
                                        + "\"identifier\":\"a\",\"couponValue\":\"A\",\"integrationId\":\"a\"}",
                                "Authorization",
                                "ApiKey-v1 partners-key",
                                "Content-Type",
                                "application/json");
                assertEquals(503, answer.status(), answer.text());
            }
            assertEquals(0, received.get(), "nothing is sent");
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext selfSigned() throws Exception {
        Path file = Files.createTempDirectory("self-signed").resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0, said);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
