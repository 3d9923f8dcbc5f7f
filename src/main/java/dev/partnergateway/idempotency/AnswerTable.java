package dev.partnergateway.idempotency;

import dev.partnergateway.idempotency.Row.State;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The SQL on table {@code answer}. Every change after the claim names the owner: who lost the row to a takeover changes
 * nothing any more (fencing).
 */
final class AnswerTable {

    private static final String ALL =
            "id, content, bound, deployment, operation, state, owner, lease_until, created, expires,"
                    + " sent, request, outcome, parked, status, content_type, body";
    private static final String STANDS =
            "NOT (state = 'DONE' AND parked IS NULL AND expires <= ?) AND NOT (state = 'CLAIMED' AND lease_until <= ?)";

    private static final Sql INSERT =
            new Sql("INSERT INTO answer (id, slots, content, bound, deployment, operation, state,"
                    + " owner, lease_until, created, expires) VALUES (?, ?, ?, ?, ?, ?, 'CLAIMED', ?, ?, ?, ?)"
                    + " ON CONFLICT DO NOTHING");
    private static final Sql FIND = new Sql("SELECT " + ALL + " FROM answer WHERE id = ?");
    private static final Sql STANDING = new Sql("SELECT id FROM answer WHERE id = ? AND " + STANDS);
    private static final Sql OTHERS =
            new Sql("SELECT id FROM answer WHERE slots = ? AND id <> ? AND " + STANDS + " LIMIT ?");
    private static final Sql ABANDONED =
            new Sql("SELECT " + ALL + " FROM answer WHERE state = 'SENT' AND parked IS NULL"
                    + " AND look_at <= ? AND (lease_until <= ? OR lease_until > ?) AND request IS NOT NULL"
                    + " ORDER BY look_at LIMIT ?");
    private static final Sql LOOK_AT = new Sql("UPDATE answer SET look_at = ? WHERE id = ?");
    private static final Sql COUNT_PARKED =
            new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM answer WHERE parked IS NOT NULL" + " LIMIT 10000) AS counted");
    private static final Sql COUNT_UNKNOWN = new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM answer WHERE state = 'SENT'"
            + " AND parked IS NULL LIMIT 10000) AS counted");
    private static final Sql PARKED =
            new Sql("SELECT " + ALL + " FROM answer WHERE parked IS NOT NULL ORDER BY created LIMIT ?");
    private static final Sql TAKE_OVER = new Sql("UPDATE answer SET owner = ?, lease_until = ?,"
            + " sent = CASE WHEN sent > ? THEN ? ELSE sent END"
            + " WHERE id = ? AND owner = ? AND state = ? AND lease_until = ? AND parked IS NULL");
    private static final Sql SEIZE =
            new Sql("UPDATE answer SET owner = ? WHERE id = ? AND owner = ? AND parked IS NOT NULL");
    private static final Sql SENDING = new Sql("UPDATE answer SET state = 'SENT', request = ?, sent = ?, result = ?"
            + " WHERE id = ? AND owner = ? AND lease_until > ?");
    private static final Sql RELEASE = new Sql("UPDATE answer SET state = 'SENT', lease_until = ?,"
            + " sent = COALESCE(sent, ?) WHERE id = ? AND owner = ?");
    private static final Sql KEEP =
            new Sql("UPDATE answer SET state = 'CLAIMED', lease_until = ? WHERE id = ? AND owner = ?");
    private static final Sql SETTLE = new Sql("UPDATE answer SET state = 'SETTLED', lease_until = 0, outcome = ?,"
            + " result = ?, made = ?, parked = NULL WHERE id = ? AND owner = ?");
    private static final Sql DONE = new Sql("UPDATE answer SET state = 'DONE', lease_until = 0, status = ?,"
            + " content_type = ?, body = ?, result = ?, made = ?, request = NULL, outcome = NULL, parked = NULL"
            + " WHERE id = ? AND owner = ?");
    private static final Sql OF_ANOTHER =
            new Sql("SELECT id FROM answer WHERE deployment = ? AND result = ? AND id <> ? LIMIT 1");
    private static final Sql ALIKE = new Sql("SELECT sent, state FROM answer WHERE deployment = ? AND result >= ?"
            + " AND result < ? AND id <> ? AND sent >= ? AND state <> 'CLAIMED'");
    private static final Sql PARK = new Sql("UPDATE answer SET parked = ?, lease_until = 0 WHERE id = ? AND owner = ?");
    private static final Sql UNPARK = new Sql(
            "UPDATE answer SET parked = NULL, look_at = 0, lease_until = 0 WHERE id = ? AND parked IS NOT NULL");
    private static final Sql DELETE = new Sql("DELETE FROM answer WHERE id = ? AND owner = ?");
    private static final Sql DELETE_PARKED = new Sql("DELETE FROM answer WHERE id = ? AND parked IS NOT NULL");
    private static final Sql DELETE_EXPIRED =
            new Sql("DELETE FROM answer WHERE id = ? AND state = 'DONE' AND expires <= ?");

    private static final String EXPIRED = "expires <= ? AND parked IS NULL AND (state = 'DONE'"
            + " OR state IN ('SENT', 'SETTLED') AND expires <= ? AND lease_until <= ?)";
    private static final String NEVER_SENT =
            "state = 'CLAIMED' AND state <> 'DONE' AND lease_until <= ? AND parked IS NULL";

    /** The condition stands twice: PostgreSQL looks at the outer one again when a row has changed meanwhile. */
    private static final Sql PRUNE_EXPIRED = new Sql("DELETE FROM answer WHERE " + EXPIRED
            + " AND id IN (SELECT id FROM answer WHERE " + EXPIRED + " ORDER BY expires LIMIT ?)");

    private static final Sql PRUNE_NEVER_SENT = new Sql("DELETE FROM answer WHERE " + NEVER_SENT
            + " AND id IN (SELECT id FROM answer WHERE " + NEVER_SENT + " ORDER BY lease_until LIMIT ?)");

    private static final Sql END_LEASES = new Sql("UPDATE answer SET lease_until = ?"
            + " WHERE state IN ('CLAIMED', 'SENT', 'SETTLED') AND state <> 'DONE' AND lease_until > ?");

    /** Nothing is noted of a row that is gone. */
    private static final Sql NOTE =
            new Sql("INSERT INTO history (answer_id, at, event)" + " SELECT id, ?, ? FROM answer WHERE id = ?");

    private static final Sql HISTORY = new Sql("SELECT at, event FROM history WHERE answer_id = ? ORDER BY at");
    private static final int LONGEST_TEXT = 500;

    private final Store store;
    private final Seal seal;
    private final LongSupplier clock;

    /** Makes it with a clock that gives milliseconds since 1970 UTC. */
    AnswerTable(Store store, Seal seal, LongSupplier clock) {
        this.store = store;
        this.seal = seal;
        this.clock = clock;
    }

    long now() {
        return clock.getAsLong();
    }

    /** Takes a key nobody has; false when somebody has it. */
    boolean insert(KeyTuple tuple, String deployment, String operation, String owner, long now, long leaseUntil) {
        return store.update(
                        INSERT,
                        tuple.key(),
                        tuple.slots(),
                        tuple.content(),
                        tuple.bound() ? 1 : 0,
                        deployment,
                        operation,
                        owner,
                        leaseUntil,
                        now,
                        now + tuple.window().toMillis())
                == 1;
    }

    Optional<Row> find(String id) {
        return store.query(this::row, FIND, id).stream().findFirst();
    }

    /** Whether a key has an answer, or a call is working on one. */
    boolean stands(String id, long now) {
        return !store.query(row -> row.getString(1), STANDING, id, now, now).isEmpty();
    }

    /** Other keys of the same slots that stand; one identifier may have a slot for each of very many recipients. */
    List<String> others(String slots, String id, long now, int most) {
        return store.query(row -> row.getString(1), OTHERS, slots, id, now, now, most);
    }

    /** Rows with an unknown outcome that nobody works on, whose time has come to be looked at. */
    List<Row> abandoned(long now, int most) {
        return store.query(this::row, ABANDONED, now, now, now + Row.LONGEST_LEASE.toMillis(), most);
    }

    /** Notes when the sweeper looks at a row again. */
    void lookAt(String id, long when) {
        store.update(LOOK_AT, when, id);
    }

    /** How many rows wait for an operator. */
    long countParked() {
        return count(COUNT_PARKED);
    }

    /** How many rows have an outcome that is not known, and need no operator. */
    long countUnfinished() {
        return count(COUNT_UNKNOWN);
    }

    private long count(Sql sql) {
        return store.query(row -> row.getLong(1), sql).get(0);
    }

    /** Rows that an operator has to decide on, oldest first. */
    List<Row> parked(int most) {
        return store.query(this::row, PARKED, most);
    }

    /**
     * Takes a row over whose owner's lease has run out; false when somebody else was faster, or the owner has gone on. A
     * time of sending in the future was written before the clock jumped back: it is taken for now.
     */
    boolean takeOver(Row row, String owner, long now, long leaseUntil) {
        return store.update(
                        TAKE_OVER,
                        owner,
                        leaseUntil,
                        now,
                        now,
                        row.id(),
                        row.owner(),
                        row.state().name(),
                        row.leaseUntil())
                == 1;
    }

    /** Takes a row for an operator, whoever has it. */
    boolean seize(Row row, String owner) {
        return store.update(SEIZE, owner, row.id(), row.owner()) == 1;
    }

    /** Writes down what is about to be sent; false when the lease has ended. */
    boolean sending(Sending one, long now) {
        return sending(List.of(one), now)[0] == 1;
    }

    /** Writes down all that is about to be sent, in one transaction; 1 for each whose lease has not ended. */
    int[] sending(List<Sending> all, long now) {
        return store.updateAll(
                SENDING,
                all.stream()
                        .map(one ->
                                new Object[] {seal.seal(one.request()), now, one.result(), one.id(), one.owner(), now})
                        .toList());
    }

    /**
     * What is about to be sent for a row.
     *
     * @param result what it will make, if that is known; else null
     */
    record Sending(String id, String owner, byte[] request, String result) {}

    /** Lets go of a row whose outcome is not known; nobody else takes it before a time. */
    void release(String id, String owner, long now, long notBefore) {
        store.update(RELEASE, notBefore, now, id, owner);
    }

    /** Lets go of a row for which nothing more is on its way: the next to take it over goes on with it. */
    void keep(String id, String owner, long now) {
        store.update(KEEP, now, id, owner);
    }

    /**
     * Keeps Talon.One's answer and lets go; false when the row was lost.
     *
     * @param made names what Talon.One made, where it gave it an id: no two rows hold the same; may be null
     * @throws dev.partnergateway.store.StoreException a duplicate, when another row holds it
     */
    boolean settle(String id, String owner, byte[] outcome, String result, String made) {
        return store.update(SETTLE, seal.seal(outcome), result, made, id, owner) == 1;
    }

    /** Stores the partner's answer; false when the row was lost. */
    boolean done(String id, String owner, int status, String contentType, byte[] body, String result, String made) {
        return store.update(DONE, status, contentType, seal.seal(body), result, made, id, owner) == 1;
    }

    /** Whether another row of the deployment already stands for something that Talon.One made. */
    boolean belongsToAnother(String id, String deployment, String result) {
        return !store.query(row -> row.getString(1), OF_ANOTHER, deployment, result, id)
                .isEmpty();
    }

    /** When others of the deployment were sent that make, or made, something whose name begins alike. */
    List<Claim.Other> alike(String id, String deployment, String result, long since) {
        return store.query(
                row -> new Claim.Other(
                        row.getLong("sent"), !row.getString("state").equals(State.SENT.name())),
                ALIKE,
                deployment,
                result,
                result + Character.MAX_VALUE,
                id,
                since);
    }

    /** Leaves a row to an operator; false when the row was lost. */
    boolean park(String id, String owner, String reason) {
        return store.update(PARK, shortened(reason), id, owner) == 1;
    }

    /** Takes a row back from the operator; false when it was not parked. */
    boolean unpark(String id) {
        return store.update(UNPARK, id) == 1;
    }

    /** Frees a key. */
    void delete(String id, String owner) {
        store.update(DELETE, id, owner);
    }

    /** Frees a key that an operator has decided on; false when it was not parked. */
    boolean deleteParked(String id) {
        return store.update(DELETE_PARKED, id) == 1;
    }

    /** Frees a key whose window has passed. */
    void deleteExpired(String id, long now) {
        store.update(DELETE_EXPIRED, id, now);
    }

    /**
     * Frees up to so many keys whose window has passed, or whose call never got as far as being sent.
     *
     * @return how many
     */
    int prune(long now, long abandonedBefore, int most) {
        int expired = store.update(
                PRUNE_EXPIRED, now, abandonedBefore, abandonedBefore, now, abandonedBefore, abandonedBefore, most);
        return expired == most
                ? most
                : expired + store.update(PRUNE_NEVER_SENT, abandonedBefore, abandonedBefore, most - expired);
    }

    /** Ends every lease: the only process that could have held one has just started. */
    void endLeases() {
        long now = now();
        store.update(END_LEASES, now, now);
    }

    /** Notes what happened to a row. */
    void note(String id, long now, String event) {
        store.update(NOTE, now, shortened(event), id);
    }

    List<HistoryEntry> history(String id) {
        return store.query(row -> new HistoryEntry(row.getLong("at"), row.getString("event")), HISTORY, id);
    }

    /**
     * Something that happened to a row.
     *
     * @param at milliseconds since 1970 UTC
     */
    record HistoryEntry(long at, String event) {}

    private static String shortened(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    private Row row(ResultSet row) throws SQLException {
        String parked = row.getString("parked");
        byte[] request = null;
        byte[] outcome = null;
        byte[] body = null;
        try {
            request = seal.open(row.getBytes("request"));
            outcome = seal.open(row.getBytes("outcome"));
            body = seal.open(row.getBytes("body"));
        } catch (Seal.UnreadableException e) {
            parked = parked == null ? Row.UNREADABLE + e.getMessage() : parked;
        }
        State state = state(row.getString("state"));
        int status = row.getInt("status");
        if (parked == null && state == null) {
            parked = Row.UNREADABLE + "it has no known state";
        }
        if (parked == null && state == State.DONE && (body == null || status < 200 || status > 299)) {
            parked = Row.UNREADABLE + "it holds no answer";
        }
        return new Row(
                row.getString("id"),
                row.getString("content"),
                row.getBoolean("bound"),
                row.getString("deployment"),
                row.getString("operation"),
                state == null ? State.SENT : state,
                row.getString("owner"),
                row.getLong("lease_until"),
                row.getLong("created"),
                row.getLong("expires"),
                row.getLong("sent"),
                request,
                outcome,
                parked,
                status,
                row.getString("content_type"),
                body);
    }

    private static State state(String name) {
        return Arrays.stream(State.values())
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
