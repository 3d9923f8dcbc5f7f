package dev.partnergateway.queue;

import java.time.Duration;

/**
 * How many letters of one deployment are carried out at once: more as long as Talon.One takes them, half as many when it
 * says that there is too much or takes long, and after a while without any success only one now and then.
 */
final class Pace {

    /** Who needs longer waits for others, or for a deployment that is busy. */
    private static final long BRISK_NANOS = Duration.ofSeconds(2).toNanos();

    private static final long SLOW_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long HALVING_PAUSE_NANOS = Duration.ofMillis(300).toNanos();
    private static final long SHORTEST_REST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_REST_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int BEGIN = 4;
    private static final int IN_VAIN = 3;

    private final int most;
    private double limit = BEGIN;
    private boolean doubling = true;
    private int running;
    private int inVain;
    private long rest;
    private long restsUntil = System.nanoTime();
    private long halved = restsUntil;
    private long succeeded = restsUntil - 1;

    Pace(int most) {
        this.most = most;
    }

    /** How many more may begin now. */
    synchronized int room() {
        return System.nanoTime() - restsUntil < 0 ? 0 : Math.max(0, (int) Math.min(limit, most) - running);
    }

    /** Milliseconds until one may begin, when none may because the deployment rests; else 0. */
    synchronized long rests() {
        return Math.max(0, (restsUntil - System.nanoTime()) / 1_000_000);
    }

    /** One begins. */
    synchronized void enter() {
        running++;
    }

    /** One has ended without telling anything of the deployment. */
    synchronized void leave() {
        running--;
    }

    /** Whether the deployment has done something since a time of {@link System#nanoTime}. */
    synchronized boolean hasSucceededSince(long nanos) {
        return succeeded - nanos >= 0;
    }

    /** One has ended. */
    synchronized void leave(Outcome outcome, long tookNanos) {
        running--;
        switch (outcome.kind()) {
            case DONE, REFUSED -> answered(tookNanos);
            case NOT_ASKED -> {
                halve();
                // That there is too much says that somebody is there.
                inVain = outcome.status().equals("429") ? 0 : inVain + 1;
                if (inVain >= IN_VAIN) {
                    rest = Math.min(LONGEST_REST_NANOS, Math.max(SHORTEST_REST_NANOS, rest * 2));
                    restsUntil = System.nanoTime() + rest;
                    limit = 1;
                }
            }
            default -> halve();
        }
    }

    private void answered(long tookNanos) {
        succeeded = System.nanoTime();
        inVain = 0;
        rest = 0;
        if (tookNanos > SLOW_NANOS) {
            halve();
        } else if (tookNanos < BRISK_NANOS) {
            limit = Math.min(most, limit + (doubling ? 1 : 1 / limit));
        }
    }

    private void halve() {
        long now = System.nanoTime();
        doubling = false;
        if (now - halved > HALVING_PAUSE_NANOS) {
            halved = now;
            limit = Math.max(1, limit / 2);
        }
    }
}
