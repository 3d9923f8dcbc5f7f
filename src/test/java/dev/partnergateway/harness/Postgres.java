package dev.partnergateway.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL from Maven. Where it cannot be started (as root without user namespaces), the environment variable
 * {@code TEST_POSTGRES_URL} names another one: a JDBC address with user and password that may create databases.
 */
public final class Postgres {

    private static final String EXTERNAL = System.getenv("TEST_POSTGRES_URL");
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static String url;

    private Postgres() {}

    private static synchronized String url() {
        if (url == null) {
            try {
                url = EXTERNAL != null
                        ? EXTERNAL
                        : EmbeddedPostgres.builder().start().getJdbcUrl("postgres", "postgres");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return url;
    }

    /** Settings of a store in a new, empty database. */
    public static Map<String, String> newStore() {
        String name = "gateway_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("no database could be made", e);
        }
        return Map.of(
                "gateway.store.url",
                url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1"),
                "gateway.store.user",
                "postgres");
    }
}
