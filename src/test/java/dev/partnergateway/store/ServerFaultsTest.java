package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.cases.Logged;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.Forwarder;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.PostgresServer;
import dev.partnergateway.harness.Printed;
import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a cluster's PostgreSQL does in its nights: switchovers, locks, poolers, and neighbours that stand still. */
@Execution(ExecutionMode.CONCURRENT)
class ServerFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = new PostgresServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void sql(PostgresServer at, String... texts) {
        try (Connection connection = DriverManager.getConnection(at.store().get("gateway.store.url"), "postgres", "");
                Statement statement = connection.createStatement()) {
            for (String text : texts) {
                statement.execute(text);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> newStore(int port) {
        String name = "s" + UUID.randomUUID().toString().replace("-", "");
        sql(server, "CREATE DATABASE " + name);
        return store(port, name);
    }

    private static Map<String, String> store(int port, String name) {
        Map<String, String> settings = new HashMap<>();
        settings.put("gateway.store.url", "jdbc:postgresql://localhost:" + port + "/" + name);
        settings.put("gateway.store.user", "postgres");
        // How long a busy machine takes is not what these tests are about.
        settings.put("gateway.deadline.braze", "30000");
        return settings;
    }

    private static Store open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry());
    }

    private static void soonReady(GatewayUnderTest gateway, int status) {
        long begun = System.nanoTime();
        Await.until(
                () -> "another readiness",
                () -> gateway.management()
                                .send("GET", "/observe/health/ready", (String) null)
                                .status()
                        == status);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertTrue(took.compareTo(SOON) < 0, () -> "readiness was " + status + " after " + took);
    }

    @Test
    void afterASwitchoverTheGatewayIsNotReadyUntilItHasFoundTheNewPrimary() {
        try (PostgresServer old = new PostgresServer();
                PostgresServer fresh = new PostgresServer();
                Forwarder address = new Forwarder(old.port());
                GatewayUnderTest gateway = GatewayUnderTest.start(store(address.port(), "postgres"))) {
            open(fresh.store()).close();
            assertEquals(200, gateway.partner().event("before").status());
            sql(old, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
            Await.until(
                    () -> "writes",
                    () -> gateway.partner().event(UUID.randomUUID().toString()).status() == 503);
            soonReady(gateway, 503);
            address.leadTo(fresh.port());
            soonReady(gateway, 200);
            for (int i = 0; i < 40; i++) {
                assertEquals(200, gateway.partner().event("after-" + i).status());
            }
        }
    }

    @Test
    void whoHoldsRowsAndStandsStillLosesThemAndHoldsNobodyUp() throws Exception {
        Map<String, String> settings = newStore(server.port());
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Store store = open(settings);
                com.zaxxer.hikari.HikariDataSource other = new com.zaxxer.hikari.HikariDataSource(ServerStore.config(
                        Settings.load(Path.of("application.properties"), Map.of(), properties),
                        new SimpleMeterRegistry()))) {
            Sql insert = new Sql("INSERT INTO principal (deployment, key_hash, principal) VALUES (?, ?, ?)");
            Sql update = new Sql("UPDATE principal SET principal = ? WHERE deployment = ?");
            store.update(insert, "frozen", "k", "p");
            try (Connection frozen = other.getConnection();
                    Statement statement = frozen.createStatement()) {
                frozen.setAutoCommit(false);
                statement.executeUpdate("UPDATE principal SET principal = 'f' WHERE deployment = 'frozen'");
                long begun = System.nanoTime();
                AtomicInteger changed = new AtomicInteger();
                Await.until(() -> "the row held", () -> {
                    try {
                        changed.set(store.update(update, "mine", "frozen"));
                    } catch (StoreException refused) {
                        assertEquals("55P03", refused.failure().getSQLState(), "a call gives up after two seconds");
                    }
                    return changed.get() == 1;
                });
                assertTrue(System.nanoTime() - begun < SOON.toNanos());
                assertThrows(SQLException.class, frozen::commit);
            }
        }
    }

    @Test
    void aTableThatSomebodyLocksIsToldByReadiness() throws Exception {
        Map<String, String> settings = newStore(server.port());
        try (GatewayUnderTest gateway = GatewayUnderTest.start(settings)) {
            assertEquals(200, gateway.partner().event("before").status());
            try (Connection operator = DriverManager.getConnection(settings.get("gateway.store.url"), "postgres", "");
                    Statement statement = operator.createStatement()) {
                operator.setAutoCommit(false);
                statement.execute("LOCK TABLE answer IN ACCESS EXCLUSIVE MODE");
                soonReady(gateway, 503);
                assertEquals(503, gateway.partner().event("locked").status());
            }
            soonReady(gateway, 200);
            assertEquals(200, gateway.partner().event("locked").status());
        }
    }

    @Test
    void aGatewayThatStandsStillKeepsNoOtherFromItsCalls() throws Exception {
        Map<String, String> settings = newStore(server.port());
        settings.put("gateway.sandbox.management-rate", "0");
        try (GatewayProcess frozen = GatewayProcess.start(GatewayProcess.workingDirectory(), settings);
                GatewayUnderTest other = GatewayUnderTest.start(settings)) {
            ExecutorService callers = Executors.newFixedThreadPool(8);
            try {
                for (int i = 0; i < 200; i++) {
                    String identifier = "frozen-" + i;
                    callers.execute(() -> frozen.partner().event(identifier));
                }
                frozen.partner().event("under load");
                frozen.signal("STOP");
                for (int i = 0; i < 100; i++) {
                    assertEquals(200, other.partner().event("other-" + i).status());
                }
            } finally {
                frozen.signal("CONT");
                callers.shutdownNow();
            }
        }
    }

    @Test
    void whatTheServerSaysOfRowsIsInNoLog() {
        Map<String, String> settings = newStore(server.port());
        try (Store store = open(settings)) {
            Sql insert = new Sql("INSERT INTO principal (deployment, key_hash, principal) VALUES (?, ?, ?)");
            store.update(insert, "d", "secret-recipient", "p");
            StoreException refused =
                    assertThrows(StoreException.class, () -> store.update(insert, "d", "secret-recipient", "p"));
            assertTrue(refused.duplicate());
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                assertFalse(cause.toString().contains("secret-recipient"), cause.toString());
            }
        }
    }

    @Test
    void behindATransactionPoolerStatementsAreNotPrepared() throws Exception {
        Path pooler = Path.of("/usr/sbin/pgbouncer");
        if (!Files.isExecutable(pooler)) {
            Printed.line("Skipped: PgBouncer is not installed (Debian: pgbouncer)");
            Assumptions.abort("PgBouncer is not installed");
        }
        Map<String, String> settings = newStore(server.port());
        String name = settings.get("gateway.store.url").replaceFirst(".*/", "");
        int port = GatewayUnderTest.freePort();
        Process running = pgbouncer(pooler, name, port);
        Logged logged = Logged.start();
        try (GatewayUnderTest gateway = GatewayUnderTest.start(store(port, name))) {
            assertTrue(logged.lines().toString().contains("is a pooler"), logged.lines()::toString);
            ExecutorService callers = Executors.newFixedThreadPool(16);
            AtomicInteger good = new AtomicInteger();
            try {
                for (int i = 0; i < 400; i++) {
                    String identifier = "pooled-" + i % 200;
                    callers.execute(() -> {
                        if (gateway.partner().event(identifier).status() == 200) {
                            good.incrementAndGet();
                        }
                    });
                }
                Await.until(good::get, () -> good.get() == 400);
            } finally {
                callers.shutdownNow();
            }
        } finally {
            running.destroy();
        }
    }

    private static Process pgbouncer(Path program, String name, int port) throws IOException {
        Path folder = Files.createTempDirectory("gateway-pgbouncer");
        Path users = Files.writeString(folder.resolve("users.txt"), "\"postgres\" \"\"\n");
        Path file = Files.writeString(
                folder.resolve("pgbouncer.ini"), """
                [databases]
                %s = host=127.0.0.1 port=%d dbname=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                default_pool_size = 4
                ignore_startup_parameters = extra_float_digits
                """.formatted(name, server.port(), name, port, users));
        for (Path each : new Path[] {folder, users, file}) {
            each.toFile().setReadable(true, false);
            each.toFile().setExecutable(true, false);
        }
        return new ProcessBuilder(program.toString(), "-u", "nobody", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }
}
