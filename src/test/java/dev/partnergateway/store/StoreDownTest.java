package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Kafka;
import dev.partnergateway.harness.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What partners get while the database is away, and what becomes of what was on its way. Beside other classes, for it
 * waits most of the time; the lock keeps its own tests one after another.
 */
@BesideOthers
class StoreDownTest {

    private static PostgresServer server;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        server = new PostgresServer();
        Map<String, String> settings = Kafka.shared().queue("cdp/updateCustomerProfilesAudiences");
        settings.putAll(server.store());
        settings.put("gateway.deadline.braze", "30000");
        settings.put("gateway.settle-time", "1000");
        settings.put("gateway.sandbox.management-rate", "0");
        settings.put("gateway.sweep-interval", "1000");
        gateway = GatewayUnderTest.start(settings);
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        server.close();
    }

    private static Http.Answer coupon(String identifier) {
        return gateway.partner()
                .post(
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                                + identifier + "\",\"integrationId\":\"" + identifier + "\"}");
    }

    private static Http.Answer success(String identifier) {
        long end = System.nanoTime() + 90_000_000_000L;
        Http.Answer answer = coupon(identifier);
        while (answer.status() != 200) {
            assertTrue(System.nanoTime() < end, answer.text());
            assertTrue(answer.status() == 429 || answer.status() == 503, answer.text());
            Await.moment();
            answer = coupon(identifier);
        }
        return answer;
    }

    private static long made(String identifier) {
        return gateway.sandbox().ledger("coupons").stream()
                .filter(coupon -> coupon.path("recipientIntegrationId").asText().equals(identifier))
                .count();
    }

    @Test
    void nothingIsSentWhileTheStoreIsDown() {
        success("before");
        gateway.sandbox().forgetCalls();
        server.stop();
        try {
            Http.Answer answer = coupon("down");
            assertEquals(503, answer.status(), answer.text());
            assertEquals("1", answer.header("Retry-After"));
            assertEquals(0, gateway.sandbox().calls("createCoupons").size());
            assertEquals(
                    503,
                    gateway.management()
                            .send("GET", "/observe/health/ready", (String) null)
                            .status());
        } finally {
            server.start();
        }
        success("down");
        assertEquals(1, made("down"));
    }

    private static List<String> joined() {
        return gateway.sandbox().calls("updateCustomerProfileAudiences").stream()
                .map(call -> call.at("/body/data/0/profileIntegrationId").asText())
                .toList();
    }

    @Test
    void whatIsQueuedWhileTheStoreIsDownIsCarriedOutWhenItIsBack() {
        gateway.sandbox().forgetCalls();
        assertEquals(204, gateway.partner().join("first").status());
        Await.until(StoreDownTest::joined, () -> joined().equals(List.of("first")));
        server.stop();
        try {
            assertEquals(204, gateway.partner().join("second").status());
            assertEquals(204, gateway.partner().join("third").status());
        } finally {
            server.start();
        }
        Await.until(StoreDownTest::joined, () -> joined().contains("third"));
        assertEquals(List.of("first", "second", "third"), joined());
    }

    @Test
    void anAnswerThatCouldNotBeStoredIsNotLost() {
        success("warm-up");
        gateway.sandbox().forgetCalls();
        gateway.sandbox()
                .fault("{\"operation\":\"createCoupons\",\"kind\":\"delay\",\"delayMillis\":6000,\"times\":1}");
        CompletableFuture<Http.Answer> first = CompletableFuture.supplyAsync(() -> coupon("confirm"));
        while (gateway.sandbox().calls("createCoupons").isEmpty()) {
            assertFalse(first.isDone(), () -> first.join().text());
            Await.moment();
        }
        server.stop();
        try {
            assertEquals(503, first.join().status(), first.join().text());
        } finally {
            server.start();
        }
        Http.Answer repeat = success("confirm");
        assertArrayEquals(repeat.body(), coupon("confirm").body());
        assertEquals(1, made("confirm"));
    }

    @Test
    void aRenewedPasswordIsTakenFromItsFileWithoutARestart() throws Exception {
        Path file = Files.writeString(Files.createTempFile("store", "password"), "secret-old-4d2f");
        Map<String, String> settings = new HashMap<>(server.store());
        String url = settings.get("gateway.store.url");
        try (Connection operator = DriverManager.getConnection(url, "postgres", "");
                Statement statement = operator.createStatement()) {
            statement.execute("CREATE ROLE renewed LOGIN PASSWORD 'secret-old-4d2f'");
            statement.execute("CREATE DATABASE renewed OWNER renewed");
            askForPasswords(statement);
            settings.put("gateway.store.url", url.replaceFirst("/postgres$", "/renewed"));
            settings.put("gateway.store.user", "renewed");
            settings.put("gateway.store.password", "file:" + file);
            settings.put("gateway.deadline.braze", "30000");
            GatewayUnderTest others = gateway;
            gateway = GatewayUnderTest.start(settings);
            try {
                success("old-password");
                statement.execute("ALTER ROLE renewed PASSWORD 'secret-new-4d2f'");
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'renewed'");
                assertEquals(503, coupon("refused").status(), "the old password is not accepted any more");
                Files.writeString(file, "secret-new-4d2f");
                success("new-password");
            } finally {
                gateway.close();
                gateway = others;
            }
        } finally {
            Files.delete(file);
        }
    }

    /** The server trusts everybody on this machine, except whom it is told not to. */
    private static void askForPasswords(Statement statement) throws Exception {
        Path rules;
        try (ResultSet result = statement.executeQuery("SHOW hba_file")) {
            result.next();
            rules = Path.of(result.getString(1));
        }
        Files.writeString(rules, "host all renewed all scram-sha-256\n" + Files.readString(rules));
        statement.execute("SELECT pg_reload_conf()");
    }
}
