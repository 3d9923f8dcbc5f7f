package dev.partnergateway.idempotency;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What a claim and its answer cost the store, without a gateway around it. First argument: {@code full}, {@code normal} or
 * {@code postgres}; second: {@code pairs} (the default: cost, time and longest stall beside ever more stored answers, while
 * others are pruned) or {@code disk} (what is left on the disk of many calls of which few are kept). See bench/README.md.
 */
final class ClaimBench {

    private static final int BYTES = 600;
    private static final int BATCH = 5000;
    private static final long PRUNE_PAUSE_NANOS = 20_000_000L;
    private static final int PAIRS = Integer.getInteger("bench.pairs", 5000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    private static final String STORED = System.getProperty("bench.stored", "1000,100000");
    private static final int CALLS = Integer.getInteger("bench.calls", 1_000_000);
    private static final int KEPT = Integer.getInteger("bench.kept", 10_000);
    private static final int NANOS = 1000;
    private static final int MILLI = 1_000_000;
    private static final int CLOCK_TICK_MICROS = 10_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Sql FILL = new Sql("INSERT INTO answer (id, slots, bound, deployment, operation, state, owner,"
            + " lease_until, created, expires, status, content_type, body)"
            + " VALUES (?, NULL, 0, 'bench', 'braze/trackEvent', 'DONE', 'x', 0, ?, ?, 200, 'application/json', ?)");
    private static final Sql BACKENDS = new Sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'");

    private final byte[] body = new byte[BYTES];
    private final Path file = GatewayUnderTest.storeFile();
    private final Store store;
    private final AnswerTable table;
    private long now = System.currentTimeMillis();

    private ClaimBench(String kind) {
        Arrays.fill(body, (byte) 'x');
        Properties settings = new Properties();
        settings.putAll(
                kind.equals("postgres")
                        ? Postgres.newStore()
                        : Map.of("gateway.store.url", "jdbc:sqlite:" + file, "gateway.store.sync", kind));
        store = Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), settings), new SimpleMeterRegistry());
        table = new AnswerTable(store, new Seal(Optional.empty()), () -> now);
    }

    public static void main(String[] arguments) {
        ClaimBench bench = new ClaimBench(arguments[0]);
        if (arguments.length > 1 && arguments[1].equals("disk")) {
            bench.disk();
        } else {
            bench.growth();
        }
        bench.store.close();
    }

    private void growth() {
        pairs(PAIRS, Duration.ofDays(1));
        int stored = 0;
        for (String text : STORED.split(",")) {
            int goal = Integer.parseInt(text);
            fill(goal - stored);
            stored = goal;
            pairs(PAIRS, Duration.ofDays(1));
            for (int round = 0; round < ROUNDS; round++) {
                System.out.printf("%d stored: %s%n", goal, pairs(PAIRS, Duration.ofDays(1)));
            }
            expire(PAIRS * 4);
            Thread pruning = new Thread(this::prune, "prune");
            pruning.start();
            System.out.printf(
                    "%d stored, %d pruned meanwhile: %s%n", goal, PAIRS * 4, pairs(PAIRS, Duration.ofDays(1)));
            join(pruning);
        }
        size();
    }

    private void prune() {
        while (table.prune(now, 0, 100) == 100) {
            LockSupport.parkNanos(PRUNE_PAUSE_NANOS);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void disk() {
        Duration window = Duration.ofMinutes(15);
        for (int done = 0; done < CALLS - KEPT; done += BATCH) {
            pairs(Math.min(BATCH, CALLS - KEPT - done), window);
            now += window.toMillis();
            prune();
        }
        pairs(KEPT, Duration.ofDays(400));
        size();
    }

    private void fill(int count) {
        for (int added = 0; added < count; added += BATCH) {
            add(Math.min(BATCH, count - added), Duration.ofDays(400));
        }
    }

    private void expire(int count) {
        add(count, Duration.ofDays(-1));
    }

    private void add(int count, Duration expires) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Object[] {tuple(expires).key(), now, now + expires.toMillis(), body});
        }
        store.updateAll(FILL, rows);
    }

    private static KeyTuple tuple(Duration window) {
        return KeyTuple.ofItsOwn(window);
    }

    private String pairs(int count, Duration window) {
        long[] times = new long[count];
        Map<Long, Long> before = cpu();
        long serverBefore = serverMicros();
        for (int i = 0; i < count; i++) {
            KeyTuple tuple = tuple(window);
            String owner = tuple.key().substring(0, 36);
            long begun = System.nanoTime();
            boolean mine = table.insert(tuple, "bench", "braze/trackEvent", owner, now, now + 10_000)
                    && table.done(tuple.key(), owner, 200, "application/json", body, null, null);
            times[i] = System.nanoTime() - begun;
            if (!mine) {
                throw new IllegalStateException("not stored");
            }
        }
        long used = 0;
        for (Map.Entry<Long, Long> thread : cpu().entrySet()) {
            used += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        long server = serverMicros() - serverBefore;
        Arrays.sort(times);
        return String.format(
                "%.0f us CPU a pair, %d of the server; %.2f ms median, %.2f p99, %.1f longest",
                used / (double) NANOS / count,
                server / count,
                times[count / 2] / (double) MILLI,
                times[count * 99 / 100] / (double) MILLI,
                times[count - 1] / (double) MILLI);
    }

    /** Of the threads that do it; the compiler and the collector are not among them. */
    private static Map<Long, Long> cpu() {
        Map<Long, Long> used = new HashMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            String name = THREADS.getThreadInfo(id) == null
                    ? ""
                    : THREADS.getThreadInfo(id).getThreadName();
            if (Set.of("main", "store writer").contains(name)) {
                used.put(id, THREADS.getThreadCpuTime(id));
            }
        }
        return used;
    }

    private long serverMicros() {
        if (store.embedded()) {
            return 0;
        }
        return store.query(row -> row.getLong(1), BACKENDS).stream()
                .mapToLong(ClaimBench::processMicros)
                .sum();
    }

    private static long processMicros(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * CLOCK_TICK_MICROS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void size() {
        if (store.embedded()) {
            try (Stream<Path> files = Files.list(file.getParent())) {
                files.filter(each -> each.getFileName().toString().startsWith("gateway.db"))
                        .forEach(each -> System.out.printf(
                                "%s: %,d bytes%n",
                                each.getFileName(), each.toFile().length()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
