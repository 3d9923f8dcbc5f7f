package dev.partnergateway.store;

import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A store in an SQLite file: one connection writes for all, others read beside it. */
final class EmbeddedStore extends Store {

    private static final Map<String, String> SPELLING =
            Map.of("bytes", "BLOB", "binary", "", "counted", "INTEGER PRIMARY KEY AUTOINCREMENT");

    private final StoreFile file;
    private final Writer writer;
    private final Readers readers;

    EmbeddedStore(Settings settings, MeterRegistry meters) {
        file = new StoreFile(settings.storeUrl(), settings.storeSync());
        file.take();
        try {
            Flyway.configure()
                    .dataSource(new Connections())
                    .locations("classpath:db/schema")
                    .placeholders(SPELLING)
                    .load()
                    .migrate();
            readers = new Readers(file);
            writer = new Writer(file, readers::renew);
        } catch (SQLException | FlywayException e) {
            file.close();
            throw new IllegalStateException("The store " + file.path() + " cannot be used" + why(e), e);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
        Gauge.builder("gateway.store.waiting", this, store -> store.writer.waiting() + store.readers.waiting())
                .description("Statements that wait for their turn at the store")
                .register(meters);
    }

    private String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException embedded) {
                return ", because " + reason(embedded);
            }
        }
        return "";
    }

    @Override
    public boolean embedded() {
        return true;
    }

    @Override
    public int update(Sql sql, Object... parameters) {
        return updateAll(sql, List.<Object[]>of(parameters))[0];
    }

    @Override
    public int[] updateAll(Sql sql, List<Object[]> rows) {
        try {
            return writer.write(sql.onSqlite(), rows);
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    @Override
    public <T> List<T> query(RowMapper<T> mapper, Sql sql, Object... parameters) {
        try {
            return readers.read(mapper, sql.onSqlite(), parameters);
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    @Override
    String reason(SQLException failure) {
        SQLiteErrorCode code =
                failure instanceof SQLiteException embedded ? embedded.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        // The low byte is the kind of an error, the rest its detail.
        return switch (code.code & 0xff) {
            case 13 -> "the disk of " + file.path() + " is full: make room there";
            case 11, 26 ->
                file.path() + " is damaged: stop the gateway, keep the file, and put a backup in its place or"
                        + " recover what can be read (docs/operations.md, A damaged file)";
            case 5, 6 -> "another program holds " + file.path() + " (" + code.name() + ")";
            case 8, 10, 14 ->
                file.path() + " cannot be written: is its disk there, and writable? (" + code.name() + ")";
            default -> failure.getMessage();
        };
    }

    @Override
    public void close() {
        writer.close();
        readers.close();
        file.close();
    }

    /** For Flyway, which wants connections of its own. */
    private final class Connections implements DataSource {

        @Override
        public Connection getConnection() throws SQLException {
            return file.connect();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {
            // Nothing is written there.
        }

        @Override
        public void setLoginTimeout(int seconds) {
            // A file is opened at once.
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("there is nothing inside");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
