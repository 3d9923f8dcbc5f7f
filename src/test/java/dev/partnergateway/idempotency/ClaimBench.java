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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
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
    private static final int FILLED_AT_ONCE = 1_000_000;
    private static final long PRUNE_PAUSE_NANOS = 20_000_000L;
    private static final int PAIRS = Integer.getInteger("bench.pairs", 5000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    private static final String STORED = System.getProperty("bench.stored", "1000,100000");
    private static final String STORE = System.getProperty("bench.store");
    private static final int CALLS = Integer.getInteger("bench.calls", 1_000_000);
    private static final int KEPT = Integer.getInteger("bench.kept", 10_000);
    private static final int NANOS = 1000;
    private static final int MILLI = 1_000_000;
    private static final int CLOCK_TICK_MICROS = 10_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String COLUMNS = "INSERT INTO answer (id, slots, bound, deployment, operation, state, origin,"
            + " owner, lease_until, look_at, created, expires, status, content_type, body) ";
    private static final String LIKE_ALL =
            ", NULL, 0, 'bench', 'braze/trackEvent', 'ANSWERED', 'x', 'x', 0, 0, ?, ? + i, 200, 'application/json', ";
    private static final Sql EXPIRED = new Sql(COLUMNS
            + "VALUES (?, NULL, 0, 'bench', 'braze/trackEvent', 'ANSWERED', 'x', 'x', 0, 0, ?, ?, 200,"
            + " 'application/json', ?)");
    private static final String FILL_FILE =
            COLUMNS + "SELECT lower(hex(randomblob(32)))" + LIKE_ALL + "randomblob(" + BYTES
                    + ") FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i FROM n)";
    private static final String FILL_SERVER = COLUMNS + "SELECT encode(sha256(uuid_send(gen_random_uuid())), 'hex')"
            + LIKE_ALL + "decode(repeat('78', " + BYTES + "), 'hex') FROM generate_series(1, ?) AS n(i)";
    private static final Sql BACKENDS = new Sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'");

    private final byte[] body = new byte[BYTES];
    private final Settings settings;
    private Store store;
    private AnswerTable table;
    private final long now = System.currentTimeMillis();

    private ClaimBench(String kind) {
        Arrays.fill(body, (byte) 'x');
        Properties properties = new Properties();
        if (STORE != null) {
            properties.putAll(Map.of("gateway.store.url", STORE, "gateway.store.user", "postgres"));
        } else if (kind.equals("postgres")) {
            properties.putAll(Postgres.newStore());
        } else {
            properties.put("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile());
        }
        properties.put("gateway.store.sync", kind.equals("normal") ? "normal" : "full");
        settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
        open();
    }

    private void open() {
        store = Store.open(settings, new SimpleMeterRegistry());
        table = new AnswerTable(store, new Seal(Optional.empty()));
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
        lot();
        lot();
        for (String text : STORED.split(",")) {
            int goal = Integer.parseInt(text);
            fill(goal);
            lot();
            for (int round = 0; round < ROUNDS; round++) {
                System.out.printf("%d stored: %s%n", goal, lot());
            }
            expire(PAIRS * 4);
            Thread pruning = new Thread(() -> prune(PRUNE_PAUSE_NANOS), "prune");
            pruning.start();
            System.out.printf(
                    "%d stored, %d pruned meanwhile: %s%n", goal, PAIRS * 4, pairs(PAIRS, Duration.ofDays(1)));
            join(pruning);
        }
        size();
    }

    /** Leaves nothing behind. */
    private String lot() {
        String cost = pairs(PAIRS, Duration.ZERO);
        prune(0);
        return cost;
    }

    private void prune(long pauseNanos) {
        while (table.prune(Duration.ofDays(1), 100) == 100) {
            LockSupport.parkNanos(pauseNanos);
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
        for (int done = 0; done < CALLS - KEPT; done += BATCH) {
            pairs(Math.min(BATCH, CALLS - KEPT - done), Duration.ZERO);
            prune(0);
        }
        pairs(KEPT, Duration.ofDays(400));
        size();
    }

    /** So fast because nobody else is there and it may be lost. */
    private void fill(int goal) {
        long missing = goal
                - store.query(row -> row.getLong(1), new Sql("SELECT COUNT(*) FROM answer"))
                        .get(0);
        boolean embedded = store.embedded();
        store.close();
        try (Connection connection =
                        DriverManager.getConnection(settings.storeUrl(), embedded ? "" : settings.storeUser(), "");
                Statement how = connection.createStatement();
                PreparedStatement statement = connection.prepareStatement(embedded ? FILL_FILE : FILL_SERVER)) {
            if (embedded) {
                how.execute("PRAGMA synchronous = OFF");
                how.execute("PRAGMA cache_size = -3000000");
            }
            for (; missing > 0; missing -= FILLED_AT_ONCE) {
                statement.setLong(1, now);
                statement.setLong(2, now + Duration.ofDays(400).toMillis());
                statement.setLong(3, Math.min(missing, FILLED_AT_ONCE));
                statement.executeUpdate();
            }
            if (!embedded) {
                how.execute("VACUUM ANALYZE answer");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        open();
    }

    private void expire(int count) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Object[] {tuple(Duration.ZERO).key(), now, now - 1, body});
        }
        store.updateAll(EXPIRED, rows);
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
            boolean mine = table.insert(tuple, "bench", "braze/trackEvent", "origin", owner, Duration.ofSeconds(10))
                    && table.answer(tuple.key(), owner, 200, "application/json", body, null, null);
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
            if (Set.of("main", "store writer", "store checkpoint").contains(name)) {
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
            Path file = Path.of(settings.storeUrl().substring("jdbc:sqlite:".length()));
            try (Stream<Path> files = Files.list(file.getParent())) {
                files.filter(each -> each.getFileName().toString().startsWith(file.getFileName() + ""))
                        .forEach(each -> System.out.printf(
                                "%s: %,d bytes%n",
                                each.getFileName(), each.toFile().length()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
