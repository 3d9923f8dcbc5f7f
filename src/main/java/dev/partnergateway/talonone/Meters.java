package dev.partnergateway.talonone;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What is measured on the way to deployments, per deployment and operation. No label ever holds anything that a caller
 * chose.
 */
final class Meters {

    private final MeterRegistry registry;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    private static Tags tags(String endpoint) {
        String[] parts = endpoint.split(" ");
        return Tags.of("deployment", parts[0], "operation", parts[1]);
    }

    /** Watches the budget of an endpoint. */
    void budget(Deployment deployment, UpstreamOperation operation, Supplier<Number> left, Supplier<Number> waiting) {
        Tags tags = Tags.of("deployment", deployment.name(), "operation", operation.id());
        Gauge.builder("gateway.budget.left", left)
                .tags(tags)
                .description("Calls that may be made right now")
                .register(registry);
        Gauge.builder("gateway.budget.waiting", waiting)
                .tags(tags)
                .description("Calls waiting for their turn")
                .register(registry);
        // There from the beginning, so that the first refusal is seen as a change.
        registry.counter("gateway.budget.refused", tags);
    }

    /** Counts a call that could not be served in time. */
    void refused(String endpoint) {
        registry.counter("gateway.budget.refused", tags(endpoint)).increment();
    }

    /** Counts how long a call waited for its turn. */
    void waited(String endpoint, long nanos) {
        Telemetry.life().waited("turn", nanos);
        timer("gateway.budget.wait", endpoint, "Time that calls wait for their turn")
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(String name, String endpoint, String description) {
        return timers.computeIfAbsent(name + ' ' + endpoint, key -> Timer.builder(name)
                .tags(tags(endpoint))
                .description(description)
                .register(registry));
    }

    /** Counts a call that is sent once more. */
    void repeated(Deployment deployment, UpstreamOperation operation) {
        registry.counter("gateway.upstream.retries", "deployment", deployment.name(), "operation", operation.id())
                .increment();
    }

    /** Watches the calls of an operation that wait for a profile or session. */
    void sequence(String endpoint, Supplier<Number> waiting) {
        Gauge.builder("gateway.sequence.waiting", waiting)
                .tags(tags(endpoint))
                .description("Calls waiting for another one of the same profile or session")
                .register(registry);
    }

    /** Counts how long a call waited for others of the same profile or session. */
    void sequenceWaited(String endpoint, long nanos) {
        Telemetry.life().waited("profile", nanos);
        timer("gateway.sequence.wait", endpoint, "Time that calls wait for others of the same profile or session")
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Watches whether a deployment is left alone. */
    void breaker(Deployment deployment, Supplier<Number> open) {
        Gauge.builder("gateway.breaker.open", open)
                .tags("deployment", deployment.name())
                .description("1 = calls are refused because the deployment fails, 0.5 = it is being tried, 0 = closed")
                .register(registry);
    }
}
