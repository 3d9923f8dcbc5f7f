package dev.partnergateway.bench;

import dev.partnergateway.harness.GatewayUnderTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process under load, whose CPU time is read from outside. */
final class Target implements AutoCloseable {

    private final Process process;
    private final int port;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final StringBuffer output = new StringBuffer();

    private Target(Process process, int port) {
        this.process = process;
        this.port = port;
        Thread reader = new Thread(this::read, "target output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.contains("ready")) {
                    ready.countDown();
                }
            }
        } catch (IOException closed) {
            output.append("(closed)");
        }
    }

    /** Starts a baseline. */
    static Target baseline(Class<?> main, int upstream) {
        int port = GatewayUnderTest.freePort();
        return start(port, Map.of(), main.getName(), String.valueOf(port), String.valueOf(upstream));
    }

    /** Starts a gateway with settings, in this working directory. */
    static Target gateway(Map<String, String> settings) {
        int port = GatewayUnderTest.freePort();
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("gateway.port", String.valueOf(port));
        all.putIfAbsent("gateway.management-port", String.valueOf(GatewayUnderTest.freePort()));
        return start(port, all, "dev.partnergateway.PartnerGateway");
    }

    private static Target start(int port, Map<String, String> properties, String main, String... arguments) {
        String home = System.getProperty("bench.java", System.getProperty("java.home"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(home, "bin", "java").toString(),
                "-Xmx700m",
                "-cp",
                System.getProperty("bench.classpath", System.getProperty("java.class.path"))));
        if (System.getProperty("bench.jvm") != null) {
            command.addAll(List.of(System.getProperty("bench.jvm").split(" ")));
        }
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add(main);
        command.addAll(List.of(arguments));
        try {
            Target target = new Target(
                    new ProcessBuilder(command).redirectErrorStream(true).start(), port);
            if (!target.ready.await(120, TimeUnit.SECONDS)) {
                target.close();
                throw new IllegalStateException(main + " did not start:\n" + target.output);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    /** CPU time used so far. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
