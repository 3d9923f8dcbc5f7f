package dev.partnergateway.talonone;

import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Decides whether a call is sent once more, and when: only what has had no effect, or has none a second time
 * ({@code x-repeat}). A 429 goes to the partner, who is told when to come back. Pauses grow and are
 * spread, so that callers who failed together do not come back together.
 */
final class Retries {

    private static final int MOST = 2;
    private static final int MOST_CROWDED = 8;
    private static final long FIRST_MILLIS = 50;
    private static final long LONGEST_MILLIS = 1000;
    private static final int NOT_IMPLEMENTED = 501;

    private Retries() {}

    /**
     * Pause before the next send of a call that was answered; empty = this answer stands.
     *
     * @param sent how often it was sent already
     */
    static Optional<Duration> after(UpstreamCall call, UpstreamAnswer answer, int sent) {
        UpstreamOperation operation = call.operation();
        if (answer.status() == 409 && operation.sequence() != null) {
            // Refused because of others: it had no effect, and keeps its Idempotency-Key.
            return sent > MOST_CROWDED ? Optional.empty() : Optional.of(pause(Math.min(sent, MOST)));
        }
        boolean failed = UpstreamErrors.temporary(answer.status()) && answer.status() != NOT_IMPLEMENTED
                || answer.status() < 300 && !answer.readable();
        return failed && harmless(call) && sent <= MOST
                ? Optional.of(longer(answer.retryAfter(), pause(sent)))
                : Optional.empty();
    }

    /** The same for a call that was not answered. */
    static Optional<Duration> after(UpstreamCall call, Unanswered failure, int sent) {
        return (!failure.sent() || harmless(call)) && sent <= MOST ? Optional.of(pause(sent)) : Optional.empty();
    }

    private static boolean harmless(UpstreamCall call) {
        Repeat repeat = call.operation().repeat();
        return repeat == Repeat.SAFE || repeat == Repeat.KEYED && call.idempotencyKey() != null;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration pause(int sent) {
        long most = Math.min(LONGEST_MILLIS, FIRST_MILLIS << sent);
        return Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    }
}
