package dev.partnergateway.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A real store whose statements wait until they may begin, and whose clock somebody else sets. */
public final class SteppedStore extends Store {

    private static final String CLOCK = "(SELECT at FROM model_clock)";

    private static final Sql MAKE_CLOCK = new Sql("CREATE TABLE IF NOT EXISTS model_clock (at BIGINT NOT NULL)");
    private static final Sql NO_CLOCK = new Sql("DELETE FROM model_clock");
    private static final Sql BEGIN_CLOCK = new Sql("INSERT INTO model_clock (at) VALUES (0)");
    private static final Sql SET_CLOCK = new Sql("UPDATE model_clock SET at = ?");

    private static final List<String> NOW = List.of(new Sql(Sql.NOW).onSqlite(), new Sql(Sql.NOW).onPostgres());

    private final Store store;
    private final Consumer<String> before;
    private final LongSupplier clock;
    private final Map<Sql, Sql> rewritten = new ConcurrentHashMap<>();
    private long shown = Long.MIN_VALUE;

    /**
     * Stands before a store.
     *
     * @param before gets each statement before it begins
     * @param clock what the store takes for the time, in milliseconds since 1970 UTC
     */
    public SteppedStore(Store store, Consumer<String> before, LongSupplier clock) {
        this.store = store;
        this.before = before;
        this.clock = clock;
        store.update(MAKE_CLOCK);
        store.update(NO_CLOCK);
        store.update(BEGIN_CLOCK);
    }

    private Sql begin(Sql sql) {
        before.accept(sql.onPostgres());
        Sql mine = rewritten.computeIfAbsent(sql, SteppedStore::rewritten);
        if (mine.onSqlite().contains(CLOCK)) {
            showTime();
        }
        return mine;
    }

    private static Sql rewritten(Sql sql) {
        String text = sql.onSqlite();
        for (String now : NOW) {
            text = text.replace(now, CLOCK);
        }
        return new Sql(text);
    }

    private synchronized void showTime() {
        long time = clock.getAsLong();
        if (time != shown) {
            store.update(SET_CLOCK, time);
            shown = time;
        }
    }

    /** As gateways of a cluster have it. */
    @Override
    public boolean embedded() {
        return false;
    }

    @Override
    public int update(Sql sql, Object... parameters) {
        return store.update(begin(sql), parameters);
    }

    @Override
    public int[] updateAll(Sql sql, List<Object[]> rows) {
        return store.updateAll(begin(sql), rows);
    }

    @Override
    public <T> List<T> query(RowMapper<T> mapper, Sql sql, Object... parameters) {
        return store.query(mapper, begin(sql), parameters);
    }

    @Override
    String reason(SQLException failure) {
        return store.reason(failure);
    }

    /** The store behind it stays open. */
    @Override
    public void close() {
        rewritten.clear();
    }
}
