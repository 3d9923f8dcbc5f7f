package dev.partnergateway.harness;

import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** Both databases that a store can be in; each with an empty store that lives as long as the JVM. */
public enum Stores {
    /** Embedded. */
    SQLITE,
    /** A server. */
    POSTGRES;

    private Store store;
    private Map<String, String> settings;

    /** Every kind. */
    public static Stream<Stores> all() {
        return Stream.of(values());
    }

    /** The store. */
    public synchronized Store store() {
        if (store == null) {
            settings = this == SQLITE
                    ? Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile())
                    : Postgres.newStore();
            store = open(settings);
        }
        return store;
    }

    /** A connection of somebody else's to the server. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(settings.get("gateway.store.url"), settings.get("gateway.store.user"), "");
    }

    private static Store open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry());
    }
}
