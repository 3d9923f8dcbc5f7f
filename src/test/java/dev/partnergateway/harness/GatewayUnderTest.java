package dev.partnergateway.harness;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.Gateway;
import dev.partnergateway.Rehearsal;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** A real gateway with its sandbox inside this JVM, on free ports, with a store of its own. */
public final class GatewayUnderTest implements AutoCloseable {

    /** Below the ports from which systems take those of outgoing connections: nobody else takes one in between. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 12_000;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

    private static GatewayUnderTest shared;
    private static GatewayUnderTest sharedOnPostgres;

    private final Gateway gateway;

    private GatewayUnderTest(Gateway gateway) {
        this.gateway = gateway;
    }

    /** The gateway that tests share which do not mind each other; it lives as long as the JVM. */
    public static synchronized GatewayUnderTest shared() {
        if (shared == null) {
            shared = start(Rehearsal.settings(freePort()));
        }
        return shared;
    }

    /** As {@link #shared()}, with its store in PostgreSQL. */
    public static synchronized GatewayUnderTest sharedOnPostgres() {
        if (sharedOnPostgres == null) {
            Map<String, String> settings = new HashMap<>(Postgres.newStore());
            settings.putAll(Rehearsal.settings(freePort()));
            sharedOnPostgres = start(settings);
        }
        return sharedOnPostgres;
    }

    /** A gateway of one's own, with settings over those of application.properties. */
    public static GatewayUnderTest start(Map<String, String> settings) {
        return start(settings, Ticker.systemTicker());
    }

    /** As {@link #start(Map)}, with a time of one's own for what is remembered of keys. */
    public static GatewayUnderTest start(Map<String, String> settings, Ticker ticker) {
        Properties properties = new Properties();
        properties.setProperty("gateway.port", "0");
        properties.setProperty("gateway.management-port", "0");
        properties.setProperty("gateway.operator-port", "0");
        properties.setProperty("gateway.sandbox", "true");
        properties.setProperty("gateway.sandbox.port", "0");
        properties.setProperty("gateway.reload", "false");
        properties.setProperty("gateway.store.url", "jdbc:sqlite:" + storeFile());
        properties.putAll(settings);
        try {
            return new GatewayUnderTest(
                    Gateway.start(Settings.load(Path.of("application.properties"), Map.of(), properties), ticker));
        } catch (Exception e) {
            throw new IllegalStateException("the gateway did not start", e);
        }
    }

    /** Path of a new store, of SQLite. */
    public static Path storeFile() {
        try {
            return Files.createTempDirectory("gateway-store")
                    .resolve("gateway.db")
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port nobody listens on right now. */
    public static int freePort() {
        for (int i = 0; i < PORTS; i++) {
            int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /** Calls to the partner port. */
    public Http partner() {
        return new Http(gateway.port());
    }

    /** Calls to the management port. */
    public Http management() {
        return new Http(gateway.managementPort());
    }

    /** Calls to the operator's port. */
    public Http operator() {
        return new Http(gateway.operatorPort());
    }

    /** The sandbox's control interface. */
    public SandboxControl sandbox() {
        return new SandboxControl(new Http(gateway.sandbox().orElseThrow().port()));
    }

    /** The gateway itself. */
    public Gateway gateway() {
        return gateway;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
