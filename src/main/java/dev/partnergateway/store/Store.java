package dev.partnergateway.store;

import dev.partnergateway.life.Fatal;
import dev.partnergateway.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's memory: one JDBC database, an embedded SQLite file or PostgreSQL, chosen by {@code gateway.store.url} alone.
 * All SQL is plain and the same for both.
 */
public abstract class Store implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Looks at the table of answers, too: who locks that keeps calls waiting. */
    private static final Sql PULSE = new Sql("INSERT INTO pulse (gateway, at) SELECT ?, " + Sql.NOW
            + " WHERE NOT EXISTS (SELECT 1 FROM answer WHERE id = '') ON CONFLICT (gateway) DO UPDATE SET at = "
            + Sql.NOW);

    private static final Sql PRUNE = new Sql("DELETE FROM pulse WHERE at < " + Sql.NOW + " - 600000");

    private final String gateway = UUID.randomUUID().toString();
    private final AtomicReference<CompletableFuture<String>> asking = new AtomicReference<>();

    /** Null = it works. */
    private final AtomicReference<String> trouble = new AtomicReference<>();

    /**
     * Opens the database and brings the schema up to date.
     *
     * @param meters where use and shortage are shown
     * @throws IllegalStateException with a sentence for the operator, when it cannot be used
     * @throws RuntimeException when it cannot be migrated
     */
    public static Store open(Settings settings, MeterRegistry meters) {
        return settings.storeUrl().startsWith(StoreFile.URL)
                ? new EmbeddedStore(settings, meters)
                : new ServerStore(settings, meters);
    }

    /** Whether only this process can use the database. */
    public abstract boolean embedded();

    /**
     * Runs one statement, committed when it returns.
     *
     * @return number of rows changed
     * @throws StoreException when the database does not do it
     */
    public abstract int update(Sql sql, Object... parameters);

    /**
     * Runs one statement many times in one transaction: all of it is committed, or nothing.
     *
     * @param rows the parameters of each run
     * @return number of rows changed by each run
     * @throws StoreException when the database does not do it
     */
    public abstract int[] updateAll(Sql sql, List<Object[]> rows);

    /**
     * Reads rows.
     *
     * @throws StoreException when the database does not do it
     */
    public abstract <T> List<T> query(RowMapper<T> mapper, Sql sql, Object... parameters);

    /** What keeps it from being written, as a sentence for the operator. */
    abstract String reason(SQLException failure);

    /**
     * Whether a call could be written down now: writes a row. Answers within about 2 seconds, whatever the database does;
     * who asks while another one does gets the same answer.
     */
    public boolean writable() {
        CompletableFuture<String> mine = new CompletableFuture<>();
        CompletableFuture<String> running = asking.compareAndExchange(null, mine);
        if (running == null) {
            Thread asks = new Thread(() -> ask(mine), "store pulse");
            asks.setDaemon(true);
            asks.start();
        }
        String found;
        try {
            found = (running == null ? mine : running).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            found = "it does not answer within " + PATIENCE.toSeconds() + " seconds";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        tell(found);
        return found == null;
    }

    private void ask(CompletableFuture<String> answer) {
        String found = null;
        try {
            update(PULSE, gateway);
        } catch (StoreException e) {
            found = reason(e.failure());
        } catch (RuntimeException | Error e) {
            Fatal.look(e);
            found = e.toString();
        }
        asking.set(null);
        answer.complete(found);
    }

    /** Says so once when it begins and once when it ends. */
    private void tell(String found) {
        String before = trouble.getAndSet(found);
        if (found != null && !found.equals(before)) {
            LOG.error("Calls cannot be written down and are answered 503: {}", found);
        } else if (found == null && before != null) {
            LOG.info("Calls can be written down again");
        }
    }

    /** Forgets gateways that are gone. */
    public void prune() {
        update(PRUNE);
    }

    static void set(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    static <T> List<T> read(PreparedStatement statement, RowMapper<T> mapper, Object... parameters)
            throws SQLException {
        set(statement, parameters);
        List<T> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(mapper.map(result));
            }
        }
        return rows;
    }

    @Override
    public abstract void close();

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
