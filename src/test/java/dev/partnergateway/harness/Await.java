package dev.partnergateway.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what happens by itself. */
public final class Await {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SECONDS = 40;

    private Await() {}

    /** Waits until a condition holds; fails, saying what there is instead, when it does not within 40 seconds. */
    public static void until(Supplier<?> instead, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not happen within " + SECONDS + " seconds; there is " + instead.get());
            }
            moment();
        }
    }

    /** Lets a moment pass between two looks: who looks all the time takes the processor from what he waits for. */
    public static void moment() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
