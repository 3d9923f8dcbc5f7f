package dev.partnergateway;

import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done again and again beside calls: each on a thread of its own, so that none waits for another. */
final class Chores implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Chores.class);

    private final Duration patience;
    private final Queue<Chore> chores = new ConcurrentLinkedQueue<>();

    /**
     * Begins without any.
     *
     * @param patience how long one may take before it is given up
     */
    Chores(Duration patience) {
        this.patience = patience;
    }

    private static final class Chore implements Runnable {

        private final String name;
        private final Duration pause;
        private final Runnable work;
        private final ScheduledExecutorService thread;
        private volatile long ended = System.nanoTime();

        Chore(String name, Duration pause, Runnable work) {
            this.name = name;
            this.pause = pause;
            this.work = work;
            this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread made = new Thread(task, name);
                made.setDaemon(true);
                return made;
            });
            thread.scheduleWithFixedDelay(this, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
        }

        /** Throws nothing: it would never be done again. */
        @Override
        public void run() {
            try {
                work.run();
            } catch (StoreException e) {
                LOG.warn("The {} did not come to its end, it comes again: {}", name, e.getMessage());
            } catch (RuntimeException | Error e) {
                Fatal.look(e);
                LOG.warn("The {} did not come to its end; it comes again", name, e);
            } finally {
                ended = System.nanoTime();
            }
        }

        boolean isDead(Duration patience) {
            return System.nanoTime() - ended > pause.plus(patience).toNanos();
        }
    }

    /**
     * Begins one; whatever it throws is logged, and it comes again.
     *
     * @param pause before the first time, and from the end of one time to the next
     */
    void begin(String name, Duration pause, Runnable work) {
        chores.add(new Chore(name, pause, work));
    }

    /** The name of one that has not come to its end for too long, if there is one. */
    Optional<String> dead() {
        return chores.stream()
                .filter(chore -> chore.isDead(patience))
                .map(chore -> chore.name)
                .findFirst();
    }

    @Override
    public void close() {
        chores.forEach(chore -> chore.thread.shutdownNow());
    }
}
