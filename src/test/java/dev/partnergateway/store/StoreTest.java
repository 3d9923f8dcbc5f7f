package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.Stores;
import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that is not there, or falls silent. */
@Execution(ExecutionMode.CONCURRENT)
class StoreTest {

    private static final Duration GENEROUS = Duration.ofSeconds(25);

    private static Settings settings(Map<String, String> store) {
        Properties properties = new Properties();
        properties.putAll(store);
        return Settings.load(Path.of("application.properties"), Map.of(), properties);
    }

    @Test
    void aDatabaseThatFallsSilentHoldsNobodyForEver() throws SQLException {
        try (HikariDataSource pool = new HikariDataSource(
                        ServerStore.config(settings(Postgres.newStore()), new SimpleMeterRegistry()));
                Connection connection = pool.getConnection()) {
            assertEquals(30_000, connection.getNetworkTimeout());
        }
    }

    @Test
    void theOperatorsOwnTimeOutInTheAddressCountsMore() {
        Map<String, String> settings = new HashMap<>(Postgres.newStore());
        settings.compute("gateway.store.url", (key, url) -> url + (url.contains("?") ? "&" : "?") + "socketTimeout=1");
        try (Store store = Store.open(settings(settings), new SimpleMeterRegistry())) {
            long begun = System.nanoTime();
            assertThrows(StoreException.class, () -> store.query(row -> "", new Sql("SELECT pg_sleep(60)")));
            assertTrue(System.nanoTime() - begun < GENEROUS.toNanos());
            assertEquals(
                    1, store.query(row -> row.getInt(1), new Sql("SELECT 1")).get(0), "another connection is taken");
        }
    }

    @Test
    void whatTheOperatorWritesInTheAddressOfAFileCountsMore() throws SQLException {
        String url = "jdbc:sqlite:" + GatewayUnderTest.storeFile() + "?busy_timeout=77";
        try (StoreFile file = new StoreFile(url, "full")) {
            file.take();
            try (Connection connection = file.connect();
                    PreparedStatement asked = connection.prepareStatement("PRAGMA busy_timeout");
                    PreparedStatement chosen = connection.prepareStatement("PRAGMA synchronous")) {
                assertEquals(List.of(77), Store.read(asked, row -> row.getInt(1)));
                assertEquals(List.of(2), Store.read(chosen, row -> row.getInt(1)), "full");
            }
        }
    }

    private static final Sql INSERT =
            new Sql("INSERT INTO principal (deployment, key_hash, principal) VALUES (?, ?, ?)");

    /** In the embedded store they are committed together. */
    @ParameterizedTest
    @EnumSource(Stores.class)
    void ofManyWritesAtOnceEachIsCarriedOutOrFailsOnItsOwn(Stores kind) {
        Store store = kind.store();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(40);
        try {
            List<CompletableFuture<Void>> calls = IntStream.range(0, 200)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> {
                                try {
                                    assertEquals(1, store.update(INSERT, "together", "key-" + i % 100, "somebody"));
                                } catch (StoreException e) {
                                    assertTrue(e.duplicate(), e.toString());
                                    refused.incrementAndGet();
                                }
                            },
                            callers))
                    .toList();
            calls.forEach(CompletableFuture::join);
        } finally {
            callers.shutdownNow();
        }
        assertEquals(100, refused.get());
        assertEquals(100, count(store, "together"));
    }

    @ParameterizedTest
    @EnumSource(Stores.class)
    void ofManyRowsAllAreWrittenOrNone(Stores kind) {
        Store store = kind.store();
        Object[] row = {"all or none", "key", "somebody"};
        Object[] other = {"all or none", "another key", "somebody"};
        assertThrows(StoreException.class, () -> store.updateAll(INSERT, List.of(other, row, row)));
        assertEquals(0, count(store, "all or none"));
        assertArrayEquals(new int[] {1, 1}, store.updateAll(INSERT, List.of(other, row)));
        assertEquals(2, count(store, "all or none"));
    }

    private static int count(Store store, String deployment) {
        return store.query(
                        row -> row.getInt(1),
                        new Sql("SELECT COUNT(*) FROM principal WHERE deployment = ?"),
                        deployment)
                .get(0);
    }

    @Test
    void aStartWithoutItsDatabaseEndsWithASentenceThatNamesTheSetting() {
        Settings settings = settings(
                Map.of("gateway.store.url", "jdbc:postgresql://localhost:" + GatewayUnderTest.freePort() + "/gateway"));
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> Store.open(settings, new SimpleMeterRegistry()));
        assertEquals("The database of gateway.store.url cannot be used", failure.getMessage());
    }
}
