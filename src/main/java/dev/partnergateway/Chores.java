package dev.partnergateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done again and again beside calls: each on a thread of its own, so that none waits for another. */
final class Chores implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Chores.class);

    private final List<ScheduledExecutorService> threads = new ArrayList<>();

    /**
     * Begins one; whatever it throws is logged, and it comes again.
     *
     * @param pause before the first time, and from the end of one time to the next
     */
    void begin(String name, Duration pause, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        threads.add(thread);
        thread.scheduleWithFixedDelay(() -> run(name, work), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void run(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("The {} did not come to its end; it comes again", name, e);
        }
    }

    @Override
    public void close() {
        threads.forEach(ScheduledExecutorService::shutdownNow);
    }
}
