package dev.partnergateway.model;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The time of the model: it passes when the scheduler says so, and is the same for gateways, store and Talon.One but for
 * how wrong each gateway's clock is. The gateway's classes call this one instead of the system's.
 */
public final class ModelTime {

    static final long BEGIN = Instant.parse("2026-11-29T00:00:00Z").toEpochMilli();

    private static volatile long millis = BEGIN;

    private static final Clock CLOCK = new Clock() {
        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    private ModelTime() {}

    /** What everybody would see whose clock is right. */
    static long right() {
        return millis;
    }

    static void set(long to) {
        millis = to;
    }

    /** As {@link System#currentTimeMillis}, at the gateway whose thread asks. */
    public static long currentTimeMillis() {
        return millis + Actor.skew();
    }

    /** As {@link Instant#now}, at the gateway whose thread asks. */
    public static Instant now() {
        return Instant.ofEpochMilli(currentTimeMillis());
    }

    /** As {@link System#nanoTime}. */
    public static long nanoTime() {
        return (millis - BEGIN) * 1_000_000;
    }

    /** As {@link Clock#systemUTC}. */
    public static Clock systemUTC() {
        return CLOCK;
    }

    /** As {@link Thread#sleep}: others go on meanwhile. */
    public static void sleep(long pause) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Actor.sleeps(pause);
    }
}
