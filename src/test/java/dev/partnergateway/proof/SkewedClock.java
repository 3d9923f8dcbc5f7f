package dev.partnergateway.proof;

import java.time.Instant;

/** The clock of a machine that is wrong by {@code -Dskew.millis}; gateways of a storm ask it instead of the system's. */
public final class SkewedClock {

    private static final long AHEAD = Long.getLong("skew.millis", 0);

    private SkewedClock() {}

    /** As {@link System#currentTimeMillis}. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + AHEAD;
    }

    /** As {@link Instant#now}. */
    public static Instant now() {
        return Instant.now().plusMillis(AHEAD);
    }
}
