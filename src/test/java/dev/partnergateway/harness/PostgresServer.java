package dev.partnergateway.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
