package dev.partnergateway.bench;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What is put under load: a process whose CPU time is read from outside, or a gateway inside this one. */
final class Target implements AutoCloseable {

    private static final long NANOS_A_TICK = 10_000_000;

    private final ProcessHandle process;
    private final int port;
    private final AutoCloseable end;

    private Target(ProcessHandle process, int port, AutoCloseable end) {
        this.process = process;
        this.port = port;
        this.end = end;
    }

    /**
     * Starts a baseline.
     *
     * @param smoke whether it will not be measured
     */
    static Target baseline(Class<?> main, int upstream, boolean smoke) {
        int port = GatewayUnderTest.freePort();
        List<String> java = smoke ? JavaProcess.command(JavaProcess.classPath()) : measured();
        return start(java, port, Map.of(), main.getName(), String.valueOf(port), String.valueOf(upstream));
    }

    /**
     * Starts a gateway with settings, in this working directory.
     *
     * @param smoke whether it will not be measured and runs inside this process
     */
    static Target gateway(Map<String, String> settings, boolean smoke) {
        if (smoke) {
            GatewayUnderTest gateway = GatewayUnderTest.start(settings);
            return new Target(ProcessHandle.current(), gateway.gateway().port(), gateway);
        }
        int port = GatewayUnderTest.freePort();
        Map<String, String> all = new HashMap<>(settings);
        all.put("gateway.port", String.valueOf(port));
        all.putIfAbsent("gateway.management-port", String.valueOf(GatewayUnderTest.freePort()));
        all.putIfAbsent("gateway.operator-port", "0");
        return start(measured(), port, all, "dev.partnergateway.PartnerGateway");
    }

    private static List<String> measured() {
        String home = System.getProperty("bench.java", System.getProperty("java.home"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(home, "bin", "java").toString(),
                "-Xmx700m",
                // Those that end take the record of their CPU time with them.
                "-XX:-UseDynamicNumberOfCompilerThreads",
                "-cp",
                System.getProperty("java.class.path")));
        if (System.getProperty("bench.jvm") != null) {
            command.addAll(List.of(System.getProperty("bench.jvm").split(" ")));
        }
        return command;
    }

    private static Target start(
            List<String> java, int port, Map<String, String> properties, String main, String... arguments) {
        List<String> command = new ArrayList<>(java);
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add(main);
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            Target target = new Target(process.toHandle(), port, () -> end(process));
            Output output = new Output(process);
            if (!output.ready.await(120, TimeUnit.SECONDS)) {
                target.close();
                throw new IllegalStateException(main + " did not start:\n" + output.text);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    int port() {
        return port;
    }

    /** CPU time used so far, without that of the compiler: it has done its work when a gateway has run for minutes. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow().minus(compiler());
    }

    private Duration compiler() {
        Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
        if (!Files.isDirectory(threads)) {
            return Duration.ZERO;
        }
        try (Stream<Path> all = Files.list(threads)) {
            return Duration.ofNanos(all.mapToLong(Target::compilerTicks).sum() * NANOS_A_TICK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long compilerTicks(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
                return 0;
            }
            String stat = Files.readString(thread.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException ended) {
            return 0;
        }
    }

    @Override
    public void close() {
        try {
            end.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a process prints. */
    private static final class Output {

        private static final int MOST = 100_000;

        private final CountDownLatch ready = new CountDownLatch(1);
        private final StringBuffer text = new StringBuffer();

        Output(Process process) {
            Thread reader = new Thread(() -> read(process), "target output");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(Process process) {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (text.length() < MOST) {
                        text.append(line).append('\n');
                    }
                    if (line.contains("ready")) {
                        ready.countDown();
                    }
                }
            } catch (IOException closed) {
                text.append("(closed)");
            }
        }
    }
}
