package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Printed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A power cut leaves of a file what was synced, and of what was written after that any part, or nothing. strace tells what a
 * gateway writes and syncs, and when; from that the files are made anew as they were on the disk at random moments, and a
 * gateway is started on them: every answer that a partner had got by then is there, byte for byte.
 */
@Execution(ExecutionMode.CONCURRENT)
class PowerCutTest {

    private static final int CUTS = Integer.getInteger("power.cuts", 6);
    private static final int CALLS = Integer.getInteger("power.calls", 150);
    private static final String[] FILES = {"gateway.db", "gateway.db-wal"};

    private static final Pattern LINE = Pattern.compile(
            "([0-9.]+) (pwrite64|ftruncate|fsync|fdatasync)\\([0-9]+<([^>]*)>(?:, (.*))?\\) += 0?([0-9]*) <([0-9.]+)>");

    private record Given(String identifier, byte[] body, double at) {}

    /**
     * Something that was done to a file.
     *
     * @param data what was written; null when it was synced or cut off
     * @param offset where, or the length it was cut to
     */
    private record Step(double at, String kind, String file, byte[] data, long offset) {}

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    @Test
    void everyAnswerThatWasGivenIsThereAfterAPowerCut() throws Exception {
        Path data = Files.createTempDirectory("gateway-power").resolve("data");
        Path trace = Files.createTempDirectory("gateway-trace");
        Map<String, byte[]> before = new HashMap<>();
        Queue<Given> given = new ConcurrentLinkedQueue<>();
        double begun;
        try (GatewayProcess gateway = GatewayProcess.start(
                GatewayProcess.workingDirectory(),
                Map.of("gateway.store.url", "jdbc:sqlite:" + data.resolve("gateway.db")))) {
            assertEquals(200, gateway.partner().event("before").status());
            Process strace = strace(gateway.pid(), trace);
            for (String name : FILES) {
                before.put(name, Files.readAllBytes(data.resolve(name)));
            }
            begun = now();
            call(gateway, given);
            gateway.kill();
            strace.waitFor(20, TimeUnit.SECONDS);
        }
        List<Step> steps = steps(trace);
        assertTrue(steps.stream().anyMatch(step -> step.kind().endsWith("sync")), "nothing was synced");
        double end = given.stream().mapToDouble(Given::at).max().orElseThrow();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int cut = 0; cut < CUTS; cut++) {
            double at = begun + (end - begun) * random.nextDouble();
            Path copy = Files.createTempDirectory("gateway-power").resolve("data");
            Files.createDirectory(copy);
            for (String name : FILES) {
                Files.write(copy.resolve(name), left(before.get(name), name, steps, at, cut % 2 == 0 ? null : random));
            }
            List<Given> known = given.stream().filter(each -> each.at() < at).toList();
            allAreThere(copy, known, "cut " + cut + " of seed " + seed);
        }
    }

    private static void call(GatewayProcess gateway, Queue<Given> given) throws InterruptedException {
        ExecutorService callers = Executors.newFixedThreadPool(4);
        for (int i = 0; i < CALLS; i++) {
            callers.execute(() -> {
                String identifier = UUID.randomUUID().toString();
                Http.Answer answer = gateway.partner().event(identifier);
                if (answer.status() == 200) {
                    given.add(new Given(identifier, answer.body(), now()));
                }
            });
        }
        callers.shutdown();
        assertTrue(callers.awaitTermination(2, TimeUnit.MINUTES));
        assertTrue(given.size() > CALLS / 2, given.size() + " answers");
    }

    private static Process strace(long pid, Path trace) throws IOException {
        Path said = trace.resolve("said");
        Process strace;
        try {
            strace = new ProcessBuilder(
                            "strace",
                            "-ff",
                            "-ttt",
                            "-T",
                            "-y",
                            "-xx",
                            "-s",
                            "100000",
                            "-e",
                            "trace=pwrite64,ftruncate,fsync,fdatasync",
                            "-o",
                            trace.resolve("t").toString(),
                            "-p",
                            "" + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            return skipped(e.getMessage());
        }
        Await.until(() -> read(said), () -> !strace.isAlive() || read(said).contains("attached"));
        return strace.isAlive() ? strace : skipped(read(said));
    }

    private static Process skipped(String why) {
        Printed.line("Skipped: strace may not look at processes here: " + why);
        Assumptions.abort("strace cannot be used");
        return null;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the order in which they were completed. */
    private static List<Step> steps(Path trace) throws IOException {
        List<Step> steps = new ArrayList<>();
        try (Stream<Path> threads = Files.list(trace)) {
            for (Path thread : threads.filter(
                            file -> file.getFileName().toString().startsWith("t."))
                    .toList()) {
                try (BufferedReader lines = Files.newBufferedReader(thread)) {
                    lines.lines().forEach(line -> add(line, steps));
                }
            }
        }
        steps.sort(Comparator.comparingDouble(Step::at));
        return steps;
    }

    private static void add(String line, List<Step> steps) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return;
        }
        String name = text(matcher.group(3)).replaceFirst(".*/", "");
        double at = Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(6));
        switch (matcher.group(2)) {
            case "pwrite64" -> {
                String[] parts = matcher.group(4).split(", ");
                steps.add(new Step(at, "write", name, bytes(parts[0]), Long.parseLong(parts[2])));
            }
            case "ftruncate" -> steps.add(new Step(at, "cut", name, null, Long.parseLong(matcher.group(4))));
            default -> steps.add(new Step(at, "sync", name, null, 0));
        }
    }

    /** A path, which strace spells as it does data. */
    private static String text(String path) {
        return path.startsWith("\\x") ? new String(bytes('"' + path + '"')) : path;
    }

    private static byte[] bytes(String quoted) {
        String hex = quoted.substring(1, quoted.length() - 1).replace("\\x", "");
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex, i * 2, i * 2 + 2, 16);
        }
        return bytes;
    }

    /**
     * What is on the disk of a file.
     *
     * @param chance decides what of the writes since the last sync got there; null = none of them
     */
    private static byte[] left(byte[] before, String name, List<Step> steps, double at, Random chance) {
        List<Step> done = steps.stream()
                .filter(step -> step.file().equals(name) && step.at() <= at)
                .toList();
        int synced = 0;
        for (int i = 0; i < done.size(); i++) {
            synced = done.get(i).kind().equals("sync") ? i : synced;
        }
        byte[] content = before;
        for (int i = 0; i < done.size(); i++) {
            if (i <= synced || chance != null && chance.nextBoolean()) {
                content = apply(content, done.get(i));
            }
        }
        return content;
    }

    private static byte[] apply(byte[] content, Step step) {
        return switch (step.kind()) {
            case "write" -> {
                int end = (int) step.offset() + step.data().length;
                byte[] longer = end > content.length ? Arrays.copyOf(content, end) : content.clone();
                System.arraycopy(step.data(), 0, longer, (int) step.offset(), step.data().length);
                yield longer;
            }
            case "cut" -> Arrays.copyOf(content, (int) step.offset());
            default -> content;
        };
    }

    private static void allAreThere(Path data, List<Given> given, String cut) {
        try (GatewayUnderTest gateway =
                GatewayUnderTest.start(Map.of("gateway.store.url", "jdbc:sqlite:" + data.resolve("gateway.db")))) {
            for (Given each : given) {
                Http.Answer repeat = gateway.partner().event(each.identifier());
                assertEquals(200, repeat.status(), cut);
                assertArrayEquals(each.body(), repeat.body(), cut);
            }
            assertEquals(0, gateway.sandbox().calls("trackEventV2").size(), cut);
            Printed.line(cut + ": " + given.size() + " answers are there");
        }
    }
}
