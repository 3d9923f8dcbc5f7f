package dev.partnergateway.queue;

import dev.partnergateway.queue.Letters.Hold;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The SQL on table {@code lane}, a row for each partition of the topic: how far it was read, and who may act for it. Kafka
 * says who reads a partition, but what it says reaches a gateway that stands still too late; the row is what every gateway
 * asks before it sends anything.
 */
final class Lanes {

    /** A lane that seems to be held for longer was held by a clock that was wrong. */
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

    private static final Sql FIND = new Sql("SELECT topic, base, done, epoch FROM lane WHERE id = ?");
    private static final Sql CREATE =
            new Sql("INSERT INTO lane (id, topic, base, done, epoch, busy_until) VALUES (?, ?, 0, ?, 0, 0)"
                    + " ON CONFLICT DO NOTHING");
    private static final Sql TAKE =
            new Sql("UPDATE lane SET epoch = epoch + 1, topic = ?, base = ?, done = ?, busy_until = 0"
                    + " WHERE id = ? AND epoch = ? AND (? = 1 OR busy_until <= " + Sql.NOW + " OR busy_until > "
                    + Sql.NOW + " + "
                    + LONGEST_HOLD.toMillis() + ")");
    private static final Sql FENCE =
            new Sql("UPDATE lane SET busy_until = " + Sql.NOW + " + ? WHERE id = ? AND epoch = ?");
    private static final Sql LET_GO = new Sql("UPDATE lane SET busy_until = 0 WHERE id = ? AND epoch = ?");
    private static final Sql ADVANCE = new Sql("UPDATE lane SET done = ? WHERE id = ? AND epoch = ? AND done <= ?");

    private final Store store;

    /** A hold of an embedded store that this process has not taken was left by one that is gone. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    Lanes(Store store) {
        this.store = store;
    }

    /**
     * A lane that was taken.
     *
     * @param base place of the partition's first record ever
     * @param done letters before this place stand in the store
     */
    record Taken(Hold hold, long base, long done) {

        /** Offset of the next record. */
        long offset() {
            return done - base;
        }
    }

    /**
     * Takes a lane; empty while somebody else works for it, or was faster.
     *
     * @param topic Kafka's id of the topic: another one has begun at 0 again
     * @param first offset to begin with where the store knows nothing of the lane
     * @param end offset after the partition's last record
     */
    Optional<Taken> take(String lane, String topic, long first, long end) {
        record Row(String topic, long base, long done, long epoch) {}
        store.update(CREATE, lane, topic, first);
        Row row = store.query(
                        found -> new Row(
                                found.getString("topic"),
                                found.getLong("base"),
                                found.getLong("done"),
                                found.getLong("epoch")),
                        FIND,
                        lane)
                .get(0);
        boolean madeAnew = !row.topic().equals(topic) || row.done() - row.base() > end;
        long base = madeAnew ? row.done() : row.base();
        boolean left = store.embedded() && known.add(lane);
        boolean taken = store.update(TAKE, topic, base, row.done(), lane, row.epoch(), left ? 1 : 0) == 1;
        return taken ? Optional.of(new Taken(new Hold(lane, row.epoch() + 1), base, row.done())) : Optional.empty();
    }

    /**
     * Precedes everything that is sent for a letter: nobody else takes the lane for a time.
     *
     * @return false when somebody else has it
     */
    boolean fence(Hold hold, Duration length) {
        return store.update(FENCE, length.toMillis(), hold.lane(), hold.epoch()) == 1;
    }

    /** Nothing is being sent for the lane any more. */
    void letGo(Hold hold) {
        store.update(LET_GO, hold.lane(), hold.epoch());
    }

    /** Letters before a place stand in the store now; false when somebody else has the lane. */
    boolean advance(Hold hold, long done) {
        return store.update(ADVANCE, done, hold.lane(), hold.epoch(), done) == 1;
    }
}
