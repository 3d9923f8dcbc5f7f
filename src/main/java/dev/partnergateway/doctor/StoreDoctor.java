package dev.partnergateway.doctor;

import dev.partnergateway.doctor.Finding.Result;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Consumer;

/** Looks at the store, and writes nothing there. */
final class StoreDoctor {

    private static final String EMBEDDED = "jdbc:sqlite:";
    private static final long LITTLE = 1L << 30;
    private static final double WRONG_SECONDS = 30;

    private final Settings settings;
    private final Consumer<Finding> found;

    StoreDoctor(Settings settings, Consumer<Finding> found) {
        this.settings = settings;
        this.found = found;
    }

    private void found(String what, Result result, String sentence) {
        found.accept(new Finding("store", what, result, sentence));
    }

    void look() {
        if (settings.storeUrl().startsWith(EMBEDDED)) {
            embedded(Path.of(settings.storeUrl().substring(EMBEDDED.length()).replaceFirst("\\?.*", "")));
        } else {
            server();
        }
    }

    // --- SQLite -----------------------------------------------------------------------------------------------------

    private void embedded(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        Path there = folder;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null || !Files.isWritable(there) || Files.exists(file) && !Files.isWritable(file)) {
            found(
                    "file",
                    Result.FAILED,
                    file + " cannot be written by this user: give it the folder " + (there == null ? folder : there));
            return;
        }
        room(there);
        if (!Files.exists(file)) {
            found("file", Result.OK, file + " is not there yet: the first start makes it");
            return;
        }
        Properties readOnly = new Properties();
        readOnly.setProperty("open_mode", "1");
        try (Connection connection = DriverManager.getConnection(EMBEDDED + file, readOnly)) {
            String sound = one(connection, "PRAGMA quick_check(1)");
            found(
                    "file",
                    sound.equals("ok") ? Result.OK : Result.FAILED,
                    sound.equals("ok")
                            ? file + " is whole, schema " + schema(connection)
                            : file + " is damaged: " + sound + "; put the last backup in its place");
        } catch (SQLException e) {
            found("file", Result.FAILED, file + " cannot be read: " + e.getMessage());
        }
    }

    private void room(Path folder) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            found(
                    "room",
                    free < LITTLE ? Result.WARNING : Result.OK,
                    (free >> 20) + " MiB are free" + (free < LITTLE ? ": calls fail when the disk is full" : ""));
        } catch (IOException e) {
            found("room", Result.WARNING, "free space cannot be told: " + e.getMessage());
        }
    }

    // --- PostgreSQL -------------------------------------------------------------------------------------------------

    private void server() {
        Properties properties = new Properties();
        properties.setProperty("user", settings.storeUser());
        properties.setProperty(
                "password", settings.storePassword().map(Secret::value).orElse(""));
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "10");
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("logServerErrorDetail", "false");
        try (Connection connection = DriverManager.getConnection(settings.storeUrl(), properties)) {
            found("connection", Result.OK, one(connection, "SELECT split_part(version(), ',', 1)"));
            writes(connection);
            rights(connection);
            connections(connection);
            double there = Double.parseDouble(one(connection, "SELECT extract(epoch FROM clock_timestamp())"));
            double apart = there - System.currentTimeMillis() / 1000.0;
            found(
                    "clock",
                    Math.abs(apart) > WRONG_SECONDS ? Result.WARNING : Result.OK,
                    Math.abs(apart) > WRONG_SECONDS
                            ? "its clock differs by " + Math.round(apart) + " s from this machine's"
                            : "as here, to " + (Math.round(Math.abs(apart)) + 1) + " s");
        } catch (SQLException e) {
            found("connection", Result.FAILED, "gateway.store.url cannot be used: " + e.getMessage());
        }
    }

    private void writes(Connection connection) throws SQLException {
        boolean standby = one(connection, "SELECT pg_is_in_recovery()").startsWith("t");
        boolean refused = one(connection, "SHOW default_transaction_read_only").equals("on");
        found(
                "writes",
                standby || refused ? Result.FAILED : Result.OK,
                standby
                        ? "this is a standby: name all servers in gateway.store.url, the gateway finds the primary"
                        : refused ? "it takes no writes: default_transaction_read_only is on" : "it takes writes");
    }

    private void rights(Connection connection) throws SQLException {
        String schema = one(connection, "SELECT current_schema()");
        boolean there = one(connection, "SELECT to_regclass('flyway_schema_history') IS NOT NULL")
                .startsWith("t");
        boolean creates = !schema.isEmpty()
                && one(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')")
                        .startsWith("t");
        if (schema.isEmpty() || !there && !creates) {
            found(
                    "schema",
                    Result.FAILED,
                    "the user " + settings.storeUser() + " may make no tables"
                            + (schema.isEmpty() ? "; it has no schema" : " in the schema " + schema)
                            + ": GRANT CREATE ON SCHEMA");
        } else if (!there) {
            found("schema", Result.OK, "there are no tables yet in " + schema + ": the first start makes them");
        } else {
            found(
                    "schema",
                    creates ? Result.OK : Result.WARNING,
                    schema + ", version " + schema(connection)
                            + (creates ? "" : "; the user may make no tables, which a newer gateway may need"));
        }
    }

    private void connections(Connection connection) throws SQLException {
        int most = Integer.parseInt(one(connection, "SHOW max_connections"));
        boolean enough = most >= settings.storeConnections();
        found(
                "connections",
                enough ? Result.OK : Result.WARNING,
                "this gateway takes up to " + settings.storeConnections() + " of " + most
                        + (enough ? "" : ": lower gateway.store.connections"));
    }

    private static String schema(Connection connection) {
        try {
            return one(
                    connection,
                    "SELECT version FROM flyway_schema_history WHERE success = true ORDER BY installed_rank DESC LIMIT 1");
        } catch (SQLException e) {
            return "unknown";
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            String value = result.next() ? result.getString(1) : null;
            return value == null ? "" : value;
        }
    }
}
