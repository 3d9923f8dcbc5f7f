package dev.partnergateway.talonone;

import java.time.Duration;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;

/** The allowance of one process that has the endpoints to itself. */
final class LocalAllowance implements Allowance {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();

    @Override
    public Grant take(String endpoint, int perSecond) {
        return endpoint(endpoint, perSecond).take();
    }

    @Override
    public void pause(String endpoint, Duration pause) {
        Endpoint paused = endpoints.get(endpoint);
        if (paused != null) {
            paused.pause(pause.toNanos());
        }
    }

    @Override
    public int left(String endpoint, int perSecond) {
        return endpoint(endpoint, perSecond).left();
    }

    private Endpoint endpoint(String name, int perSecond) {
        return endpoints.computeIfAbsent(name, ignored -> new Endpoint(perSecond));
    }

    /** Calls that count now, and when the next one may follow. Times are those of {@link System#nanoTime}. */
    private static final class Endpoint {

        private final int perSecond;
        private final long distance;
        private final PriorityQueue<Counted> counted = new PriorityQueue<>();
        private long next = System.nanoTime();

        Endpoint(int perSecond) {
            this.perSecond = perSecond;
            this.distance = SECOND / perSecond;
        }

        synchronized Grant take() {
            long now = forget();
            long wait = next - now;
            if (counted.size() == perSecond) {
                wait = Math.max(wait, counted.peek().until - now);
            }
            if (wait > 0) {
                return new Grant(Duration.ofNanos(wait), null);
            }
            Counted call = new Counted(now + LONGEST_WAY.toNanos() + SECOND);
            counted.add(call);
            long before = next;
            long after = now + distance;
            next = after;
            return new Grant(Duration.ZERO, made -> {
                if (made) {
                    made(call);
                } else {
                    unused(call, before, after);
                }
            });
        }

        private synchronized void made(Counted call) {
            // One that was given up has stopped counting, and its place may have been taken again.
            if (counted.remove(call)) {
                counted.add(new Counted(System.nanoTime() + SECOND));
            }
        }

        private synchronized void unused(Counted call, long before, long after) {
            counted.remove(call);
            if (next == after) {
                next = before;
            }
        }

        private long forget() {
            long now = System.nanoTime();
            while (!counted.isEmpty() && counted.peek().until - now <= 0) {
                counted.poll();
            }
            return now;
        }

        synchronized void pause(long nanos) {
            next = Math.max(next, System.nanoTime() + nanos);
        }

        synchronized int left() {
            return next - forget() > 0 ? 0 : perSecond - counted.size();
        }
    }

    /** A call that counts until a time; told from others by its identity. */
    private static final class Counted implements Comparable<Counted> {

        private final long until;

        Counted(long until) {
            this.until = until;
        }

        @Override
        public int compareTo(Counted other) {
            return Long.signum(until - other.until);
        }
    }
}
