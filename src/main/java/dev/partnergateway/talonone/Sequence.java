package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets calls that write the same profile or session go one after another, in the order of arrival, so that Talon.One
 * does not refuse them for being many at once. Different ones go side by side. Among gateways that share a
 * database the first of each line needs a lease, too; they take it in any order.
 */
final class Sequence {

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A call is over this long after its patience at the latest. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final int SHORTEST_LOOK = 3;
    private static final int LONGEST_LOOK = 15;

    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();
    private final int most;
    private final Leases leases;
    private final Meters meters;

    /**
     * Makes one.
     *
     * @param most calls that may wait for the same profile or session
     * @param leases among all gateways
     */
    Sequence(int most, Leases leases, Meters meters) {
        this.most = most;
        this.leases = leases;
        this.meters = meters;
    }

    /** A place at the front; others wait until it is left. */
    interface Place extends AutoCloseable {

        /** Of calls that wait for nobody. */
        Place FREE = () -> {
            // Nobody waits.
        };

        @Override
        void close();
    }

    /**
     * Waits until nobody else writes what a call writes.
     *
     * @throws Refusal 429 when too many wait already, or it takes too long; nothing was sent then
     */
    Place enter(UpstreamCall call, Duration patience) {
        List<String> keys = keys(call);
        if (keys.isEmpty()) {
            return Place.FREE;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> entered = new ArrayList<>();
        try {
            for (String key : keys) {
                enter(key, Duration.ofNanos(deadline - System.nanoTime()), call);
                lease(key, deadline);
                entered.add(key);
            }
        } catch (RuntimeException e) {
            entered.forEach(this::leave);
            throw e;
        }
        return () -> entered.forEach(this::leave);
    }

    private void lease(String key, long deadline) {
        try {
            for (; ; ) {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (leases.take(key, left.plus(MARGIN))) {
                    return;
                }
                if (left.isNegative()) {
                    throw crowded();
                }
                Thread.sleep(ThreadLocalRandom.current().nextInt(SHORTEST_LOOK, LONGEST_LOOK));
            }
        } catch (InterruptedException e) {
            next(key);
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        } catch (RuntimeException e) {
            next(key);
            throw e;
        }
    }

    /** A session goes before its profile, so that no two calls can wait for each other. */
    private static List<String> keys(UpstreamCall call) {
        UpstreamOperation.Sequence sequence = call.operation().sequence();
        if (sequence == null) {
            return List.of();
        }
        List<String> keys = new ArrayList<>(2);
        JsonNode place = sequence.inPath() ? call.path() : call.body();
        add(keys, call, sequence.of(), place.path(sequence.name()));
        if (!sequence.owner().isEmpty()) {
            add(keys, call, UpstreamOperation.Sequence.PROFILE, call.body().at(sequence.owner()));
        }
        return keys;
    }

    private static void add(List<String> keys, UpstreamCall call, String of, JsonNode id) {
        if (!id.asText("").isEmpty()) {
            keys.add(call.deployment().name() + ' ' + of + ' ' + id.asText());
        }
    }

    private AtomicInteger waiting(String endpoint) {
        return waiting.computeIfAbsent(endpoint, name -> {
            AtomicInteger count = new AtomicInteger();
            meters.sequence(name, count::get);
            return count;
        });
    }

    private void enter(String key, Duration patience, UpstreamCall call) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        lines.compute(key, (name, line) -> {
            Line mine = line == null ? new Line() : line;
            if (!mine.occupied) {
                mine.occupied = true;
                turn.complete(null);
            } else if (mine.waiting.size() >= most) {
                throw crowded();
            } else {
                mine.waiting.add(turn);
            }
            return mine;
        });
        if (turn.isDone()) {
            return;
        }
        long begun = System.nanoTime();
        String endpoint = call.deployment().name() + ' ' + call.operation().id();
        AtomicInteger count = waiting(endpoint);
        count.incrementAndGet();
        try {
            turn.get(Math.max(1, patience.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            withdraw(key, turn);
            throw crowded();
        } catch (InterruptedException e) {
            withdraw(key, turn);
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            count.decrementAndGet();
            meters.sequenceWaited(endpoint, System.nanoTime() - begun);
        }
    }

    private static Refusal crowded() {
        return Refusal.retry(429, "Too many calls for the same profile at once: try again", RETRY);
    }

    private void withdraw(String key, CompletableFuture<Void> turn) {
        boolean[] called = new boolean[1];
        lines.computeIfPresent(key, (name, line) -> {
            called[0] = !line.waiting.remove(turn);
            return line;
        });
        if (called[0]) {
            next(key);
        }
    }

    private void leave(String key) {
        leases.give(key);
        next(key);
    }

    private void next(String key) {
        List<CompletableFuture<Void>> next = new ArrayList<>(1);
        lines.computeIfPresent(key, (name, line) -> {
            if (line.waiting.isEmpty()) {
                return null;
            }
            next.add(line.waiting.poll());
            return line;
        });
        next.forEach(turn -> turn.complete(null));
    }

    /** Who writes one profile or session, and who waits for it; touched inside {@code lines.compute} of its key only. */
    private static final class Line {

        private final ArrayDeque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
        private boolean occupied;
    }
}
