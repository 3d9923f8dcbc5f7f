package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

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
        try (HikariDataSource pool =
                        new HikariDataSource(Store.config(settings(Postgres.newStore()), new SimpleMeterRegistry()));
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
            assertThrows(StoreException.class, () -> store.query(row -> "", "SELECT pg_sleep(60)"));
            assertTrue(System.nanoTime() - begun < GENEROUS.toNanos());
            assertEquals(1, store.query(row -> row.getInt(1), "SELECT 1").get(0), "another connection is taken");
        }
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
