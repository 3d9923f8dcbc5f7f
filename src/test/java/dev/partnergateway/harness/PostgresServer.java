package dev.partnergateway.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A PostgreSQL of one's own that can be stopped and started again with the same data on the same port. */
public final class PostgresServer implements AutoCloseable {

    private final Path data;
    private final int port = GatewayUnderTest.freePort();
    private EmbeddedPostgres server;

    /** Starts it with an empty database. */
    public PostgresServer() {
        try {
            data = Files.createTempDirectory("gateway-postgres").resolve("data");
            start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again. */
    public void start() {
        try {
            server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "200")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it; connections are cut. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it takes writes, or none as a standby; connections are cut as at a switchover. */
    public void takesWrites(boolean does) {
        try (Connection connection = DriverManager.getConnection(store().get("gateway.store.url"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET default_transaction_read_only = " + (does ? "off" : "on"));
            statement.execute("SELECT pg_reload_conf()");
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Settings of a store in it. */
    public Map<String, String> store() {
        return Map.of(
                "gateway.store.url",
                "jdbc:postgresql://localhost:" + port + "/postgres",
                "gateway.store.user",
                "postgres");
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Folder that its rows are in, also when it has stopped. */
    public Path data() {
        return data;
    }

    @Override
    public void close() {
        stop();
    }
}
