package dev.partnergateway.talonone;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Leaves a deployment alone that fails: calls are refused at once until a few that are let through show that it works
 * again. An answer below 500 is a success, whatever it says.
 */
final class Breakers {

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final int WINDOW_SECONDS = 10;
    private static final int LEAST_CALLS = 20;
    private static final int FAILED_PERCENT = 50;
    private static final int PROBES = 3;

    private final Duration pause;
    private final Meters meters;
    private final CircuitBreakerConfig config;
    private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();

    /**
     * Makes them.
     *
     * @param pause how long a failing deployment is left alone
     */
    Breakers(Duration pause, Meters meters) {
        this.pause = pause;
        this.meters = meters;
        this.config = CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.TIME_BASED)
                .slidingWindowSize(WINDOW_SECONDS)
                .minimumNumberOfCalls(LEAST_CALLS)
                .failureRateThreshold(FAILED_PERCENT)
                .waitDurationInOpenState(pause)
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                // A probe that never comes back must not hold the others up for ever.
                .maxWaitDurationInHalfOpenState(pause)
                .writableStackTraceEnabled(false)
                .build();
    }

    private Breaker of(Deployment deployment) {
        Breaker known = breakers.get(deployment.name());
        return known != null
                ? known
                : breakers.computeIfAbsent(deployment.name(), name -> {
                    Breaker made = new Breaker(CircuitBreaker.of(name, config));
                    meters.breaker(deployment, made::open);
                    return made;
                });
    }

    /**
     * Looks whether a deployment may be called, without calling it.
     *
     * @throws Refusal 503 when it fails
     */
    void check(Deployment deployment) {
        Breaker breaker = of(deployment);
        breaker.enter();
        breaker.circuit.releasePermission();
    }

    /**
     * Begins a call.
     *
     * @throws Refusal 503 when the deployment fails
     */
    void enter(Deployment deployment) {
        of(deployment).enter();
    }

    /**
     * A call is over.
     *
     * @param failure what would fail again; null = none
     */
    void over(Deployment deployment, Throwable failure, long nanos) {
        CircuitBreaker circuit = of(deployment).circuit;
        if (failure == null) {
            circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
        } else {
            circuit.onError(nanos, TimeUnit.NANOSECONDS, failure);
        }
    }

    private final class Breaker {

        private final CircuitBreaker circuit;
        private volatile long openUntil;

        Breaker(CircuitBreaker circuit) {
            this.circuit = circuit;
            circuit.getEventPublisher().onStateTransition(change -> openUntil = System.nanoTime() + pause.toNanos());
        }

        void enter() {
            if (!circuit.tryAcquirePermission()) {
                Duration left = Duration.ofNanos(openUntil - System.nanoTime());
                throw Refusal.retry(
                        503,
                        "Talon.One fails and is left alone for a moment: try again",
                        left.compareTo(SHORTEST_RETRY) > 0 ? left : SHORTEST_RETRY);
            }
        }

        double open() {
            State state = circuit.getState();
            return state == State.OPEN ? 1 : state == State.HALF_OPEN ? 0.5 : 0;
        }
    }
}
