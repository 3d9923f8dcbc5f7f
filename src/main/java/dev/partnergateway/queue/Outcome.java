package dev.partnergateway.queue;

import dev.partnergateway.call.Refusal;
import java.time.Duration;
import java.util.Set;

/**
 * What became of a try to carry a letter out. Only what Talon.One says of the call itself is final; what nobody has asked it
 * is no try.
 *
 * @param kind what follows
 * @param status HTTP status, {@code done}, {@code fault} for one of the gateway itself, or {@code unreadable}
 * @param text says why, may name what the caller sent
 * @param pause at least so long before another try
 * @param unknown whether Talon.One may have done something all the same
 */
record Outcome(Kind kind, String status, String text, Duration pause, boolean unknown) {

    /** What follows from a try. */
    enum Kind {
        /** It was carried out. */
        DONE,
        /** It stays like that, however often it is tried. */
        REFUSED,
        /** Talon.One was asked and failed: it may go better another time, a limited number of times. */
        FAILED,
        /** Talon.One does not accept the key, which may be mended for a while. */
        KEY_REFUSED,
        /** Talon.One could not be asked, or had no time: it waits, however long it takes. */
        NOT_ASKED
    }

    /** Talon.One failed, or something before it. */
    private static final Set<Integer> FAILURES = Set.of(408, 500, 502, 504);

    /** There was too much at present, or nobody to ask; with 501 the gateway lacks a key of its own. */
    private static final Set<Integer> WAITS = Set.of(429, 501, 503);

    static final Outcome DONE = new Outcome(Kind.DONE, "done", "", Duration.ZERO, false);

    static Outcome refused(String status, String text) {
        return new Outcome(Kind.REFUSED, status, text, Duration.ZERO, false);
    }

    static Outcome failed(String status, String text) {
        return new Outcome(Kind.FAILED, status, text, Duration.ZERO, true);
    }

    static Outcome notAsked(String status, String text) {
        return new Outcome(Kind.NOT_ASKED, status, text, Duration.ofSeconds(1), false);
    }

    static Outcome of(Refusal refusal) {
        boolean unknown = refusal.effect() == Refusal.Effect.UNKNOWN;
        int status = refusal.status();
        Kind kind;
        if (WAITS.contains(status)) {
            kind = Kind.NOT_ASKED;
        } else if (unknown || FAILURES.contains(status)) {
            kind = Kind.FAILED;
        } else {
            kind = status == 401 ? Kind.KEY_REFUSED : Kind.REFUSED;
        }
        return new Outcome(kind, Integer.toString(status), refusal.getMessage(), refusal.retryAfter(), unknown);
    }

    boolean done() {
        return kind == Kind.DONE;
    }

    /** The same, of a deployment that answers nobody: it says nothing of the letter. */
    Outcome ofAnAbsentDeployment() {
        return new Outcome(Kind.NOT_ASKED, status, text, pause, unknown);
    }
}
