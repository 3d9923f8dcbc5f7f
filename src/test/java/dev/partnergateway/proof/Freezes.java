package dev.partnergateway.proof;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets gateways stand still, wherever they are, and go on later as if nothing had been: SIGSTOP and SIGCONT. */
final class Freezes {

    private static final int SHORTEST_MILLIS = 1000;

    private final int longestMillis;
    private final AtomicInteger number = new AtomicInteger();

    /** Makes pauses of a second up to so many. */
    Freezes(int longestSeconds) {
        this.longestMillis = longestSeconds * 1000;
    }

    /** Freezes one after the other until it is over; none stands still then. */
    void run(Fleet fleet, CountDownLatch over) throws InterruptedException {
        ThreadLocalRandom dice = ThreadLocalRandom.current();
        while (!over.await(dice.nextInt(longestMillis / 2, 2 * longestMillis), TimeUnit.MILLISECONDS)) {
            Fleet.Frozen frozen = fleet.freeze();
            number.incrementAndGet();
            // Many short ones, and now and then a long one.
            double share = dice.nextDouble();
            over.await(
                    (long) (SHORTEST_MILLIS + share * share * (longestMillis - SHORTEST_MILLIS)),
                    TimeUnit.MILLISECONDS);
            frozen.goOn();
        }
    }

    int number() {
        return number.get();
    }
}
