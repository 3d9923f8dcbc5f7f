package dev.partnergateway.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Each statement of the gateway goes to the rows that it is about, by an index, however many others there are: both databases
 * are asked how they carry it out beside twenty thousand rows.
 */
@BesideOthers
class PlansTest {

    private static final int ROWS = 20_000;
    private static final long NOW = System.currentTimeMillis();

    /** A count of what is rare or too many to count further. */
    private static final Pattern BOUNDED = Pattern.compile("FROM \\(SELECT 1 FROM .* LIMIT [0-9]+\\)");

    private static final Pattern ON_SQLITE =
            Pattern.compile("SCAN (?!CONSTANT ROW)(\\w+)(?: USING (?:COVERING )?INDEX (\\w+))?.*");
    private static final Pattern ON_POSTGRES = Pattern.compile(
            "\\s*(?:->)?\\s*(Seq Scan|Index (?:Only )?Scan using (\\w+)|Bitmap Index Scan) on (\\w+).*");

    private static final JavaClasses GATEWAY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.partnergateway");

    /** By the name of its constant. */
    private static Map<String, Sql> statements() throws ReflectiveOperationException {
        Map<String, Sql> found = new TreeMap<>();
        for (com.tngtech.archunit.core.domain.JavaClass owner : GATEWAY) {
            for (JavaField constant : owner.getFields()) {
                if (constant.getRawType().isEquivalentTo(Sql.class)) {
                    Field field = constant.reflect();
                    field.setAccessible(true);
                    found.put(owner.getSimpleName() + '.' + constant.getName(), (Sql) field.get(null));
                }
            }
        }
        assertTrue(found.size() > 40, found.keySet().toString());
        return found;
    }

    @Test
    void everyStatementIsAConstant() {
        noClasses()
                .should()
                .callConstructorWhere(
                        new DescribedPredicate<JavaCall<?>>("of a statement outside of a constant") {
                            @Override
                            public boolean test(JavaCall<?> call) {
                                return call.getTargetOwner().isEquivalentTo(Sql.class)
                                        && !call.getOrigin().getName().equals("<clinit>");
                            }
                        }.forSubtype())
                .check(GATEWAY);
    }

    @Test
    void sqliteScansNoTable() throws Exception {
        Path file = GatewayUnderTest.storeFile();
        String url = "jdbc:sqlite:" + file;
        open(Map.of("gateway.store.url", url));
        try (Connection connection = DriverManager.getConnection(url)) {
            fill(connection);
            Set<String> partial =
                    names(connection, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'");
            Map<String, String> scans = new TreeMap<>();
            for (Map.Entry<String, Sql> statement : statements().entrySet()) {
                String sql = statement.getValue().onSqlite();
                try (PreparedStatement plan = connection.prepareStatement("EXPLAIN QUERY PLAN " + sql);
                        ResultSet steps = plan.executeQuery()) {
                    while (steps.next()) {
                        Matcher scan = ON_SQLITE.matcher(steps.getString("detail"));
                        if (scan.matches() && !partial.contains(scan.group(2)) && !allowed(sql, scan.group(1))) {
                            scans.put(statement.getKey(), steps.getString("detail"));
                        }
                    }
                }
            }
            assertEquals(Map.of(), scans);
        }
    }

    @Test
    void postgresScansNoTable() throws Exception {
        Map<String, String> settings = Postgres.newStore();
        open(settings);
        try (Connection connection = DriverManager.getConnection(
                settings.get("gateway.store.url"), settings.get("gateway.store.user"), "")) {
            fill(connection);
            try (Statement analyze = connection.createStatement()) {
                analyze.execute("ANALYZE");
            }
            Set<String> partial = names(connection, "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '% WHERE %'");
            Map<String, String> scans = new TreeMap<>();
            for (Map.Entry<String, Sql> statement : statements().entrySet()) {
                String sql = statement.getValue().onPostgres();
                List<String> plan = planOnPostgres(connection, sql);
                for (int i = 0; i < plan.size(); i++) {
                    Matcher scan = ON_POSTGRES.matcher(plan.get(i));
                    boolean narrowed = i + 1 < plan.size() && plan.get(i + 1).contains("Index Cond");
                    if (scan.matches()
                            && !narrowed
                            && !partial.contains(scan.group(2))
                            && !partial.contains(scan.group(3))
                            && !allowed(sql, scan.group(3))) {
                        scans.put(statement.getKey(), String.join("\n", plan));
                    }
                }
            }
            assertEquals(Map.of(), scans);
        }
    }

    private static boolean allowed(String sql, String table) {
        // The key that was made has a table of one row.
        return BOUNDED.matcher(sql).find()
                || Set.of("counted", "ordered", "made_key").contains(table);
    }

    private static List<String> planOnPostgres(Connection connection, String sql) throws SQLException {
        List<String> plan = new ArrayList<>();
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            ParameterMetaData types = explain.getParameterMetaData();
            List<Boolean> limits = limits(sql);
            for (int i = 1; i <= types.getParameterCount(); i++) {
                switch (types.getParameterType(i)) {
                    case Types.BIGINT -> explain.setLong(i, limits.get(i - 1) ? 100 : NOW);
                    case Types.INTEGER -> explain.setInt(i, 3);
                    case Types.BINARY -> explain.setBytes(i, new byte[] {1});
                    default -> explain.setString(i, "d");
                }
            }
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.add(lines.getString(1));
                }
            }
        }
        return plan;
    }

    private static List<Boolean> limits(String sql) {
        List<Boolean> limits = new ArrayList<>();
        for (int at = sql.indexOf('?'); at >= 0; at = sql.indexOf('?', at + 1)) {
            limits.add(sql.substring(0, at).endsWith("LIMIT "));
        }
        return limits;
    }

    private static void open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        Store.open(Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry())
                .close();
    }

    private static Set<String> names(Connection connection, String sql) throws SQLException {
        Map<String, Boolean> names = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                names.put(rows.getString(1), true);
            }
        }
        assertTrue(names.size() > 4, names.toString());
        return names.keySet();
    }

    /** Nearly all answered, of one deployment, with unfinished, parked and overdue ones among them. */
    private static void fill(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        insert(
                connection,
                "answer (id, slots, bound, deployment, operation, state, origin, owner, lease_until, created,"
                        + " expires, look_at, sent, request, outcome, result, made, campaign, party, home, ready_at,"
                        + " reason, parked_from, status, content_type, body)",
                PlansTest::answer);
        insert(connection, "history (answer_id, at, event)", i -> new Object[] {"id-" + i, NOW, "event"});
        insert(connection, "principal (deployment, key_hash, principal)", i -> new Object[] {"d", "key-" + i, "p"});
        insert(connection, "audience (id, deployment, audience_id)", i -> new Object[] {"id-" + i, "d", (long) i});
        fillWithWhatWaits(connection);
        insert(connection, "allowance (endpoint, number, taken_at, counts_until)", i ->
                new Object[] {"endpoint-" + i / 3, i % 3, NOW, NOW});
        insert(connection, "lease (id, holder, ends_at)", i -> new Object[] {"id-" + i, "g", NOW - 60_000 + i * 100L});
        insert(
                connection,
                "seen (request_id, callers_id, at, integration, operation, deployment, status, millis, application,"
                        + " key_hash, claim, life)",
                i -> new Object[] {
                    "id-" + i,
                    i % 10 == 0 ? "own-" + i : null,
                    NOW - 600_000_000L + i * 6000L,
                    "i",
                    "o",
                    "d",
                    504,
                    1800,
                    1L,
                    "key",
                    i % 2 == 0 ? "claim-" + i : null,
                    new byte[100]
                });
        insert(connection, "seen_value (hash, request_id)", i -> new Object[] {"hash-" + i % 50_000, "id-" + i});
        insert(connection, "drawn (name, content)", i -> new Object[] {"name-" + i, new byte[16]});
        insert(connection, "decision (at, who, why, decision, about)", i ->
                new Object[] {NOW, "who", "why", "parked/free", "id-" + i});
        insert(connection, "pulse (gateway, at)", i -> new Object[] {"id-" + i, NOW - 600_000 + i * 100L});
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static Object[] answer(int i) {
        String state =
                switch (i % 1000) {
                    case 0 -> "SENT";
                    case 1 -> "CLAIMED";
                    case 2 -> "READY";
                    case 3 -> "SETTLED";
                    case 4 -> "PARKED";
                    default -> "ANSWERED";
                };
        boolean sent = state.equals("SENT") || state.equals("PARKED");
        boolean ready = state.equals("READY");
        boolean answered = state.equals("ANSWERED");
        return new Object[] {
            "id-" + i,
            i % 2 == 0 ? "slots-" + i : null,
            i % 2,
            "d",
            "o",
            state,
            "origin",
            "owner",
            answered ? 0L : NOW - i,
            NOW - i,
            NOW - 1000 + i * 1000L,
            NOW - i,
            sent ? NOW - i : null,
            sent || ready ? new byte[100] : null,
            state.equals("SETTLED") ? new byte[100] : null,
            answered ? "o:" + i : null,
            answered ? "o:" + i : null,
            ready ? "c" : null,
            ready ? "p" : null,
            ready || state.equals("SETTLED") ? "g" : null,
            ready ? NOW - i : null,
            state.equals("PARKED") ? "unknown" : null,
            state.equals("PARKED") ? "SENT" : null,
            answered ? 200 : null,
            answered ? "application/json" : null,
            answered ? new byte[100] : null
        };
    }

    /** Callbacks and queued calls. */
    private static void fillWithWhatWaits(Connection connection) throws SQLException {
        insert(
                connection,
                "callback (id, deployment, receiver, created, due, tries, state, reason, content)",
                i -> new Object[] {
                    "id-" + i,
                    "d",
                    "https://receiver-" + i % 50,
                    NOW,
                    NOW - 1000 + i * 100L,
                    1,
                    i % 500 == 0 ? "GIVEN_UP" : "DUE",
                    "",
                    new byte[100]
                });
        insert(connection, "lane (id, topic, base, done, epoch, busy_until)", i ->
                new Object[] {"lane-" + i, "topic", 0L, (long) i, 1L, 0L});
        // One line of ten thousand, and most of the others carried out.
        insert(
                connection,
                "letter (id, lane, place, line, operation, deployment, state, at, accepted, due, tries, rounds,"
                        + " refused_since, reason, unknown, renewed, content)",
                i -> {
                    String state = i < 10_000
                            ? i == 0 ? "NEXT" : "BEHIND"
                            : i % 20 == 0 ? "NEXT" : i % 500 == 1 ? "DEAD" : i % 1000 == 2 ? "RECALLED" : "DONE";
                    return new Object[] {
                        "id-" + i,
                        "lane-" + i % 24,
                        (long) i,
                        i < 10_000 ? "line" : "line-" + i,
                        "o",
                        "d",
                        state,
                        NOW - i,
                        NOW - i,
                        NOW - 1000 + i * 100L,
                        0,
                        0,
                        0L,
                        "",
                        0,
                        0,
                        state.equals("DONE") ? null : new byte[100]
                    };
                });
    }

    private static void insert(Connection connection, String columns, java.util.function.IntFunction<Object[]> row)
            throws SQLException {
        String marks =
                "?" + ", ?".repeat((int) columns.chars().filter(c -> c == ',').count());
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + columns + " VALUES (" + marks + ")")) {
            for (int i = 0; i < ROWS; i++) {
                Object[] values = row.apply(i);
                for (int j = 0; j < values.length; j++) {
                    insert.setObject(j + 1, values[j]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
