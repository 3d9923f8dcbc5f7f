package dev.partnergateway.idempotency;

import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Row.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Who may work on a key: the first who takes it, later whoever takes it over when the lease of the first has run out. */
final class Keys {

    private final AnswerTable table;

    Keys(AnswerTable table) {
        this.table = table;
    }

    /**
     * What a call meets that wants a key.
     *
     * @param row an answer, or what is left to the operator; null = neither
     * @param claim the call works on the key now; null = it does not
     */
    record Taken(Row row, Claim claim) {

        /** Somebody else works on it, or has just stopped to. */
        static final Taken BUSY = new Taken(null, null);
    }

    /** The row a call is about: its own, or by the table of D9 another recipient's of the same identifier. */
    String target(KeyTuple tuple) {
        if (tuple.slots() == null || table.stands(tuple.key(), table.now())) {
            return tuple.key();
        }
        return stranger(tuple).orElse(tuple.key());
    }

    /**
     * Looks at a key and takes it if nobody has it.
     *
     * @param target as {@link #target} gave it
     * @param lease how long nobody else may have it; null = it is only looked at
     * @throws Refusal 422 when it stands for a call that says something else
     */
    Taken take(KeyTuple tuple, String target, String deployment, String operation, Duration lease) {
        long now = table.now();
        boolean own = target.equals(tuple.key());
        String owner = UUID.randomUUID().toString();
        // Most calls are the first of their key: they take it without a look.
        if (lease != null && own && insert(tuple, deployment, operation, owner, now, lease)) {
            return first(tuple, new Claim(table, tuple.key(), owner, now));
        }
        Optional<Row> found = table.find(target);
        if (found.isPresent() && found.get().expired(now)) {
            table.deleteExpired(target, now);
            found = Optional.empty();
        }
        if (found.isPresent() && found.get().isOfOther(tuple)) {
            throw Refusal.of(
                    422,
                    "header Idempotency-Key: it was used for another call before, which said something else; take a new"
                            + " one");
        }
        if (found.isPresent() && (found.get().parked() != null || found.get().state() == State.DONE)) {
            return new Taken(found.get(), null);
        }
        if (lease == null) {
            return Taken.BUSY;
        }
        if (found.isPresent()) {
            return takeOver(tuple, found.get(), owner, now, now + lease.toMillis());
        }
        return own && insert(tuple, deployment, operation, owner, now, lease)
                ? first(tuple, new Claim(table, tuple.key(), owner, now))
                : Taken.BUSY;
    }

    private boolean insert(
            KeyTuple tuple, String deployment, String operation, String owner, long now, Duration lease) {
        return table.insert(tuple, deployment, operation, owner, now, now + lease.toMillis());
    }

    private Taken takeOver(KeyTuple tuple, Row row, String owner, long now, long leaseUntil) {
        // What another slot's call did not even begin is not this call's to begin.
        boolean begun = row.state() != State.CLAIMED;
        if (!(begun || row.id().equals(tuple.key()))
                || row.leased(now)
                || !table.takeOver(row, owner, now, leaseUntil)) {
            return Taken.BUSY;
        }
        try {
            Claim claim = new Claim(table, row, owner);
            if (claim.unknown()) {
                claim.note("taken over by a repeat");
            }
            return begun ? new Taken(null, claim) : first(tuple, claim);
        } catch (IOException | ClassCastException e) {
            table.park(row.id(), owner, Row.UNREADABLE + "it is not JSON");
            return Taken.BUSY;
        }
    }

    /**
     * Two calls of one identifier, with and without a recipient, may both have found no slot: who sees the other after
     * it has taken its own stands back, before anything is sent.
     */
    private Taken first(KeyTuple tuple, Claim claim) {
        if (tuple.slots() != null && stranger(tuple).isPresent()) {
            claim.withdraw();
            return Taken.BUSY;
        }
        return new Taken(null, claim);
    }

    /**
     * The slot that by D9 answers a call which has none of its own: that of anybody for a recipient's call, the only one
     * for a call that names no recipient.
     */
    private Optional<String> stranger(KeyTuple tuple) {
        long now = table.now();
        if (tuple.bound()) {
            return table.stands(tuple.anybody(), now) ? Optional.of(tuple.anybody()) : Optional.empty();
        }
        List<String> others = table.others(tuple.slots(), tuple.key(), now, 2);
        return others.size() == 1 ? Optional.of(others.get(0)) : Optional.empty();
    }
}
