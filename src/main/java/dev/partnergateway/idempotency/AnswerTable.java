package dev.partnergateway.idempotency;

import static dev.partnergateway.idempotency.ClaimState.AGAIN;
import static dev.partnergateway.idempotency.ClaimState.ANSWERED;
import static dev.partnergateway.idempotency.ClaimState.CLAIMED;
import static dev.partnergateway.idempotency.ClaimState.FREE;
import static dev.partnergateway.idempotency.ClaimState.PARKED;
import static dev.partnergateway.idempotency.ClaimState.READY;
import static dev.partnergateway.idempotency.ClaimState.REFUSED;
import static dev.partnergateway.idempotency.ClaimState.SENT;
import static dev.partnergateway.idempotency.ClaimState.SETTLED;
import static dev.partnergateway.idempotency.ClaimState.Who.CALLER;
import static dev.partnergateway.idempotency.ClaimState.Who.OPERATOR;
import static dev.partnergateway.idempotency.ClaimState.Who.OWNER;
import static dev.partnergateway.idempotency.ClaimState.Who.PRUNING;
import static dev.partnergateway.idempotency.ClaimState.Who.SENDER;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.KeptAnswer;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The SQL on table {@code answer}. Every step names the row's owner and the states that it may be made from: who lost the
 * row to a takeover changes nothing any more (fencing). Times are the store's clock inside the statement.
 */
final class AnswerTable {

    private static final long LONGEST_LEASE = Row.LONGEST_LEASE.toMillis();

    /** Nobody holds it: its lease is over, or was given before the clock went back. */
    private static final String LEFT =
            "(lease_until <= " + Sql.NOW + " OR lease_until > " + Sql.NOW + " + " + LONGEST_LEASE + ")";

    private static final String HELD = "NOT " + LEFT;

    /**
     * Whoever held a row until its lease ran out may have sent something until then, and whatever a clock that went forward
     * says, its lease may run still: what it sent is under way from now on.
     */
    private static final String NOT_LET_GO = "(lease_until <> sent OR sent > " + Sql.NOW + ")";

    private static final String ALL =
            "id, content, deployment, operation, state, origin, owner, created, sent, request,"
                    + " outcome, reason, parked_from, home, status, content_type, body, lease_until - " + Sql.NOW
                    + " AS lease, "
                    + Sql.NOW + " - created AS age, " + Sql.NOW + " - expires AS over, CASE WHEN sent IS NULL OR "
                    + NOT_LET_GO
                    + " THEN 0 ELSE " + Sql.NOW + " - sent END AS since_sent";

    private static final String STANDS = "NOT (state = 'ANSWERED' AND expires <= " + Sql.NOW
            + ") AND NOT (state IN ('CLAIMED', 'READY', 'REFUSED') AND " + LEFT + ")";

    private static final Sql INSERT =
            new Sql("INSERT INTO answer (id, slots, content, bound, deployment, operation, state, origin, owner,"
                    + " lease_until, created, expires, look_at) VALUES (?, ?, ?, ?, ?, ?, 'CLAIMED', ?, ?, " + Sql.NOW
                    + " + ?, " + Sql.NOW + ", " + Sql.NOW + " + ?, " + Sql.NOW + ") ON CONFLICT DO NOTHING");
    private static final Sql FIND = new Sql("SELECT " + ALL + " FROM answer WHERE id = ?");
    private static final Sql KEPT = new Sql("SELECT state, expires FROM answer WHERE id = ?");
    private static final Sql STANDING = new Sql("SELECT id FROM answer WHERE id = ? AND " + STANDS);
    private static final Sql OTHERS =
            new Sql("SELECT id FROM answer WHERE slots = ? AND id <> ? AND " + STANDS + " LIMIT ?");
    private static final Sql TAKE_OVER = new Sql("UPDATE answer SET state = CASE state WHEN 'READY' THEN 'CLAIMED' WHEN"
            + " 'AGAIN' THEN 'SENT' ELSE state END, owner = ?, lease_until = " + Sql.NOW + " + ?,"
            + " look_at = " + Sql.NOW + " + ?, sent = CASE WHEN " + NOT_LET_GO + " THEN " + Sql.NOW + " ELSE sent END"
            + " WHERE id = ? AND owner = ? AND state = ? AND " + ClaimState.in(ClaimState.TAKEN_OVER) + " AND " + LEFT);

    private static final Sql SENDING = new Sql("UPDATE answer SET state = 'SENT', request = ?, sent = " + Sql.NOW
            + ", result = ?, look_at = lease_until WHERE id = ? AND owner = ? AND " + SENT.by(OWNER) + " AND " + HELD);
    private static final Sql WAIT_READY = new Sql(waiting(READY, OWNER));
    private static final Sql WAIT_AGAIN = new Sql(waiting(AGAIN, OWNER));
    private static final Sql BACK_READY = new Sql(waiting(READY, SENDER));
    private static final Sql BACK_AGAIN = new Sql(waiting(AGAIN, SENDER));

    private static final Sql WAITING = new Sql("SELECT campaign, party, " + Sql.NOW + " - MIN(ready_at) AS waited"
            + " FROM answer WHERE deployment = ? AND state IN ('READY', 'AGAIN') AND " + HELD
            + " GROUP BY campaign, party");

    /** One of each party in turn. */
    private static final Sql NEXT = new Sql("SELECT " + ALL + ", party, " + Sql.NOW
            + " - ready_at AS waited FROM answer JOIN (SELECT id AS next, ROW_NUMBER() OVER"
            + " (PARTITION BY party ORDER BY ready_at, id) AS place, ready_at AS since FROM answer WHERE deployment = ?"
            + " AND campaign = ? AND state IN ('READY', 'AGAIN') AND " + HELD
            + " ORDER BY place, since LIMIT ?) AS ordered ON id = next ORDER BY place, since");

    private static final Sql TAKE = new Sql("UPDATE answer SET state = 'SENT', sent = " + Sql.NOW + ", lease_until = "
            + Sql.NOW + " + ?, look_at = " + Sql.NOW + " + ? WHERE id = ? AND owner = ? AND " + SENT.by(SENDER)
            + " AND " + HELD);
    private static final Sql TOLD = new Sql(
            "SELECT " + ALL + " FROM answer WHERE home = ? AND state IN ('REFUSED'," + " 'SETTLED') AND " + HELD);
    private static final Sql WAITS_HERE = new Sql("SELECT 1 FROM answer WHERE deployment = ? AND home = ?"
            + " AND state IN ('READY', 'AGAIN') AND " + HELD + " LIMIT 1");
    private static final Sql WITHDRAW =
            new Sql("DELETE FROM answer WHERE id = ? AND owner = ? AND state = 'READY' AND " + FREE.by(OWNER));
    private static final Sql WITHDRAW_AGAIN = new Sql("UPDATE answer SET state = 'SENT', lease_until = sent, look_at = "
            + Sql.NOW + " WHERE id = ? AND owner = ? AND state = 'AGAIN' AND " + SENT.by(OWNER));

    private static final Sql LET_GO_SENT = new Sql("UPDATE answer SET sent = CASE WHEN ? = 1 THEN " + Sql.NOW
            + " ELSE sent END, lease_until = CASE WHEN ? = 1 THEN " + Sql.NOW + " ELSE sent END, look_at = " + Sql.NOW
            + " + ? WHERE id = ? AND owner = ? AND state = 'SENT' AND " + SENT.by(OWNER));
    private static final Sql LET_GO_CLAIMED = new Sql("UPDATE answer SET state = 'CLAIMED', sent = NULL,"
            + " result = NULL, lease_until = " + Sql.NOW + " WHERE id = ? AND owner = ? AND (state = 'CLAIMED' OR "
            + CLAIMED.by(OWNER) + ")");
    private static final Sql SETTLE = new Sql("UPDATE answer SET state = 'SETTLED', outcome = ?, result = ?, made = ?,"
            + " lease_until = " + Sql.NOW + " + ? WHERE id = ? AND owner = ? AND (state = 'SETTLED' OR "
            + SETTLED.by(OWNER, SENDER) + ")");
    private static final Sql REFUSE = new Sql("UPDATE answer SET state = 'REFUSED', outcome = ?, lease_until = "
            + Sql.NOW + " + ? WHERE id = ? AND owner = ? AND " + REFUSED.by(SENDER));
    private static final Sql ANSWER = new Sql("UPDATE answer SET state = 'ANSWERED', status = ?, content_type = ?,"
            + " body = ?, result = ?, made = ?, request = NULL, outcome = NULL, campaign = NULL, party = NULL, home = NULL,"
            + " ready_at = NULL WHERE id = ? AND owner = ? AND "
            + ANSWERED.by(OWNER));
    private static final Sql DELETE = new Sql("DELETE FROM answer WHERE id = ? AND owner = ? AND " + FREE.by(OWNER));

    private static final Sql PARK = new Sql("UPDATE answer SET parked_from = state, state = 'PARKED', reason = ?,"
            + " lease_until = " + Sql.NOW + " WHERE id = ? AND owner = ? AND " + PARKED.by(OWNER, SENDER, CALLER));
    private static final Sql LIST_PARKED =
            new Sql("SELECT " + ALL + " FROM answer WHERE state = 'PARKED' ORDER BY created LIMIT ?");
    private static final Sql UNPARK =
            new Sql("UPDATE answer SET state = parked_from, parked_from = NULL, reason = NULL,"
                    + " look_at = " + Sql.NOW + ", lease_until = COALESCE(sent, " + Sql.NOW
                    + ") WHERE id = ? AND state = 'PARKED'");
    private static final Sql ANSWER_PARKED = new Sql("UPDATE answer SET state = 'ANSWERED', owner = ?,"
            + " parked_from = NULL, reason = NULL, status = ?, content_type = ?, body = ?, request = NULL, outcome = NULL"
            + " WHERE id = ? AND state = 'PARKED' AND " + ANSWERED.by(OPERATOR));
    private static final Sql FREE_PARKED = new Sql("DELETE FROM answer WHERE id = ? AND state = 'PARKED'"
            + " AND parked_from <> 'ANSWERED' AND " + FREE.by(OPERATOR));
    private static final Sql COUNT_PARKED =
            new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM answer WHERE state = 'PARKED' LIMIT 10000) AS counted");
    private static final Sql COUNT_UNKNOWN = new Sql(
            "SELECT COUNT(*) FROM (SELECT 1 FROM answer WHERE state IN ('SENT', 'AGAIN') LIMIT 10000) AS counted");

    private static final Sql DUE = new Sql("SELECT " + ALL + " FROM answer WHERE state IN ('SENT', 'AGAIN')"
            + " AND look_at <= " + Sql.NOW + " AND " + LEFT + " ORDER BY look_at LIMIT ?");
    private static final Sql LOOK_LATER = new Sql("UPDATE answer SET look_at = " + Sql.NOW + " + ? WHERE id = ?"
            + " AND owner = ? AND state IN ('SENT', 'AGAIN')");

    /** The clock went back: nobody would look for as long as it did. */
    private static final Sql LOOK_SOONER = new Sql("UPDATE answer SET look_at = " + Sql.NOW + " WHERE state IN"
            + " ('SENT', 'AGAIN') AND look_at > " + Sql.NOW + " + 900000");

    private static final Sql OF_ANOTHER =
            new Sql("SELECT id FROM answer WHERE deployment = ? AND result = ? AND id <> ? LIMIT 1");
    private static final Sql ALIKE = new Sql("SELECT state, " + Sql.NOW + " - sent AS since FROM answer"
            + " WHERE deployment = ? AND result >= ? AND result < ? AND id <> ? AND sent >= " + Sql.NOW + " - ?");

    private static final Sql FORGET = new Sql("DELETE FROM answer WHERE id = ? AND " + FREE.by(CALLER)
            + " AND (state = 'ANSWERED' AND expires <= " + Sql.NOW + " OR state = 'REFUSED' AND " + LEFT + ")");

    private static final String EXPIRED = "state IN ('SETTLED', 'ANSWERED') AND expires <= " + Sql.NOW + " AND "
            + FREE.by(PRUNING) + " AND (state = 'ANSWERED' OR expires <= " + Sql.NOW + " - ?)";
    private static final String ABANDONED =
            "state IN ('CLAIMED', 'READY', 'REFUSED') AND lease_until <= " + Sql.NOW + " - ? AND " + FREE.by(PRUNING);

    /** The condition stands twice: PostgreSQL looks at the outer one again when a row has changed meanwhile. */
    private static final Sql PRUNE_EXPIRED = new Sql("DELETE FROM answer WHERE " + EXPIRED
            + " AND id IN (SELECT id FROM answer WHERE " + EXPIRED + " ORDER BY expires LIMIT ?)");

    private static final Sql PRUNE_ABANDONED = new Sql("DELETE FROM answer WHERE " + ABANDONED
            + " AND id IN (SELECT id FROM answer WHERE " + ABANDONED + " ORDER BY lease_until LIMIT ?)");

    private static final Sql END_LEASES = new Sql("UPDATE answer SET lease_until = " + Sql.NOW
            + " WHERE state IN ('CLAIMED', 'READY', 'REFUSED') AND lease_until > " + Sql.NOW);
    private static final Sql END_LEASES_OF_SENT =
            new Sql("UPDATE answer SET lease_until = sent, look_at = " + Sql.NOW + " WHERE state IN ('SENT', 'AGAIN')");

    /** Nothing is noted of a row that is gone. */
    private static final Sql NOTE = new Sql(
            "INSERT INTO history (answer_id, at, event) SELECT id, " + Sql.NOW + ", ? FROM answer WHERE id = ?");

    private static final Sql HISTORY = new Sql("SELECT at, event FROM history WHERE answer_id = ? ORDER BY at");
    private static final int LONGEST_TEXT = 500;

    private final Store store;
    private final Seal seal;

    AnswerTable(Store store, Seal seal) {
        this.store = store;
        this.seal = seal;
    }

    private static String waiting(ClaimState state, ClaimState.Who who) {
        String sent = state == READY ? ", sent = NULL" : who == SENDER ? ", sent = " + Sql.NOW : "";
        return "UPDATE answer SET state = '" + state + "', request = ?, campaign = ?, party = ?, home = ?, ready_at = "
                + Sql.NOW + " - ?, lease_until = " + Sql.NOW + " + ?, look_at = " + Sql.NOW + " + ?" + sent
                + " WHERE id = ? AND owner = ? AND " + state.by(who) + " AND " + HELD;
    }

    /** Takes a key nobody has; false when somebody has it. */
    boolean insert(KeyTuple tuple, String deployment, String operation, String origin, String owner, Duration lease) {
        return store.update(
                        INSERT,
                        tuple.key(),
                        tuple.slots(),
                        tuple.content(),
                        tuple.bound() ? 1 : 0,
                        deployment,
                        operation,
                        origin,
                        owner,
                        lease.toMillis(),
                        tuple.window().toMillis())
                == 1;
    }

    Optional<Row> find(String id) {
        return store.query(this::row, FIND, id).stream().findFirst();
    }

    /** What stands under a key, without what is stored there. */
    Optional<KeptAnswer> kept(String id) {
        return store.query(AnswerTable::kept, KEPT, id).stream().findFirst();
    }

    private static KeptAnswer kept(ResultSet row) throws SQLException {
        String state = row.getString("state");
        KeptAnswer.State told = KeptAnswer.State.OPEN;
        if (state.equals(ANSWERED.name())) {
            told = KeptAnswer.State.ANSWERED;
        } else if (state.equals(PARKED.name())) {
            told = KeptAnswer.State.PARKED;
        }
        return new KeptAnswer(told, Instant.ofEpochMilli(row.getLong("expires")));
    }

    /** Whether a key has an answer, or a call is working on one. */
    boolean stands(String id) {
        return !store.query(row -> row.getString(1), STANDING, id).isEmpty();
    }

    /** Other keys of the same slots that stand; one identifier may have a slot for each of very many recipients. */
    List<String> others(String slots, String id, int most) {
        return store.query(row -> row.getString(1), OTHERS, slots, id, most);
    }

    /** Takes a row over that nobody holds, from what it waits for, too; false when somebody else was faster, or it has gone on. */
    boolean takeOver(Row row, String owner, Duration lease) {
        return store.update(
                        TAKE_OVER,
                        owner,
                        lease.toMillis(),
                        lease.toMillis(),
                        row.id(),
                        row.owner(),
                        row.state().name())
                == 1;
    }

    /** Forgets an answer whose window has passed, or a refusal that nobody came for. */
    void forget(String id) {
        store.update(FORGET, id);
    }

    /** Writes down what is about to be sent; false when the lease has ended. */
    boolean sending(String id, String owner, JsonNode request, String result) {
        return store.update(SENDING, sealed(id, "request", request), result, id, owner) == 1;
    }

    /** Lets claims wait for a file, in one transaction; 1 for each that is held still. The order is that of their ids. */
    int[] ready(List<Waiting> rows, boolean sentBefore) {
        return updateAll(
                sentBefore ? WAIT_AGAIN : WAIT_READY,
                rows.stream().map(this::parameters).toList());
    }

    /** Puts rows back that were taken for a file: they wait for the next one. */
    void waitOn(Collection<Waiting> rows, boolean sent) {
        updateAll(
                sent ? BACK_AGAIN : BACK_READY,
                rows.stream()
                        .sorted(Comparator.comparing(Waiting::id))
                        .map(this::parameters)
                        .toList());
    }

    /**
     * A claim that waits for a file.
     *
     * @param waited milliseconds since it began to
     * @param wanted milliseconds within which it has to be taken
     */
    record Waiting(
            String id,
            String owner,
            JsonNode request,
            String campaign,
            String party,
            String home,
            long waited,
            long wanted) {}

    private Object[] parameters(Waiting row) {
        return new Object[] {
            sealed(row.id(), "request", row.request()),
            row.campaign(),
            row.party(),
            row.home(),
            row.waited(),
            row.wanted(),
            row.wanted(),
            row.id(),
            row.owner()
        };
    }

    /** Whose coupons of which campaigns wait for a file. */
    List<WaitingClaims.Group> waiting(String deployment) {
        return store.query(
                row -> new WaitingClaims.Group(
                        row.getString("campaign"), row.getString("party"), row.getLong("waited")),
                WAITING,
                deployment);
    }

    /** What waits for a file of a campaign, one of each party in turn. */
    List<Next> next(String deployment, String campaign, int most) {
        return store.query(
                row -> new Next(row(row), row.getString("party"), row.getLong("waited")),
                NEXT,
                deployment,
                campaign,
                most);
    }

    /**
     * A row that waits for a file.
     *
     * @param waited milliseconds since it began to
     */
    record Next(Row row, String party, long waited) {}

    /** Moves rows to SENT, in one transaction; 1 for each that nobody else has taken and that is still wanted. */
    int[] take(Collection<Row> rows, Duration lease) {
        return updateAll(
                TAKE,
                rows.stream()
                        .map(row -> new Object[] {lease.toMillis(), lease.toMillis(), row.id(), row.owner()})
                        .toList());
    }

    /** What became of coupons whose callers wait at a gateway. */
    List<Row> told(String home) {
        return store.query(this::row, TOLD, home);
    }

    /** Whether a coupon waits whose caller is at a gateway. */
    boolean waitsHere(String deployment, String home) {
        return !store.query(row -> 1, WAITS_HERE, deployment, home).isEmpty();
    }

    /** Takes out what waits for a file; false when somebody has taken it. What was never sent is free then. */
    boolean withdraw(String id, String owner, boolean sentBefore) {
        return store.update(sentBefore ? WITHDRAW_AGAIN : WITHDRAW, id, owner) == 1;
    }

    /**
     * Lets go of rows whose outcome is not known.
     *
     * @param justSent whether something was sent for them: then it is under way from now on
     */
    void letGoSent(Collection<Key> keys, boolean justSent, Duration nextLook) {
        int sent = justSent ? 1 : 0;
        updateAll(
                LET_GO_SENT,
                keys.stream()
                        .sorted(Comparator.comparing(Key::id))
                        .map(key -> new Object[] {sent, sent, nextLook.toMillis(), key.id(), key.owner()})
                        .toList());
    }

    /** Who may change a row. */
    record Key(String id, String owner) {}

    /** Lets go of a row for which nothing is under way but what Talon.One tells apart by the claim's own key. */
    void letGoClaimed(String id, String owner) {
        store.update(LET_GO_CLAIMED, id, owner);
    }

    /**
     * Keeps Talon.One's answer; false when the row was lost.
     *
     * @param made names what Talon.One made, where it gave it an id: no two rows hold the same; may be null
     * @throws dev.partnergateway.store.StoreException a duplicate, when another row holds it
     */
    boolean settle(String id, String owner, JsonNode outcome, String result, String made, Duration lease) {
        return store.update(SETTLE, sealed(id, "outcome", outcome), result, made, lease.toMillis(), id, owner) == 1;
    }

    /** Keeps Talon.One's refusal for a caller at another gateway. */
    void refuse(String id, String owner, JsonNode refusal, Duration lease) {
        store.update(REFUSE, sealed(id, "outcome", refusal), lease.toMillis(), id, owner);
    }

    /** Stores the partner's answer; false when the row was lost. */
    boolean answer(String id, String owner, int status, String contentType, byte[] body, String result, String made) {
        return store.update(ANSWER, status, contentType, seal.seal(body, place(id, "body")), result, made, id, owner)
                == 1;
    }

    /** Frees a key; false when the row was lost. */
    boolean free(String id, String owner) {
        return store.update(DELETE, id, owner) == 1;
    }

    /** Leaves a row to an operator; false when the row was lost. */
    boolean park(String id, String owner, String reason) {
        boolean parked = store.update(PARK, shortened(reason), id, owner) == 1;
        if (parked) {
            note(id, "parked: " + reason);
        }
        return parked;
    }

    /** Rows that an operator has to decide on, oldest first. */
    List<Row> parked(int most) {
        return store.query(this::row, LIST_PARKED, most);
    }

    /** Takes a row back from the operator; false when it was not parked. */
    boolean unpark(String id) {
        return store.update(UNPARK, id) == 1;
    }

    /** Stores the answer that an operator gives; false when it is not parked. */
    boolean answerParked(String id, String owner, int status, String contentType, byte[] body) {
        return store.update(ANSWER_PARKED, owner, status, contentType, seal.seal(body, place(id, "body")), id) == 1;
    }

    /** Frees a key that an operator has decided on; false when it was not parked, or has been answered. */
    boolean freeParked(String id) {
        return store.update(FREE_PARKED, id) == 1;
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

    /** Rows with an unknown outcome that nobody holds, whose time has come to be looked at. */
    List<Row> due(int most) {
        return store.query(this::row, DUE, most);
    }

    /** Lets the sweeper look at a row later. */
    void lookLater(Row row, Duration pause) {
        store.update(LOOK_LATER, pause.toMillis(), row.id(), row.owner());
    }

    /** Whether another row of the deployment already stands for something that Talon.One made. */
    boolean belongsToAnother(String id, String deployment, String result) {
        return !store.query(row -> row.getString(1), OF_ANOTHER, deployment, result, id)
                .isEmpty();
    }

    /** Others of the deployment that were sent within a time and make, or made, something whose name begins alike. */
    List<Claim.Other> alike(String id, String deployment, String result, Duration within) {
        return store.query(
                row -> {
                    ClaimState state = ClaimState.valueOf(row.getString("state"));
                    return new Claim.Other(
                            Duration.ofMillis(row.getLong("since")), state == SETTLED || state == ANSWERED);
                },
                ALIKE,
                deployment,
                result,
                result + Character.MAX_VALUE,
                id,
                within.toMillis());
    }

    /**
     * Frees up to so many keys whose window has passed, or whose call never got as far as being sent.
     *
     * @param abandoned how long nobody has cared for what is forgotten without an answer
     * @return how many
     */
    int prune(Duration abandoned, int most) {
        long millis = abandoned.toMillis();
        int expired = store.update(PRUNE_EXPIRED, millis, millis, most);
        return expired == most ? most : expired + store.update(PRUNE_ABANDONED, millis, millis, most - expired);
    }

    /** Finds what would not be looked at for as long as the store's clock went back. */
    void lookSooner() {
        store.update(LOOK_SOONER);
    }

    /** Ends every lease: the only process that could have held one has just started. */
    void endLeases() {
        store.update(END_LEASES);
        store.update(END_LEASES_OF_SENT);
    }

    /** Notes what happened to a row. */
    void note(String id, String event) {
        store.update(NOTE, shortened(event), id);
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

    private int[] updateAll(Sql sql, List<Object[]> rows) {
        return rows.isEmpty() ? new int[0] : store.updateAll(sql, rows);
    }

    private static String shortened(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    private static String place(String id, String column) {
        return "answer/" + id + '/' + column;
    }

    private byte[] sealed(String id, String column, JsonNode json) {
        return seal.seal(Json.write(json), place(id, column));
    }

    private Row row(ResultSet row) throws SQLException {
        String id = row.getString("id");
        String reason = row.getString("reason");
        Row.Flaw flaw = Row.Flaw.NONE;
        byte[] request = null;
        byte[] outcome = null;
        byte[] body = null;
        try {
            request = seal.open(row.getBytes("request"), place(id, "request"));
            outcome = seal.open(row.getBytes("outcome"), place(id, "outcome"));
            body = seal.open(row.getBytes("body"), place(id, "body"));
        } catch (Seal.UnreadableException e) {
            flaw = e.keyIsMissing() ? Row.Flaw.SEALED : Row.Flaw.DAMAGED;
            reason = reason == null ? "the stored row cannot be read: " + e.getMessage() : reason;
        }
        long lease = row.getLong("lease");
        String parkedFrom = row.getString("parked_from");
        return new Row(
                id,
                row.getString("content"),
                row.getString("deployment"),
                row.getString("operation"),
                ClaimState.valueOf(row.getString("state")),
                row.getString("origin"),
                row.getString("owner"),
                lease > 0 && lease <= LONGEST_LEASE,
                lease,
                row.getLong("created"),
                row.getLong("age"),
                row.getLong("over") >= 0,
                row.getLong("sent"),
                row.getLong("since_sent"),
                request,
                outcome,
                flaw,
                reason,
                parkedFrom == null ? null : ClaimState.valueOf(parkedFrom),
                row.getString("home"),
                row.getInt("status"),
                row.getString("content_type"),
                body,
                System.nanoTime());
    }
}
