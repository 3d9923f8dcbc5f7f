package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads of a JDK that has no virtual ones. */
class WorkersTest {

    private static final ThreadFactory QUIET = task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((failed, failure) -> {});
        return thread;
    };

    private final Workers.Pool pool = new Workers.Pool(2, QUIET);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS), "it does not come");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatComesWhileAllThreadsWorkWaitsAndIsDoneInItsOrder() {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            CountDownLatch ends = i == 0 ? go : over;
            pool.execute(() -> {
                begun.countDown();
                await(ends);
            });
        }
        await(begun);
        List<Integer> done = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(50);
        IntStream.range(0, 50)
                .forEach(number -> pool.execute(() -> {
                    done.add(number);
                    all.countDown();
                }));
        assertEquals(2, pool.getPoolSize());
        assertEquals(50, all.getCount());
        go.countDown();
        await(all);
        over.countDown();
        assertEquals(IntStream.range(0, 50).boxed().toList(), done);
    }

    @Test
    void noWorkIsLostWhenManyHandItInAtOnceAndSomeOfItFailsOrLeavesItsThreadInterrupted() {
        int count = 20_000;
        CountDownLatch all = new CountDownLatch(count);
        AtomicInteger together = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        IntStream.range(0, count)
                .parallel()
                .forEach(number -> pool.execute(() -> {
                    most.accumulateAndGet(together.incrementAndGet(), Math::max);
                    together.decrementAndGet();
                    all.countDown();
                    if (number % 3 == 0) {
                        throw new IllegalStateException("as it is meant to");
                    }
                    if (number % 3 == 1) {
                        Thread.currentThread().interrupt();
                    }
                }));
        await(all);
        assertTrue(most.get() <= 2, () -> most + " at once");
    }

    @Test
    void aThreadThatRestsIsTakenBeforeANewOneIsMade() {
        Set<Thread> threads = new HashSet<>();
        Workers.Pool large = new Workers.Pool(1000, QUIET);
        for (int i = 0; i < 200; i++) {
            CountDownLatch done = new CountDownLatch(1);
            large.execute(() -> {
                threads.add(Thread.currentThread());
                done.countDown();
            });
            await(done);
        }
        large.shutdownNow();
        assertTrue(threads.size() < 100, () -> threads.size() + " threads for one piece of work at a time");
    }
}
