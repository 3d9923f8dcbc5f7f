package dev.partnergateway.idempotency;

import java.time.Duration;

/**
 * A key's row as it stands in the store. Times are milliseconds since 1970 UTC.
 *
 * @param id SHA-256 of the key tuple
 * @param content SHA-256 of what a repeat must say as well; null = whatever it says
 * @param bound whether a recipient is part of the key
 * @param deployment the operator's name of the deployment
 * @param operation the partner's operation
 * @param state how far its call has come
 * @param owner who works on it
 * @param leaseUntil until when nobody else may
 * @param created when the key was first seen
 * @param expires when it is forgotten
 * @param sent when something was last sent for it; 0 = never
 * @param request what was sent; may be null
 * @param outcome Talon.One's answer; may be null
 * @param parked why an operator has to decide; null = nobody has to
 * @param status status of the stored answer; 0 = none
 * @param contentType content type of the stored answer; may be null
 * @param body the stored answer; may be null
 */
record Row(
        String id,
        String content,
        boolean bound,
        String deployment,
        String operation,
        State state,
        String owner,
        long leaseUntil,
        long created,
        long expires,
        long sent,
        byte[] request,
        byte[] outcome,
        String parked,
        int status,
        String contentType,
        byte[] body) {

    /** Begins the reason of a row that was found damaged. */
    static final String UNREADABLE = "the stored row cannot be read: ";

    /** No lease is ever this long: one that seems to be was given before the clock jumped back. */
    static final Duration LONGEST_LEASE = Duration.ofMinutes(5);

    /** How far a call has come. */
    enum State {
        /** Its key is taken; nothing that could have an effect is known to be sent. */
        CLAIMED,
        /** Something was sent and the outcome is not known. */
        SENT,
        /** Talon.One's answer is known, the partner's is not made yet. */
        SETTLED,
        /** The partner's answer is stored. */
        DONE
    }

    /** Whether a call with the same key says something else than the one that the row is for. */
    boolean isOfOther(KeyTuple tuple) {
        return content != null && tuple.content() != null && !content.equals(tuple.content());
    }

    boolean leased(long now) {
        return leaseUntil > now && leaseUntil <= now + LONGEST_LEASE.toMillis();
    }

    boolean expired(long now) {
        return state == State.DONE && expires <= now && parked == null;
    }
}
