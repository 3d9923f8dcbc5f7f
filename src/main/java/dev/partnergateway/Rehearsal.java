package dev.partnergateway;

import dev.partnergateway.cases.Shown;
import dev.partnergateway.command.House;
import dev.partnergateway.sandbox.Seed;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * A gateway with the integrations of the working directory beside a sandbox, for trying them out: on free ports, with a
 * store of its own that is gone afterwards. Nothing of the operator's is used but the deadlines of integrations: no
 * deployment, no store, no broker.
 */
public final class Rehearsal implements House.Rehearsal {

    /** Deployment on the sandbox whose operator lets nobody create attributes. */
    public static final String NO_CREATION = "no-creation.example";

    /** Deployment on the sandbox whose operator lets attributes be created, but has given no management key. */
    public static final String NO_KEY = "no-key.example";

    /** As Camel's tracer takes them: steps of templates, too, with variables, and no text is cut. */
    private static final String TRACED = """
            camel.main.sourceLocationEnabled=true
            camel.trace.enabled=true
            camel.trace.backlogSize=1000
            camel.trace.bodyMaxChars=1000000
            camel.trace.includeExchangeProperties=false
            camel.trace.includeExchangeVariables=true
            camel.trace.traceTemplates=true
            """;

    private final Gateway gateway;
    private final Path home;

    private Rehearsal(Gateway gateway, Path home) {
        this.gateway = gateway;
        this.home = home;
    }

    /**
     * Starts one.
     *
     * @param deadlines whose deadlines of integrations hold
     * @param traced whether Camel's tracer keeps every step of a call
     * @throws Exception when an integration cannot be loaded
     */
    public static Rehearsal start(Settings deadlines, boolean traced) throws Exception {
        Path home = Files.createTempDirectory("partner-gateway");
        try {
            Path file = Files.writeString(home.resolve("rehearsal.properties"), traced ? TRACED : "");
            Properties properties = new Properties();
            properties.putAll(settings(freePort()));
            for (Path contract : Shown.contracts()) {
                String integration = Shown.integration(contract);
                properties.setProperty(
                        "gateway.deadline." + integration,
                        Long.toString(deadlines.deadline(integration).toMillis()));
            }
            properties.setProperty("gateway.port", "0");
            properties.setProperty("gateway.management-port", "0");
            properties.setProperty("gateway.operator-port", "0");
            properties.setProperty("gateway.reload", "false");
            properties.setProperty("gateway.drain-delay", "0");
            properties.setProperty("gateway.store.sync", "normal");
            properties.setProperty("gateway.store.url", "jdbc:sqlite:" + home.resolve("rehearsal.db"));
            return new Rehearsal(Gateway.start(Settings.load(file, Map.of(), properties)), home);
        } catch (Exception | Error e) {
            delete(home);
            throw e;
        }
    }

    /**
     * The settings that cases are written for. What is unfinished is left alone, and nobody waits for a turn: no case meets
     * the calls of one before it.
     *
     * @param sandboxPort a port that nobody listens on
     */
    public static Map<String, String> settings(int sandboxPort) {
        String sandbox = "http://localhost:" + sandboxPort;
        Map<String, String> settings = new HashMap<>();
        settings.put("gateway.sandbox", "true");
        settings.put("gateway.sandbox.port", Integer.toString(sandboxPort));
        settings.put("gateway.sandbox.management-rate", "0");
        settings.put("gateway.sweep-interval", "999999999");
        settings.put("gateway.deployments.no-creation.host", NO_CREATION);
        settings.put("gateway.deployments.no-creation.base-url", sandbox);
        settings.put("gateway.deployments.no-creation.management-key", Seed.MANAGEMENT_KEY);
        settings.put("gateway.deployments.no-creation.management-rate", "0");
        settings.put("gateway.deployments.no-key.host", NO_KEY);
        settings.put("gateway.deployments.no-key.base-url", sandbox);
        settings.put("gateway.deployments.no-key.create-attributes", "true");
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public int port() {
        return gateway.port();
    }

    @Override
    public int sandboxPort() {
        return gateway.sandbox().orElseThrow().port();
    }

    @Override
    public CamelContext camel() {
        return gateway.camel();
    }

    @Override
    public void close() {
        gateway.close();
        delete(home);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
