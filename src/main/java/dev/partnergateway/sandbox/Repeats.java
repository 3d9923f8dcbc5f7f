package dev.partnergateway.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** First answers by Application key and Idempotency-Key. */
final class Repeats {

    static final Duration KEPT = Duration.ofHours(24);
    static final int LONGEST_KEY = 255;

    private final Clock clock;
    private final Map<Name, Stored> answers = new LinkedHashMap<>();

    Repeats(Clock clock) {
        this.clock = clock;
    }

    private record Name(String applicationKey, String idempotencyKey) {}

    private record Stored(Instant at, Answer answer) {}

    /** The first answer, or null when there is none from the last 24 hours. */
    Answer find(String applicationKey, String idempotencyKey) {
        forgetOld();
        Stored stored = answers.get(new Name(applicationKey, idempotencyKey));
        return stored == null ? null : stored.answer();
    }

    void store(String applicationKey, String idempotencyKey, Answer answer) {
        answers.put(new Name(applicationKey, idempotencyKey), new Stored(clock.instant(), answer));
    }

    void clear() {
        answers.clear();
    }

    private void forgetOld() {
        Instant oldest = clock.instant().minus(KEPT);
        Iterator<Stored> eldestFirst = answers.values().iterator();
        while (eldestFirst.hasNext() && eldestFirst.next().at().isBefore(oldest)) {
            eldestFirst.remove();
        }
    }
}
