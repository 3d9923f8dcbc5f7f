package dev.partnergateway.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A gateway process of its own in a working directory of its own, as an operator runs it. */
public final class GatewayProcess implements AutoCloseable {

    private static final int START_SECONDS = 240;

    private final Process process;
    private final int port;
    private final int managementPort;
    private final int operatorPort;
    private final int sandboxPort;
    private final StringBuffer output = new StringBuffer();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread reader = new Thread(this::read, "gateway output");

    private GatewayProcess(Process process, int port, int managementPort, int operatorPort, int sandboxPort) {
        this.process = process;
        this.port = port;
        this.managementPort = managementPort;
        this.operatorPort = operatorPort;
        this.sandboxPort = sandboxPort;
        reader.setDaemon(true);
        reader.start();
    }

    /** A new working directory with this repository's routes, contracts and settings. */
    public static Path workingDirectory() {
        try {
            Path directory = Files.createTempDirectory("gateway-home");
            for (String folder : List.of("routes", "openapi")) {
                Files.createDirectory(directory.resolve(folder));
                try (Stream<Path> files = Files.list(Path.of(folder))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, directory.resolve(folder).resolve(file.getFileName()));
                    }
                }
            }
            Files.copy(Path.of("application.properties"), directory.resolve("application.properties"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process on free ports, with the sandbox, unless the settings say otherwise. */
    public static GatewayProcess launch(Path workingDirectory, Map<String, String> settings) {
        return launch(workingDirectory, settings, JavaProcess.classPath());
    }

    private static GatewayProcess launch(
            Path workingDirectory, Map<String, String> settings, String classPath, String... jvmOptions) {
        int port = Integer.parseInt(settings.getOrDefault("gateway.port", "" + GatewayUnderTest.freePort()));
        int managementPort =
                Integer.parseInt(settings.getOrDefault("gateway.management-port", "" + GatewayUnderTest.freePort()));
        int operatorPort =
                Integer.parseInt(settings.getOrDefault("gateway.operator-port", "" + GatewayUnderTest.freePort()));
        int sandboxPort =
                Integer.parseInt(settings.getOrDefault("gateway.sandbox.port", "" + GatewayUnderTest.freePort()));
        List<String> command = new ArrayList<>(JavaProcess.command(classPath));
        command.addAll(List.of(jvmOptions));
        Map<String, String> all = new java.util.HashMap<>(Map.of("gateway.sandbox", "true"));
        // A process that has just started on a busy machine is slow to give its first answer.
        all.put("gateway.deadline.braze", "20000");
        all.putAll(settings);
        all.put("gateway.port", "" + port);
        all.put("gateway.management-port", "" + managementPort);
        all.put("gateway.operator-port", "" + operatorPort);
        all.put("gateway.sandbox.port", "" + sandboxPort);
        all.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add("dev.partnergateway.PartnerGateway");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(workingDirectory.toFile())
                    .redirectErrorStream(true)
                    .start();
            return new GatewayProcess(process, port, managementPort, operatorPort, sandboxPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process of other classes or with other JVM options, and waits until it says that it is ready. */
    public static GatewayProcess start(
            Path workingDirectory, Map<String, String> settings, String classPath, String... jvmOptions) {
        GatewayProcess gateway = launch(workingDirectory, settings, classPath, jvmOptions);
        gateway.awaitReady();
        return gateway;
    }

    /** Starts a process and waits until it says that it is ready. */
    public static GatewayProcess start(Path workingDirectory, Map<String, String> settings) {
        GatewayProcess gateway = launch(workingDirectory, settings);
        gateway.awaitReady();
        return gateway;
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.append(line).append('\n');
                Printed.line(line);
                if (line.contains("Partner Gateway is ready.")) {
                    ready.countDown();
                }
            }
        } catch (IOException closed) {
            output.append("(output closed)\n");
        }
    }

    private void awaitReady() {
        try {
            for (int second = 0; second < START_SECONDS; second++) {
                if (ready.await(1, TimeUnit.SECONDS)) {
                    return;
                }
                if (!process.isAlive()) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new AssertionError("the gateway process did not become ready:\n" + output);
    }

    /** Calls to the partner port. */
    public Http partner() {
        return new Http(port);
    }

    /** Calls to the management port. */
    public Http management() {
        return new Http(managementPort);
    }

    /** Calls to the operator's port. */
    public Http operator() {
        return new Http(operatorPort);
    }

    /** The sandbox's control interface. */
    public SandboxControl sandbox() {
        return new SandboxControl(new Http(sandboxPort));
    }

    /** Processor time that the process has used. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Bytes of memory that the process occupies; empty where the system does not tell. */
    public OptionalLong residentBytes() {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst();
        } catch (IOException | UncheckedIOException unknown) {
            return OptionalLong.empty();
        }
    }

    /** Whether the process still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything printed so far. */
    public String output() {
        return output.toString();
    }

    /** Asks the process to stop, as an operator does. */
    public void terminate() {
        process.destroy();
    }

    /** Number of the process. */
    public long pid() {
        return process.pid();
    }

    /** Sends it a signal, such as {@code STOP} or {@code CONT}. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the process without warning. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Waits for the end, and for all that was printed until then. */
    public int exitCode() {
        try {
            if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the gateway process did not end:\n" + output);
            }
            reader.join(TimeUnit.SECONDS.toMillis(START_SECONDS));
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
