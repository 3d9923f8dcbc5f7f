package dev.partnergateway.idempotency;

import java.time.Duration;

/**
 * A key's row as it stood in the store when it was read. How long ago something was is told by the store's clock; it grows
 * with {@link #read}.
 *
 * @param id SHA-256 of the key tuple
 * @param content SHA-256 of what a repeat must say as well; null = whatever it says
 * @param deployment the operator's name of the deployment
 * @param operation the partner's operation
 * @param state how far its call has come
 * @param origin what tells it from rows of the same key before it
 * @param owner who works on it
 * @param leased whether nobody else may
 * @param lease milliseconds until then
 * @param created when the key was first seen, in milliseconds since 1970 UTC, to be shown
 * @param age milliseconds since then
 * @param expired whether its window has passed
 * @param sent when something was last sent for it, to be shown; 0 = never
 * @param sinceSent milliseconds since nothing was sent any more; 0 = never sent, or its owner has not let go of it
 * @param request what is sent; may be null
 * @param outcome Talon.One's answer; may be null
 * @param flaw whether it can be read
 * @param reason why an operator has to decide, or what is wrong with it; null = nothing
 * @param parkedFrom state in which it was left to the operator; may be null
 * @param home gateway where its caller waits; may be null
 * @param status status of the stored answer; 0 = none
 * @param contentType content type of the stored answer; may be null
 * @param body the stored answer; may be null
 * @param read when it was read, as {@link System#nanoTime} counts
 */
record Row(
        String id,
        String content,
        String deployment,
        String operation,
        ClaimState state,
        String origin,
        String owner,
        boolean leased,
        long lease,
        long created,
        long age,
        boolean expired,
        long sent,
        long sinceSent,
        byte[] request,
        byte[] outcome,
        Flaw flaw,
        String reason,
        ClaimState parkedFrom,
        String home,
        int status,
        String contentType,
        byte[] body,
        long read) {

    /** No lease is ever longer: one that seems to be was given before the store's clock went back. */
    static final Duration LONGEST_LEASE = Duration.ofMinutes(5);

    /** Why a row cannot be read. */
    enum Flaw {
        NONE,
        /** It was sealed with a key that this gateway does not have: others may. */
        SEALED,
        /** What it holds fails its check: nobody can read it. */
        DAMAGED
    }

    /** Whether a call with the same key says something else than the one that the row is for. */
    boolean isOfOther(KeyTuple tuple) {
        return content != null && tuple.content() != null && !content.equals(tuple.content());
    }
}
