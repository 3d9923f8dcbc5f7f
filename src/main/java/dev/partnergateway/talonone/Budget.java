package dev.partnergateway.talonone;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hands out turns at Management endpoints: as many as Talon.One allows, to partners in turn, and to nobody who could not
 * make use of it any more. Such a call is refused at once with an honest {@code Retry-After}.
 */
public final class Budget implements AutoCloseable {

    private static final Duration FIRST_GUESS = Duration.ofMillis(50);

    /** One slow answer must not close an endpoint: nobody would find out that it is fast again. */
    private static final Duration LONGEST_GUESS = Duration.ofMillis(400);

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    /** Until one who asks for a turn has most likely been answered. */
    private static final Duration ASKED_SOON = Duration.ofMillis(2);

    private final Allowance allowance;
    private final Meters meters;
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "budget");
        thread.setDaemon(true);
        return thread;
    });

    Budget(Allowance allowance, Meters meters) {
        this.allowance = allowance;
        this.meters = meters;
    }

    /**
     * Waits for a turn.
     *
     * @param party who asks; parties are served in turn
     * @param patience time within which the call must have been made and answered
     * @throws Refusal 429 when there will be none in time; nothing was sent then
     */
    public Turn take(Deployment deployment, UpstreamOperation operation, String party, Duration patience) {
        return unlimited(deployment, operation)
                ? Turn.FREE
                : endpoint(deployment, operation).take(party, patience);
    }

    /** A turn that needs no waiting, if there is one and nobody waits for it. */
    public Optional<Turn> takeNow(Deployment deployment, UpstreamOperation operation) {
        return unlimited(deployment, operation)
                ? Optional.of(Turn.FREE)
                : endpoint(deployment, operation).takeNow();
    }

    /** How long a newcomer would wait for a turn and its answer, after so many others. */
    public Duration expected(Deployment deployment, UpstreamOperation operation, int others) {
        return unlimited(deployment, operation)
                ? Duration.ZERO
                : endpoint(deployment, operation).expected(others);
    }

    private static boolean unlimited(Deployment deployment, UpstreamOperation operation) {
        return operation.key() == UpstreamOperation.Key.PARTNER || deployment.managementRate() == 0;
    }

    private Endpoint endpoint(Deployment deployment, UpstreamOperation operation) {
        return endpoints.computeIfAbsent(deployment.name() + ' ' + operation.id(), name -> {
            Endpoint endpoint = new Endpoint(name, deployment.managementRate());
            meters.budget(
                    deployment, operation, () -> allowance.left(name, deployment.managementRate()), endpoint::waiting);
            return endpoint;
        });
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /**
     * One endpoint of one deployment. Its queue, the time of the next turn and whether that is scheduled are guarded by its
     * monitor, which nobody holds while waiting: who waits has a future of its own, and the clock's thread completes it.
     */
    private final class Endpoint {

        private final String name;
        private final int perSecond;
        private final FairQueue<CompletableFuture<Turn>> queue = new FairQueue<>();
        private long nextAt = System.nanoTime();
        private boolean scheduled;

        /** Somebody asks whether there is a turn, one at a time. */
        private boolean asking;

        /** A guess: when two answers come at once, one of them may count for nothing. */
        private volatile Duration usual = FIRST_GUESS;

        Endpoint(String name, int perSecond) {
            this.name = name;
            this.perSecond = perSecond;
        }

        Turn take(String party, Duration patience) {
            Optional<Turn> now = takeNow();
            if (now.isPresent()) {
                return now.get();
            }
            CompletableFuture<Turn> mine = new CompletableFuture<>();
            long begun = System.nanoTime();
            synchronized (this) {
                Duration expected = expected(queue.ahead(party));
                if (expected.compareTo(patience) > 0) {
                    meters.refused(name);
                    throw refusal(expected.minus(patience));
                }
                queue.add(party, mine);
                schedule();
            }
            try {
                Turn turn = mine.get(patience.toNanos(), TimeUnit.NANOSECONDS);
                meters.waited(name, System.nanoTime() - begun);
                return turn;
            } catch (TimeoutException e) {
                withdraw(party, mine);
                meters.refused(name);
                throw refusal(SHORTEST_RETRY);
            } catch (InterruptedException e) {
                withdraw(party, mine);
                Thread.currentThread().interrupt();
                throw Refusal.stopping();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        /** A turn that is given meanwhile is given back: by this, or by who finds that nobody takes it. */
        private void withdraw(String party, CompletableFuture<Turn> mine) {
            synchronized (this) {
                queue.remove(party, mine);
            }
            if (!mine.cancel(false)) {
                mine.join().unused();
            }
        }

        private Refusal refusal(Duration retry) {
            return Refusal.retry(
                    429,
                    "Talon.One allows " + perSecond + " calls of this kind a second and too many wait: try again later",
                    retry.compareTo(SHORTEST_RETRY) > 0 ? retry : SHORTEST_RETRY);
        }

        Optional<Turn> takeNow() {
            synchronized (this) {
                if (asking || !queue.isEmpty()) {
                    return Optional.empty();
                }
                asking = true;
            }
            return ask();
        }

        synchronized int waiting() {
            return queue.size();
        }

        synchronized Duration expected(int others) {
            return Duration.ofNanos(Math.max(0, nextAt - System.nanoTime()))
                    .plus(usual)
                    .plus(Duration.ofSeconds(1).multipliedBy(others).dividedBy(perSecond));
        }

        /** Asks, which may take a database, for whoever has set {@link #asking}; nobody else waits for the answer. */
        private Optional<Turn> ask() {
            Allowance.Grant grant = null;
            try {
                grant = allowance.take(name, perSecond);
                return grant.taken() ? Optional.of(new Taken(this, grant.end())) : Optional.empty();
            } finally {
                asked(grant);
            }
        }

        private synchronized void asked(Allowance.Grant grant) {
            asking = false;
            Duration wait =
                    grant == null || grant.taken() ? Duration.ofSeconds(1).dividedBy(perSecond) : grant.pause();
            nextAt = System.nanoTime() + wait.toNanos();
        }

        private void schedule() {
            if (!scheduled) {
                scheduled = true;
                clock.schedule(this::serve, Math.max(0, nextAt - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        }

        private void serve() {
            synchronized (this) {
                scheduled = false;
                if (queue.isEmpty()) {
                    return;
                }
                if (asking) {
                    nextAt = System.nanoTime() + ASKED_SOON.toNanos();
                    schedule();
                    return;
                }
                asking = true;
            }
            Optional<Turn> turn = Optional.empty();
            CompletableFuture<Turn> next = null;
            try {
                turn = ask();
            } finally {
                synchronized (this) {
                    next = turn.isPresent() ? queue.poll() : null;
                    if (!queue.isEmpty()) {
                        schedule();
                    }
                }
            }
            if (turn.isPresent() && (next == null || !next.complete(turn.get()))) {
                turn.get().unused();
            }
        }

        void pause(Duration pause) {
            allowance.pause(name, pause);
            synchronized (this) {
                nextAt = Math.max(nextAt, System.nanoTime() + pause.toNanos());
            }
        }

        private void took(Duration time) {
            Duration capped = time.compareTo(LONGEST_GUESS) > 0 ? LONGEST_GUESS : time;
            usual = usual.multipliedBy(4).plus(capped).dividedBy(5);
        }
    }

    private final class Taken implements Turn {

        private final Endpoint endpoint;
        private final Allowance.End end;

        Taken(Endpoint endpoint, Allowance.End end) {
            this.endpoint = endpoint;
            this.end = end;
        }

        @Override
        public void made(Duration took) {
            end.end(true);
            endpoint.took(took);
        }

        @Override
        public void unused() {
            end.end(false);
        }

        @Override
        public void refused(Duration pause) {
            end.end(true);
            endpoint.pause(pause.compareTo(SHORTEST_RETRY) > 0 ? pause : SHORTEST_RETRY);
        }
    }
}
