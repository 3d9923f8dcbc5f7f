package dev.partnergateway.idempotency;

import dev.partnergateway.call.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Who may work on a key: the first who takes it, later whoever takes it over when the lease of the first has run out. */
final class Keys {

    private static final int ORIGIN = 16;

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

    /**
     * The row a call is about: its own, or another slot's of the same identifier, whose coupon is this call's, too
     * (docs/behaviour.md#keys).
     */
    String target(KeyTuple tuple) {
        if (tuple.slots() == null || table.stands(tuple.key())) {
            return tuple.key();
        }
        return stranger(tuple).orElse(tuple.key());
    }

    /**
     * Looks at a key and takes it if nobody has it.
     *
     * @param target as {@link #target} gave it
     * @param wanted how long nobody else may have it; null = it is only looked at
     * @throws Refusal 422 when it stands for a call that says something else; 503 when this gateway cannot read it
     */
    Taken take(KeyTuple tuple, String target, String deployment, String operation, Duration wanted) {
        boolean own = target.equals(tuple.key());
        Duration lease = wanted == null || wanted.compareTo(Row.LONGEST_LEASE) < 0 ? wanted : Row.LONGEST_LEASE;
        // Most calls are the first of their key: they take it without a look.
        if (lease != null && own) {
            Claim claim = insert(tuple, deployment, operation, lease);
            if (claim != null) {
                return first(tuple, claim);
            }
        }
        Optional<Row> found = table.find(target);
        if (found.isEmpty()) {
            return Taken.BUSY;
        }
        Row row = found.get();
        if (row.state() == ClaimState.ANSWERED && row.expired() || row.state() == ClaimState.REFUSED && !row.leased()) {
            table.forget(target);
            Claim claim = lease != null && own ? insert(tuple, deployment, operation, lease) : null;
            return claim == null ? Taken.BUSY : first(tuple, claim);
        }
        if (row.isOfOther(tuple)) {
            throw Refusal.of(
                    422,
                    "header Idempotency-Key: it was used for another call before, which said something else; take a new"
                            + " one");
        }
        if (row.state() == ClaimState.PARKED) {
            return new Taken(row, null);
        }
        if (row.flaw() == Row.Flaw.SEALED) {
            throw unreadable();
        }
        if (row.flaw() == Row.Flaw.DAMAGED) {
            table.park(row.id(), row.owner(), row.reason());
            return Taken.BUSY;
        }
        if (row.state() == ClaimState.ANSWERED) {
            return new Taken(row, null);
        }
        return lease == null ? Taken.BUSY : takeOver(tuple, row, lease);
    }

    /** Another gateway, or this one when it has the same keys as the others, can answer. */
    private static Refusal unreadable() {
        return Refusal.retry(
                503,
                "The first call's answer is sealed with a key that this gateway does not have: try again",
                Duration.ofSeconds(1));
    }

    private Claim insert(KeyTuple tuple, String deployment, String operation, Duration lease) {
        String owner = UUID.randomUUID().toString();
        String origin = owner.replace("-", "").substring(0, ORIGIN);
        long begun = System.nanoTime();
        return table.insert(tuple, deployment, operation, origin, owner, lease)
                ? new Claim(table, tuple.key(), origin, owner, lease, begun)
                : null;
    }

    private Taken takeOver(KeyTuple tuple, Row row, Duration lease) {
        // What another slot's call did not even begin is not this call's to begin.
        boolean begun = row.state() != ClaimState.CLAIMED && row.state() != ClaimState.READY;
        String owner = UUID.randomUUID().toString();
        long now = System.nanoTime();
        if (!(begun || row.id().equals(tuple.key())) || row.leased() || !table.takeOver(row, owner, lease)) {
            return Taken.BUSY;
        }
        try {
            Claim claim = new Claim(table, row, owner, lease, now);
            if (claim.unknown()) {
                claim.note("taken over by a repeat");
            }
            return begun ? new Taken(null, claim) : first(tuple, claim);
        } catch (IOException | ClassCastException e) {
            table.park(row.id(), owner, "the stored row cannot be read: it is not JSON");
            return Taken.BUSY;
        }
    }

    /**
     * Two calls of one identifier, with and without a recipient, may both have found no slot: who sees the other after
     * it has taken its own stands back, before anything is sent.
     */
    private Taken first(KeyTuple tuple, Claim claim) {
        if (tuple.slots() != null && stranger(tuple).isPresent()) {
            claim.free();
            return Taken.BUSY;
        }
        return new Taken(null, claim);
    }

    /**
     * The slot that answers a call which has none of its own: that of anybody for a recipient's call, the only one for a
     * call that names no recipient (docs/behaviour.md#keys).
     */
    private Optional<String> stranger(KeyTuple tuple) {
        if (tuple.bound()) {
            return table.stands(tuple.anybody()) ? Optional.of(tuple.anybody()) : Optional.empty();
        }
        List<String> others = table.others(tuple.slots(), tuple.key(), 2);
        return others.size() == 1 ? Optional.of(others.get(0)) : Optional.empty();
    }
}
