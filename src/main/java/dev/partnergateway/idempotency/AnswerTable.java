package dev.partnergateway.idempotency;

import dev.partnergateway.idempotency.Row.State;
import dev.partnergateway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The SQL on table {@code answer}. Every change after the claim names the owner: who lost the row to a takeover changes
 * nothing any more (fencing).
 */
final class AnswerTable {

    private static final String ALL = "id, bound, state, owner, lease_until, created, expires, sent, code, request,"
            + " outcome, status, content_type, body";

    private final Store store;

    AnswerTable(Store store) {
        this.store = store;
    }

    /** Takes a key nobody has; false when somebody has it. */
    boolean insert(KeyTuple tuple, String deployment, String operation, String owner, long now, long leaseUntil) {
        return store.update(
                        "INSERT INTO answer (id, slots, bound, deployment, operation, state, owner, lease_until, created,"
                                + " expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        tuple.key(),
                        tuple.slots(),
                        tuple.bound(),
                        deployment,
                        operation,
                        State.CLAIMED.name(),
                        owner,
                        leaseUntil,
                        now,
                        now + tuple.window().toMillis())
                == 1;
    }

    Optional<Row> find(String key) {
        return store.query(AnswerTable::row, "SELECT " + ALL + " FROM answer WHERE id = ?", key).stream()
                .findFirst();
    }

    List<Row> slots(String slots) {
        return store.query(AnswerTable::row, "SELECT " + ALL + " FROM answer WHERE slots = ?", slots);
    }

    /** Takes a row over whose owner's lease has run out; false when somebody else was faster. */
    boolean takeOver(Row row, String owner, long now, long leaseUntil) {
        return store.update(
                        "UPDATE answer SET owner = ?, lease_until = ? WHERE id = ? AND owner = ? AND state <> 'DONE'"
                                + " AND lease_until <= ?",
                        owner,
                        leaseUntil,
                        row.key(),
                        row.owner(),
                        now)
                == 1;
    }

    /** Writes down what is about to be sent; false when the row was lost. */
    boolean sending(String key, String owner, String code, byte[] request, long now) {
        return store.update(
                        "UPDATE answer SET state = 'SENT', code = ?, request = ?, sent = ? WHERE id = ? AND owner = ?",
                        code,
                        request,
                        now,
                        key,
                        owner)
                == 1;
    }

    /** Lets go of a row whose outcome is not known. */
    void release(String key, String owner, long now) {
        store.update(
                "UPDATE answer SET state = 'SENT', lease_until = 0, sent = COALESCE(sent, ?) WHERE id = ? AND owner = ?",
                now,
                key,
                owner);
    }

    /** Lets go of a row whose code was not used: the next to take it over sends the same one. */
    void keep(String key, String owner) {
        store.update("UPDATE answer SET state = 'CLAIMED', lease_until = 0 WHERE id = ? AND owner = ?", key, owner);
    }

    /** Keeps Talon.One's answer and lets go. */
    void settle(String key, String owner, byte[] outcome) {
        store.update(
                "UPDATE answer SET state = 'SETTLED', lease_until = 0, outcome = ? WHERE id = ? AND owner = ?",
                outcome,
                key,
                owner);
    }

    /** Stores the partner's answer; false when the row was lost. */
    boolean done(String key, String owner, int status, String contentType, byte[] body) {
        return store.update(
                        "UPDATE answer SET state = 'DONE', lease_until = 0, status = ?, content_type = ?, body = ?,"
                                + " request = NULL, outcome = NULL WHERE id = ? AND owner = ?",
                        status,
                        contentType,
                        body,
                        key,
                        owner)
                == 1;
    }

    /** Frees a key. */
    void delete(String key, String owner) {
        store.update("DELETE FROM answer WHERE id = ? AND owner = ?", key, owner);
    }

    /** Frees a key whose window has passed. */
    void deleteExpired(String key, long now) {
        store.update("DELETE FROM answer WHERE id = ? AND state = 'DONE' AND expires <= ?", key, now);
    }

    /** Frees up to so many keys whose window has passed, or whose call never got as far as being sent. */
    int prune(long now, long abandonedBefore, int most) {
        return store.update(
                "DELETE FROM answer WHERE id IN (SELECT id FROM answer WHERE (state = 'DONE' AND expires <= ?)"
                        + " OR (state = 'CLAIMED' AND lease_until <= ?) LIMIT ?)",
                now,
                abandonedBefore,
                most);
    }

    /** Ends every lease: the only process that could have held one has just started. */
    void endLeases() {
        store.update("UPDATE answer SET lease_until = 0 WHERE state <> 'DONE'");
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getBoolean("bound"),
                State.valueOf(row.getString("state")),
                row.getString("owner"),
                row.getLong("lease_until"),
                row.getLong("created"),
                row.getLong("expires"),
                row.getLong("sent"),
                row.getString("code"),
                row.getBytes("request"),
                row.getBytes("outcome"),
                row.getInt("status"),
                row.getString("content_type"),
                row.getBytes("body"));
    }
}
