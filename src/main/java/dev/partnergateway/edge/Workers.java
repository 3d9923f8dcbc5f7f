package dev.partnergateway.edge;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that may wait: virtual ones where the JDK has them (21 and newer), else a pool. */
public final class Workers {

    private static final int IDLE_SECONDS = 30;

    private Workers() {}

    /**
     * Makes an executor.
     *
     * @param name first part of the threads' names
     * @param most threads at once, where they are not virtual
     */
    public static ExecutorService create(String name, int most) {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            return pool(name, most);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("virtual threads cannot be started", e);
        }
    }

    private static ExecutorService pool(String name, int most) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, name + '-' + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        return new Pool(most, threads);
    }

    /**
     * Gives work to the thread that has rested for the shortest time, because processors still remember what it had at
     * hand: taking all threads in turn costs half as much again for every call. What comes while all of them work waits in
     * order.
     */
    static final class Pool extends ThreadPoolExecutor {

        private final int most;
        private final AtomicInteger unfinished = new AtomicInteger();
        private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

        Pool(int most, ThreadFactory threads) {
            // This queue, when it is not fair, hands over to whoever began to wait last.
            super(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(false), threads);
            this.most = most;
        }

        @Override
        public void execute(Runnable task) {
            if (unfinished.incrementAndGet() <= most) {
                super.execute(() -> work(task));
            } else {
                waiting.add(task);
            }
        }

        private void work(Runnable first) {
            Runnable task = first;
            while (task != null) {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    Thread thread = Thread.currentThread();
                    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                }
                task = unfinished.decrementAndGet() >= most ? next() : null;
            }
        }

        /** Whoever has counted it adds it now, if it is not there yet; null when all is over. */
        private Runnable next() {
            if (!isShutdown()) {
                // What interrupted the task before is not meant for this one.
                Thread.interrupted();
            }
            try {
                return waiting.take();
            } catch (InterruptedException stopped) {
                return null;
            }
        }
    }
}
