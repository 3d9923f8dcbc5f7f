package dev.partnergateway.queue;

import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The SQL on table {@code letter}: every queued call that has come out of the topic, from then until it is forgotten. What
 * the owner of a lane changes names the lane's epoch: who has lost the lane changes nothing any more. Times are the
 * store's.
 */
final class Letters {

    /** Longer than a record that was called off, or decided on, can still be in its topic. */
    static final Duration REMEMBERED = Duration.ofDays(30);

    /** A record that comes a second time comes soon; the place that its lane has reached tells the rest. */
    private static final Duration DONE_REMEMBERED = Duration.ofDays(1);

    private static final int PRUNED_AT_ONCE = 200;

    private static final String WAITS = "state IN ('NEXT', 'BEHIND')";
    private static final String ENDED = "state IN ('DONE', 'GIVEN_UP', 'WITHDRAWN')";
    private static final String OWNED = " AND EXISTS (SELECT 1 FROM lane WHERE lane.id = ? AND lane.epoch = ?)";

    /** The state says whether others of its line wait already; those of one batch see each other. */
    private static final Sql INSERT =
            new Sql("INSERT INTO letter (id, lane, place, line, operation, deployment, trace, state, at, accepted, due,"
                    + " tries, rounds, refused_since, reason, unknown, renewed, content)"
                    + " SELECT ?, ?, ?, ?, ?, ?, ?, CASE WHEN EXISTS (SELECT 1 FROM letter other WHERE other.line = ?"
                    + " AND other." + WAITS + ") THEN 'BEHIND' ELSE 'NEXT' END, " + Sql.NOW + ", ?, " + Sql.NOW
                    + ", 0, 0, 0, '', 0, 0, ? FROM lane WHERE lane.id = ? AND lane.epoch = ? ON CONFLICT DO NOTHING");

    private static final String ROW = "id, lane, place, line, operation, deployment, trace, state, at, accepted, due - "
            + Sql.NOW + " AS due_in, tries, rounds, CASE WHEN refused_since = 0 THEN 0 ELSE " + Sql.NOW
            + " - refused_since END AS refused_for, reason, unknown, renewed";

    private static final Sql HEADS = new Sql("SELECT " + ROW + ", error, content FROM letter WHERE lane = ?"
            + " AND deployment = ? AND state = 'NEXT' ORDER BY due LIMIT ?");
    private static final Sql NEXT_DEPLOYMENT = new Sql("SELECT deployment FROM letter WHERE lane = ? AND state = 'NEXT'"
            + " AND deployment > ? ORDER BY deployment LIMIT 1");

    /** The end of a letter and the turn of the one behind it are one change. */
    private static final String TURN =
            "(id = ? AND state = 'NEXT' OR id = (SELECT behind.id FROM letter behind WHERE behind.line = ?"
                    + " AND behind." + WAITS + " AND behind.state = 'BEHIND' AND EXISTS (SELECT 1 FROM letter head"
                    + " WHERE head.id = ? AND head.state = 'NEXT') ORDER BY behind.place LIMIT 1))" + OWNED;

    private static final Sql DONE =
            new Sql("UPDATE letter SET state = CASE WHEN id = ? THEN 'DONE' ELSE 'NEXT' END, at = " + Sql.NOW
                    + ", due = CASE WHEN id = ? THEN " + Sql.NOW + " + " + DONE_REMEMBERED.toMillis() + " ELSE "
                    + Sql.NOW
                    + " END, error = CASE WHEN id = ? THEN NULL ELSE error END,"
                    + " content = CASE WHEN id = ? THEN NULL ELSE content END WHERE " + TURN);
    private static final Sql DEAD = new Sql("UPDATE letter SET state = CASE WHEN id = ? THEN 'DEAD' ELSE 'NEXT' END,"
            + " at = " + Sql.NOW + ", due = " + Sql.NOW + ", tries = CASE WHEN id = ? THEN ? ELSE tries END,"
            + " reason = CASE WHEN id = ? THEN ? ELSE reason END, unknown = CASE WHEN id = ? THEN ? ELSE unknown END,"
            + " error = CASE WHEN id = ? THEN ? ELSE error END WHERE " + TURN);
    private static final Sql POSTPONE = new Sql("UPDATE letter SET due = " + Sql.NOW + " + ?, tries = ?, rounds = ?,"
            + " refused_since = CASE WHEN ? = 0 THEN 0 WHEN refused_since = 0 THEN " + Sql.NOW
            + " ELSE refused_since END, reason = ?, unknown = ?, error = ? WHERE id = ? AND state = 'NEXT'" + OWNED);

    private static final Sql RECALLED_LANES =
            new Sql("SELECT DISTINCT lane FROM letter WHERE state = 'RECALLED' LIMIT 1000");
    private static final Sql RECALLED = new Sql(
            "SELECT id, line, place FROM letter WHERE lane = ? AND state = 'RECALLED' ORDER BY place LIMIT 100");
    private static final Sql HEAD_OF_LINE =
            new Sql("SELECT id, place FROM letter WHERE line = ? AND " + WAITS + " AND state = 'NEXT' LIMIT 1");
    private static final Sql TO_FRONT = new Sql(
            "UPDATE letter SET state = CASE WHEN id = ? THEN 'NEXT' ELSE 'BEHIND' END, at = " + Sql.NOW + ", due = "
                    + Sql.NOW + " WHERE (id = ? AND state = 'RECALLED' OR line = ? AND " + WAITS
                    + " AND state = 'NEXT')" + OWNED);
    private static final Sql TO_PLACE = new Sql(
            "UPDATE letter SET state = 'BEHIND', at = " + Sql.NOW + " WHERE id = ? AND state = 'RECALLED'" + OWNED);

    private static final Sql KEEP = new Sql(
            "INSERT INTO letter (id, lane, place, line, operation, deployment, trace, state,"
                    + " at, accepted, due, tries, rounds, refused_since, reason, unknown, renewed, error, content)"
                    + " VALUES (?, ?, 0, ?, ?, ?, ?, 'DEAD', " + Sql.NOW + ", " + Sql.NOW + ", " + Sql.NOW
                    + ", 1, 0, 0, ?, ?, 0, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at, tries = letter.tries + 1,"
                    + " reason = excluded.reason, unknown = excluded.unknown, error = excluded.error WHERE letter.state = 'DEAD'");
    private static final Sql WITHDRAW =
            new Sql("INSERT INTO letter (id, lane, place, line, operation, deployment, trace, state, at, accepted, due,"
                    + " tries, rounds, refused_since, reason, unknown, renewed) VALUES (?, ?, 0, ?, ?, ?, ?, 'WITHDRAWN', "
                    + Sql.NOW + ", " + Sql.NOW + ", " + Sql.NOW + " + " + REMEMBERED.toMillis()
                    + ", 0, 0, 0, '', 0, 0) ON CONFLICT DO NOTHING");

    private static final Sql DEAD_ONES = new Sql("SELECT " + ROW + ", error, NULL AS content FROM letter"
            + " WHERE state = 'DEAD' AND at >= ? AND (at > ? OR id > ?) ORDER BY at, id LIMIT ?");
    private static final Sql FIND = new Sql("SELECT " + ROW + ", error, content FROM letter WHERE id = ?");
    private static final Sql EDIT = new Sql("UPDATE letter SET content = ?, renewed = renewed + 1, unknown = 0"
            + " WHERE id = ? AND state = 'DEAD' AND at = ?");
    private static final Sql RECALL = new Sql(
            "UPDATE letter SET state = 'RECALLED', at = " + Sql.NOW
                    + ", tries = 0, rounds = 0, refused_since = 0, renewed = renewed + 1 - unknown WHERE id = ? AND state = 'DEAD'");
    private static final Sql GIVE_UP =
            new Sql("UPDATE letter SET state = 'GIVEN_UP', at = " + Sql.NOW + ", due = " + Sql.NOW + " + "
                    + REMEMBERED.toMillis() + ", error = NULL, content = NULL WHERE id = ? AND state = 'DEAD'");
    private static final Sql LATER = new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM letter WHERE line = ? AND place > ?"
            + " AND state = 'DONE' LIMIT 1000) AS counted");
    private static final Sql WAITING_IN_LINE = new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM letter WHERE line = ?"
            + " AND place > ? AND " + WAITS + " LIMIT 1000) AS counted");

    private static final Sql COUNT_WAITING =
            new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM letter WHERE " + WAITS + " LIMIT 10000) AS counted");
    private static final Sql COUNT_DEAD =
            new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM letter WHERE state = 'DEAD' LIMIT 10000) AS counted");
    private static final Sql OLDEST = new Sql(
            "SELECT " + Sql.NOW + " - accepted AS age FROM letter WHERE state = 'NEXT' ORDER BY accepted LIMIT 1");
    private static final Sql PRUNE = new Sql("DELETE FROM letter WHERE " + ENDED + " AND due <= " + Sql.NOW
            + " AND id IN (SELECT id FROM letter WHERE " + ENDED + " AND due <= " + Sql.NOW + " ORDER BY due LIMIT "
            + PRUNED_AT_ONCE + ")");

    private final Store store;
    private final Contents contents;

    Letters(Store store, Contents contents) {
        this.store = store;
        this.contents = contents;
    }

    /**
     * A letter's row.
     *
     * @param place among the letters of its lane
     * @param at since when it is what it is, in milliseconds since 1970 UTC
     * @param dueIn milliseconds until it is due; at most 0 = it is
     * @param tries how often Talon.One was asked in vain
     * @param rounds how often it was postponed
     * @param refusedFor milliseconds since its key was first refused; 0 = it was not
     * @param reason status of the last try
     * @param text why, for the operator
     * @param unknown whether Talon.One may have done something
     * @param renewed how often it was put back after a refusal
     */
    record Row(
            Letter letter,
            String lane,
            long place,
            Fate fate,
            long at,
            long dueIn,
            int tries,
            int rounds,
            long refusedFor,
            String reason,
            String text,
            boolean unknown,
            int renewed) {}

    /**
     * One that has come out of the topic.
     *
     * @param accepted when, in milliseconds since 1970 UTC
     */
    record Arrival(Letter letter, long place, long accepted) {}

    /** A lane in somebody's hands. */
    record Hold(String lane, long epoch) {}

    private static Object[] with(Hold hold, Object... parameters) {
        Object[] all = Arrays.copyOf(parameters, parameters.length + 2);
        all[parameters.length] = hold.lane();
        all[parameters.length + 1] = hold.epoch();
        return all;
    }

    private Row row(ResultSet row) throws SQLException {
        byte[] content = row.getBytes("content");
        return new Row(
                new Letter(
                        row.getString("id"),
                        row.getString("operation"),
                        row.getString("deployment"),
                        row.getString("line"),
                        row.getString("trace"),
                        content == null ? new byte[0] : content),
                row.getString("lane"),
                row.getLong("place"),
                Fate.valueOf(row.getString("state")),
                row.getLong("at"),
                row.getLong("due_in"),
                row.getInt("tries"),
                row.getInt("rounds"),
                row.getLong("refused_for"),
                row.getString("reason"),
                contents.text(row.getBytes("error")),
                row.getInt("unknown") == 1,
                row.getInt("renewed"));
    }

    /** Takes over what has come out of the topic; one whose name has a row already changes nothing. */
    void insert(Hold hold, List<Arrival> arrivals) {
        store.updateAll(
                INSERT,
                arrivals.stream()
                        .map(arrival -> {
                            Letter letter = arrival.letter();
                            return with(
                                    hold,
                                    letter.requestId(),
                                    hold.lane(),
                                    arrival.place(),
                                    letter.line(),
                                    letter.operation(),
                                    letter.deployment(),
                                    letter.trace(),
                                    letter.line(),
                                    arrival.accepted(),
                                    letter.content());
                        })
                        .toList());
    }

    /** The first of each line of a deployment, in the order in which they are due. */
    List<Row> heads(String lane, String deployment, int most) {
        return store.query(this::row, HEADS, lane, deployment, most);
    }

    /** The first deployment by name, after another, that letters of a lane wait for. */
    Optional<String> nextDeployment(String lane, String after) {
        return store.query(row -> row.getString(1), NEXT_DEPLOYMENT, lane, after).stream()
                .findFirst();
    }

    /** It was carried out: the next of its line has its turn. */
    void done(Hold hold, Letter letter) {
        String id = letter.requestId();
        store.update(DONE, with(hold, id, id, id, id, id, letter.line(), id));
    }

    /** It is left to an operator: the next of its line has its turn. Says whether it was still the lane's owner's. */
    boolean dead(Hold hold, Letter letter, int tries, Outcome outcome) {
        String id = letter.requestId();
        int changed = store.update(
                DEAD,
                with(
                        hold,
                        id,
                        id,
                        tries,
                        id,
                        outcome.status(),
                        id,
                        outcome.unknown() ? 1 : 0,
                        id,
                        contents.sealed(outcome.text()),
                        id,
                        letter.line(),
                        id));
        return changed > 0;
    }

    /** It is tried again after a pause. */
    void postpone(Hold hold, Row row, int tries, Duration pause, Outcome outcome) {
        store.update(
                POSTPONE,
                with(
                        hold,
                        pause.toMillis(),
                        tries,
                        row.rounds() + 1,
                        outcome.kind() == Outcome.Kind.KEY_REFUSED ? 1 : 0,
                        outcome.status(),
                        outcome.unknown() ? 1 : 0,
                        contents.sealed(outcome.text()),
                        row.letter().requestId()));
    }

    /** Lanes with letters that an operator wants to be tried again. */
    List<String> recalledLanes() {
        return store.query(row -> row.getString(1), RECALLED_LANES);
    }

    /**
     * Puts what an operator wants to be tried again back into its line: to its place, where nothing of the line is being
     * tried. Says whether there may be more.
     *
     * @param running tells letters that are being tried
     */
    boolean putBack(Hold hold, Predicate<String> running) {
        record Recalled(String id, String line, long place) {}
        List<Recalled> recalled = store.query(
                row -> new Recalled(row.getString("id"), row.getString("line"), row.getLong("place")),
                RECALLED,
                hold.lane());
        for (Recalled one : recalled) {
            record Head(String id, long place) {}
            Optional<Head> head = store
                    .query(row -> new Head(row.getString("id"), row.getLong("place")), HEAD_OF_LINE, one.line())
                    .stream()
                    .findFirst();
            boolean waits = head.isPresent()
                    && (head.get().place() < one.place()
                            || running.test(head.get().id()));
            if (waits) {
                store.update(TO_PLACE, with(hold, one.id()));
            } else {
                store.update(TO_FRONT, with(hold, one.id(), one.id(), one.line()));
            }
        }
        return !recalled.isEmpty();
    }

    /** Keeps what was left out of a call for an operator; one that is there already is refused once more. */
    void keep(Letter letter, String lane, Outcome outcome) {
        store.update(
                KEEP,
                letter.requestId(),
                lane,
                letter.line(),
                letter.operation(),
                letter.deployment(),
                letter.trace(),
                outcome.status(),
                outcome.unknown() ? 1 : 0,
                contents.sealed(outcome.text()),
                letter.content());
    }

    /** Calls one off that may be in the topic; false when it has come out already, and so is accepted. */
    boolean withdraw(Letter letter, String lane) {
        return store.update(
                        WITHDRAW,
                        letter.requestId(),
                        lane,
                        letter.line(),
                        letter.operation(),
                        letter.deployment(),
                        letter.trace())
                == 1;
    }

    /**
     * Dead ones without their content, oldest first.
     *
     * @param after the last one that was seen; null = from the beginning
     */
    List<Row> deadOnes(Row after, int most) {
        long at = after == null ? 0 : after.at();
        return store.query(
                this::row,
                DEAD_ONES,
                at,
                at,
                after == null ? "" : after.letter().requestId(),
                most);
    }

    Optional<Row> find(String id) {
        return store.query(this::row, FIND, id).stream().findFirst();
    }

    /** Gives a dead one another content; false when it is not what it was any more. */
    boolean edit(Row row, byte[] content) {
        return store.update(EDIT, content, row.letter().requestId(), row.at()) == 1;
    }

    /** Has dead ones tried again: all of them, or none. Says how many were still dead. */
    int recall(List<String> ids) {
        return all(RECALL, ids);
    }

    /** Gives dead ones up: all of them, or none. Says how many were still dead. */
    int giveUp(List<String> ids) {
        return all(GIVE_UP, ids);
    }

    private int all(Sql sql, List<String> ids) {
        return ids.isEmpty()
                ? 0
                : Arrays.stream(store.updateAll(
                                sql, ids.stream().map(id -> new Object[] {id}).toList()))
                        .sum();
    }

    /** How many of a letter's line that came after it were carried out lately; 1000 stands for more, too. */
    long later(Row row) {
        return count(LATER, row.letter().line(), row.place());
    }

    /** How many of a letter's line that came after it wait; 1000 stands for more, too. */
    long behind(Row row) {
        return count(WAITING_IN_LINE, row.letter().line(), row.place());
    }

    /** How many wait; 10,000 stands for more, too. */
    long countWaiting() {
        return count(COUNT_WAITING);
    }

    /** How many are dead; 10,000 stands for more, too. */
    long countDead() {
        return count(COUNT_DEAD);
    }

    private long count(Sql sql, Object... parameters) {
        return store.query(row -> row.getLong(1), sql, parameters).get(0);
    }

    /** Milliseconds since the oldest that waits was accepted; 0 = none waits. */
    long oldest() {
        return store.query(row -> row.getLong(1), OLDEST).stream().findFirst().orElse(0L);
    }

    /** Forgets some of those whose time has passed; says whether there may be more. */
    boolean prune() {
        return store.update(PRUNE) == PRUNED_AT_ONCE;
    }
}
