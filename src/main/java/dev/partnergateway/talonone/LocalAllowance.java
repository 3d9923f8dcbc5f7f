package dev.partnergateway.talonone;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The allowance of one process that has the endpoints to itself. */
final class LocalAllowance implements Allowance {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** A call may be counted as late as it is answered; one that is not answered was counted within this time. */
    private static final long LONGEST_WAY = Duration.ofSeconds(2).toNanos();

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

    /** One place for each call that may count at the same time. Times are those of {@link System#nanoTime}. */
    private static final class Endpoint {

        private final long[] freeAt;
        private final long distance;
        private long next;

        Endpoint(int perSecond) {
            freeAt = new long[perSecond];
            Arrays.fill(freeAt, System.nanoTime());
            distance = SECOND / perSecond;
            next = System.nanoTime();
        }

        synchronized Grant take() {
            long now = System.nanoTime();
            int earliest = 0;
            for (int i = 1; i < freeAt.length; i++) {
                if (freeAt[i] - freeAt[earliest] < 0) {
                    earliest = i;
                }
            }
            long wait = Math.max(freeAt[earliest] - now, next - now);
            if (wait > 0) {
                return new Grant(Duration.ofNanos(wait), null);
            }
            int place = earliest;
            long before = next;
            long taken = now + LONGEST_WAY + SECOND;
            freeAt[place] = taken;
            next = now + distance;
            return new Grant(Duration.ZERO, made -> end(place, taken, made, before));
        }

        private synchronized void end(int place, long taken, boolean made, long before) {
            if (freeAt[place] != taken) {
                // It was given up, and the place has been taken again.
                return;
            }
            long now = System.nanoTime();
            if (made) {
                freeAt[place] = now + SECOND;
            } else {
                freeAt[place] = now;
                next = before;
            }
        }

        synchronized void pause(long nanos) {
            next = Math.max(next, System.nanoTime() + nanos);
        }

        synchronized int left() {
            long now = System.nanoTime();
            return next - now > 0
                    ? 0
                    : (int) Arrays.stream(freeAt)
                            .filter(free -> free - now <= 0)
                            .count();
        }
    }
}
