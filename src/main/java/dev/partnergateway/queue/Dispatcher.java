package dev.partnergateway.queue;

import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the lanes of this gateway begin what is due: when something has changed, and when a pause is over. */
final class Dispatcher implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Supplier<Collection<Lane>> lanes;
    private final Letters letters;
    private final Duration interval;
    private final Semaphore calls = new Semaphore(0);
    private volatile boolean closed;
    private long recalledAt = System.nanoTime();
    private int first;

    /**
     * Makes it.
     *
     * @param lanes those in this gateway's hands
     * @param interval how often it is looked for what operators have decided
     */
    Dispatcher(Supplier<Collection<Lane>> lanes, Letters letters, Duration interval) {
        this.lanes = lanes;
        this.letters = letters;
        this.interval = interval;
    }

    /** Something has changed. */
    void wake() {
        if (calls.availablePermits() == 0) {
            calls.release();
        }
    }

    @Override
    public void run() {
        while (!closed) {
            long wait = interval.toMillis();
            try {
                wait = Math.min(wait, look());
            } catch (StoreException e) {
                LOG.warn("The store did not answer; queued calls are looked at again later");
            } catch (RuntimeException | Error e) {
                Fatal.look(e);
                LOG.error("Queued calls could not be looked at; the next try comes soon", e);
            }
            try {
                if (calls.tryAcquire(wait, TimeUnit.MILLISECONDS)) {
                    calls.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private long look() {
        List<Lane> all = new ArrayList<>(lanes.get());
        if (!all.isEmpty() && System.nanoTime() - recalledAt >= 0) {
            recalledAt = System.nanoTime() + interval.toNanos();
            List<String> recalled = letters.recalledLanes();
            all.stream().filter(lane -> recalled.contains(lane.id())).forEach(Lane::recalls);
        }
        // No lane is always the first to find room.
        Collections.rotate(all, first++);
        long wait = interval.toMillis();
        for (Lane lane : all) {
            wait = Math.min(wait, lane.look());
        }
        return Math.max(1, wait);
    }

    void close() {
        closed = true;
        wake();
    }
}
