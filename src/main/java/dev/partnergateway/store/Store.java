package dev.partnergateway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;

/**
 * The gateway's memory: one JDBC database, embedded H2 or PostgreSQL, chosen by {@code gateway.store.url} alone. All SQL
 * is plain and the same for both (design rule 6).
 */
public final class Store implements AutoCloseable {

    /** The database's clock in SQL, in milliseconds since 1970 UTC: the one clock that several gateways share. */
    public static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";

    private static final String H2 = "jdbc:h2:";

    /** Makes H2 understand PostgreSQL's words; the writer's delay would lose answers that were already given. */
    private static final String H2_OPTIONS =
            ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";

    /** A statement takes milliseconds; a database that is silent for so long has gone without closing its connections. */
    private static final String LONGEST_SILENCE_SECONDS = "30";

    private final HikariDataSource dataSource;
    private final Optional<Secret> password;

    /** Null = the database commits side by side. */
    private final SharedCommits commits;

    private Store(HikariDataSource dataSource, boolean embedded, Optional<Secret> password) {
        this.dataSource = dataSource;
        this.password = password;
        this.commits = embedded ? new SharedCommits(dataSource) : null;
    }

    /**
     * Connects and brings the schema up to date.
     *
     * @param meters where use and shortage of connections are shown
     * @throws IllegalStateException when the database cannot be reached for 10 seconds
     * @throws RuntimeException when it cannot be migrated
     */
    public static Store open(Settings settings, MeterRegistry meters) {
        HikariConfig config = config(settings, meters);
        HikariDataSource dataSource;
        try {
            dataSource = new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new IllegalStateException("The database of gateway.store.url cannot be used", e);
        }
        // Not through the pool: a migration may take longer than any statement of a call.
        Flyway.configure()
                .dataSource(config.getJdbcUrl(), config.getUsername(), config.getPassword())
                .locations("classpath:db/migration")
                .load()
                .migrate();
        return new Store(dataSource, embedded(settings), settings.storePassword());
    }

    private static boolean embedded(Settings settings) {
        return settings.storeUrl().startsWith(H2);
    }

    static HikariConfig config(Settings settings, MeterRegistry meters) {
        boolean embedded = embedded(settings);
        HikariConfig config = new HikariConfig();
        config.setPoolName("store");
        config.setJdbcUrl(embedded ? settings.storeUrl() + H2_OPTIONS : settings.storeUrl());
        config.setUsername(embedded && settings.storeUser().isEmpty() ? "gateway" : settings.storeUser());
        config.setPassword(settings.storePassword().map(Secret::value).orElse(""));
        config.setMaximumPoolSize(settings.storeConnections());
        config.setMetricRegistry(meters);
        config.setConnectionTimeout(2000);
        config.setInitializationFailTimeout(10_000);
        if (!embedded) {
            // What the operator writes in the address counts more.
            config.addDataSourceProperty("socketTimeout", LONGEST_SILENCE_SECONDS);
            config.addDataSourceProperty("tcpKeepAlive", "true");
        }
        return config;
    }

    /** A password that was renewed in its file is used for connections from now on; those that are open stay. */
    private Connection connection() throws SQLException {
        password.map(Secret::value)
                .filter(value -> !value.equals(dataSource.getPassword()))
                .ifPresent(dataSource.getHikariConfigMXBean()::setPassword);
        return dataSource.getConnection();
    }

    /** Whether only this process can use the database. */
    public boolean embedded() {
        return commits != null;
    }

    /**
     * Runs one statement, committed when it returns.
     *
     * @return number of rows changed
     * @throws StoreException when the database does not do it
     */
    public int update(String sql, Object... parameters) {
        if (commits != null) {
            return updateAll(sql, List.<Object[]>of(parameters))[0];
        }
        try (Connection connection = connection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /**
     * Runs one statement many times in one transaction: all of it is committed, or nothing.
     *
     * @param rows the parameters of each run
     * @return number of rows changed by each run
     * @throws StoreException when the database does not do it
     */
    public int[] updateAll(String sql, List<Object[]> rows) {
        if (commits != null) {
            try {
                return commits.write(sql, rows);
            } catch (SQLException e) {
                throw new StoreException(e);
            }
        }
        try (Connection connection = connection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            try {
                for (Object[] parameters : rows) {
                    set(statement, parameters);
                    statement.addBatch();
                }
                int[] changed = statement.executeBatch();
                connection.commit();
                return changed;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /**
     * Reads rows.
     *
     * @throws StoreException when the database does not do it
     */
    public <T> List<T> query(RowMapper<T> mapper, String sql, Object... parameters) {
        try (Connection connection = connection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(mapper.map(result));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    static void set(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    /** Whether a call could be written down now; answers within about 2 seconds, whatever the database does. */
    public boolean writable() {
        try (Connection connection = connection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (commits != null) {
            commits.close();
        }
        dataSource.close();
    }

    /** Makes an object of a row. */
    @FunctionalInterface
    public interface RowMapper<T> {
        /**
         * Reads the current row.
         *
         * @throws SQLException when a column is not there
         */
        T map(ResultSet row) throws SQLException;
    }
}
