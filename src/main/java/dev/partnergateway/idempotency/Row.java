package dev.partnergateway.idempotency;

/**
 * A key's row as it stands in the store. Times are milliseconds since 1970 UTC.
 *
 * @param key SHA-256 of the key tuple
 * @param bound whether a recipient is part of the key
 * @param state how far its call has come
 * @param owner who works on it
 * @param leaseUntil until when nobody else may
 * @param created when the key was first seen
 * @param expires when it is forgotten
 * @param sent when something was last sent for it; 0 = never
 * @param code literal coupon code drawn for it; may be null
 * @param request what was sent with the code; may be null
 * @param outcome Talon.One's answer; may be null
 * @param status status of the stored answer; 0 = none
 * @param contentType content type of the stored answer; may be null
 * @param body the stored answer; may be null
 */
record Row(
        String key,
        boolean bound,
        State state,
        String owner,
        long leaseUntil,
        long created,
        long expires,
        long sent,
        String code,
        byte[] request,
        byte[] outcome,
        int status,
        String contentType,
        byte[] body) {

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

    boolean leased(long now) {
        return leaseUntil > now;
    }

    boolean expired(long now) {
        return state == State.DONE && expires <= now;
    }
}
