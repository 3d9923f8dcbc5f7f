package dev.partnergateway.queue;

/**
 * What has become of a letter: column {@code state} of its row. Only the owner of its lane changes a letter that waits;
 * an operator decides on dead ones, and a partner's call that is called off takes a row that is not there yet.
 *
 * <pre>
 * (accepted) ── the first of its line ── NEXT ──┬── carried out ─────────── DONE
 *      │                                  ▲ ▲   └── refused, or in vain ──── DEAD ── given up ── GIVEN_UP
 *      └── others of its line wait ── BEHIND │                                │
 *                                            └───────── RECALLED ◄─ replayed ─┘
 * (called off before it came out) ── WITHDRAWN
 * </pre>
 */
enum Fate {
    /** The first of its line: it is tried when it is due. */
    NEXT,
    /** It waits for those before it in its line. */
    BEHIND,
    /** It was carried out. */
    DONE,
    /** Talon.One refused it, or it was tried in vain; an operator decides. */
    DEAD,
    /** An operator wants it to be tried again; the owner of its lane puts it back into its line. */
    RECALLED,
    /** An operator has given it up. */
    GIVEN_UP,
    /** Its partner was told that it is not accepted: should it come out of the topic, it does nothing. */
    WITHDRAWN
}
