package dev.partnergateway.harness;

import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
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

    /** Every kind. */
    public static Stream<Stores> all() {
        return Stream.of(values());
    }

    /** The store. */
    public synchronized Store store() {
        if (store == null) {
            store = open(
                    this == SQLITE
                            ? Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile())
                            : Postgres.newStore());
        }
        return store;
    }

    private static Store open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry());
    }
}
