package dev.partnergateway.cluster;

import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.Allowance;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One allowance for all gateways on a database: the SQL on table {@code allowance}. Each call that an endpoint takes in a
 * second is a row; whoever takes it holds it until Talon.One has stopped counting the call. One statement takes a row,
 * one gives it back, by the database's clock; a gateway that dies with a row holds it for three seconds.
 */
public final class SharedAllowance implements Allowance {

    /** Endpoints that take more in a second are no bottleneck: every gateway counts for itself. */
    static final int MOST_SHARED = 100;

    private static final Logger LOG = LoggerFactory.getLogger(SharedAllowance.class);

    private static final long SECOND = 1000;

    /** Nobody is held back longer, whatever Talon.One says and wherever the database's clock jumps. */
    private static final long LONGEST_PAUSE = 60_000;

    private static final Duration STORE_DOWN = Duration.ofMillis(500);

    private static final Sql KNOW = new Sql("INSERT INTO allowance (endpoint, number, taken_at, counts_until)"
            + " VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING");
    private static final String FREE = "(counts_until <= " + Sql.NOW + " OR counts_until > " + Sql.NOW + " + ?)";
    private static final Sql TAKE = new Sql("UPDATE allowance SET holder = ?, taken_at = " + Sql.NOW
            + ", counts_until = " + Sql.NOW + " + ? WHERE endpoint = ? AND number = (SELECT number FROM allowance"
            + " WHERE endpoint = ? AND number < ? AND " + FREE + " ORDER BY counts_until, number LIMIT 1) AND " + FREE
            + " AND NOT EXISTS (SELECT 1 FROM allowance WHERE endpoint = ? AND taken_at > " + Sql.NOW
            + " - ? AND taken_at <= " + Sql.NOW + " + ?)");
    private static final Sql NEXT = new Sql("SELECT MAX(taken_at) - " + Sql.NOW + " AS taken, MIN(counts_until) - "
            + Sql.NOW + " AS free FROM allowance WHERE endpoint = ? AND number < ?");
    private static final Sql END = new Sql("UPDATE allowance SET taken_at = taken_at - ?, counts_until = " + Sql.NOW
            + " + ? WHERE endpoint = ? AND holder = ?");
    private static final Sql PAUSE = new Sql("UPDATE allowance SET counts_until = CASE WHEN counts_until > " + Sql.NOW
            + " + ? THEN counts_until ELSE " + Sql.NOW + " + ? END WHERE endpoint = ?");
    private static final Sql LEFT =
            new Sql("SELECT COUNT(*) FROM allowance WHERE endpoint = ? AND number < ? AND counts_until <= " + Sql.NOW);

    private final Store store;
    private final Allowance alone = Allowance.ofThisProcess();
    private final Map<String, Integer> known = new ConcurrentHashMap<>();
    private final Map<String, Long> notBefore = new ConcurrentHashMap<>();

    /** Shares it with all who use the same database. */
    public SharedAllowance(Store store) {
        this.store = store;
    }

    @Override
    public Grant take(String endpoint, int perSecond) {
        if (perSecond > MOST_SHARED) {
            return alone.take(endpoint, perSecond);
        }
        Long earliest = notBefore.get(endpoint);
        long wait = earliest == null ? 0 : earliest - System.nanoTime();
        if (wait > 0) {
            return new Grant(Duration.ofNanos(wait), null);
        }
        try {
            know(endpoint, perSecond);
            String holder = UUID.randomUUID().toString();
            if (takeRow(endpoint, perSecond, holder)) {
                return new Grant(Duration.ZERO, made -> end(endpoint, holder, made));
            }
            Duration pause = Duration.ofMillis(pause(endpoint, perSecond));
            notBefore.put(endpoint, System.nanoTime() + pause.toNanos());
            return new Grant(pause, null);
        } catch (StoreException e) {
            LOG.warn("The calls that {} takes cannot be counted without the database", endpoint, e);
            return new Grant(STORE_DOWN, null);
        }
    }

    private void know(String endpoint, int perSecond) {
        if (known.getOrDefault(endpoint, 0) >= perSecond) {
            return;
        }
        for (int number = 0; number < perSecond; number++) {
            store.update(KNOW, endpoint, number);
        }
        known.put(endpoint, perSecond);
    }

    /** Two gateways that look at the same time see the same free row, and the second one finds it taken. */
    private boolean takeRow(String endpoint, int perSecond, String holder) {
        return store.update(
                        TAKE,
                        holder,
                        LONGEST_WAY.toMillis() + SECOND,
                        endpoint,
                        endpoint,
                        perSecond,
                        2 * LONGEST_PAUSE,
                        2 * LONGEST_PAUSE,
                        endpoint,
                        SECOND / perSecond,
                        SECOND)
                == 1;
    }

    private long pause(String endpoint, int perSecond) {
        long pause = store.query(
                        row -> Math.max(row.getLong("taken") + SECOND / perSecond, row.getLong("free")),
                        NEXT,
                        endpoint,
                        perSecond)
                .get(0);
        return Math.min(Math.max(pause, 1), LONGEST_PAUSE);
    }

    private void end(String endpoint, String holder, boolean made) {
        try {
            store.update(END, made ? 0 : SECOND, made ? SECOND : 0, endpoint, holder);
        } catch (StoreException e) {
            LOG.debug("A call of {} counts for its longest time", endpoint, e);
        }
    }

    @Override
    public void pause(String endpoint, Duration pause) {
        long millis = Math.min(pause.toMillis(), LONGEST_PAUSE);
        notBefore.put(endpoint, System.nanoTime() + Duration.ofMillis(millis).toNanos());
        alone.pause(endpoint, pause);
        try {
            store.update(PAUSE, millis, millis, endpoint);
        } catch (StoreException e) {
            LOG.warn("The other gateways do not know that {} wants no calls", endpoint, e);
        }
    }

    @Override
    public int left(String endpoint, int perSecond) {
        if (perSecond > MOST_SHARED) {
            return alone.left(endpoint, perSecond);
        }
        try {
            return store.query(row -> row.getInt(1), LEFT, endpoint, perSecond).get(0);
        } catch (StoreException e) {
            return 0;
        }
    }
}
