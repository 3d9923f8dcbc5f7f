package dev.partnergateway.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** A clock that can be set ahead of another or behind it. */
final class MovableClock extends Clock {

    private final Clock right;
    private volatile Duration ahead = Duration.ZERO;

    MovableClock(Clock right) {
        this.right = right;
    }

    /** Sets it ahead of the right time; a negative duration is behind. */
    void ahead(Duration duration) {
        ahead = duration;
    }

    @Override
    public Instant instant() {
        return right.instant().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return right.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return right.withZone(zone);
    }
}
