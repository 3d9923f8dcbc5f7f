package dev.partnergateway.telemetry;

import dev.partnergateway.call.CallLife;
import dev.partnergateway.call.PartnerCall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.MDC;

/**
 * Metrics of the whole process, and traces when an exporter is configured. Room for what is looked at, never for what
 * decides anything.
 */
public final class Telemetry implements AutoCloseable {

    /** Bounds of the histograms: from what a stored answer takes to the longest usual deadline. */
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofMillis(1000),
        Duration.ofMillis(1800),
        Duration.ofMillis(3000),
        Duration.ofMillis(5000),
        Duration.ofMillis(8000)
    };

    private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS");
    private static final String OTHER_METHOD = "_OTHER";
    private static final int STRANGERS_A_SECOND = 10;

    private final Allowed strangers = new Allowed(STRANGERS_A_SECOND);
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Traces traces;
    private final boolean accessLog;
    private volatile CallEvents events;
    private volatile Watcher watcher = over -> {};

    /** Who is told of every call when it is over. */
    @FunctionalInterface
    public interface Watcher {

        /** A call was answered, and nothing works on it; a second time for one on which work has begun afterwards. */
        void over(Seen call);
    }

    /**
     * How a call ended.
     *
     * @param integration name of its integration, {@code none} when no integration has its path
     * @param status HTTP status of its answer; 0 = the caller went away before
     */
    public record Seen(PartnerCall call, String integration, String method, int status, Duration duration) {}

    private static final ContextKey<CallLife> LIFE = ContextKey.named("life");

    private Telemetry(Traces traces, boolean accessLog) {
        this.traces = traces;
        this.accessLog = accessLog;
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
    }

    /**
     * Begins.
     *
     * @param accessLog whether every call of a partner is logged in one line
     */
    public static Telemetry open(boolean accessLog) {
        return new Telemetry(Traces.open(), accessLog);
    }

    /**
     * Every metric as Prometheus reads it.
     *
     * @param contentType of its text format, or of OpenMetrics
     */
    public String page(String contentType) {
        return meters.scrape(contentType);
    }

    /** Where every room puts its meters; shown on the management port. */
    public MeterRegistry meters() {
        return meters;
    }

    /**
     * A call of a partner has come in.
     *
     * @param integration name of its integration, {@code none} when no integration has its path
     * @param method as it came; those that HTTP does not know are all the same in what operators see
     */
    public CallObservation call(PartnerCall call, String integration, String method) {
        String known = METHODS.contains(method) ? method : OTHER_METHOD;
        return new CallObservation(this, call, integration, known, traces.incoming(known + " " + integration));
    }

    /** Tells somebody of every call from now on. */
    public void watch(Watcher theWatcher) {
        this.watcher = theWatcher;
    }

    void over(Seen call) {
        watcher.over(call);
    }

    /** What happens to the call that this thread works on; one that nobody looks at when it works on none. */
    public static CallLife life() {
        CallLife life = Context.current().get(LIFE);
        return life == null ? new CallLife() : life;
    }

    static Context with(Context context, CallLife life) {
        return context.with(LIFE, life);
    }

    /** Whether one more line may be logged of a call that is for no operation: anybody can make any number of those. */
    Allowed strangers() {
        return strangers;
    }

    /** A call to a deployment begins; to be closed on the same thread. */
    public UpstreamObservation upstream(String deployment, String operation, String method) {
        return new UpstreamObservation(this, deployment, operation, traces.outgoing(operation, method, deployment));
    }

    /**
     * A queued call is tried; to be closed on the same thread.
     *
     * @param trace {@code traceparent} of the partner's call, or null
     */
    public DeliveryObservation delivery(String requestId, String operation, String trace) {
        return new DeliveryObservation(this, requestId, operation, traces.continued("deliver " + operation, trace));
    }

    /** {@code traceparent} of what this thread works on; null when it is not traced. */
    public static String traceparent() {
        return Traces.traceparent();
    }

    /** Publishes events of calls from now on. */
    public void publish(CallEvents theEvents) {
        this.events = theEvents;
    }

    /** A call keeps its contract and is admitted. */
    public void accepted(PartnerCall call) {
        if (events != null) {
            events.accepted(call);
        }
    }

    void answered(PartnerCall call, int status, Duration duration) {
        if (events != null) {
            events.answered(call, status, duration);
        }
    }

    /** Looking a timer up in the registry costs as much as everything else that is measured of a call. */
    Timer timer(String name, String... tags) {
        return timers.computeIfAbsent(name + ' ' + String.join(" ", tags), key -> Timer.builder(name)
                .tags(tags)
                .serviceLevelObjectives(BOUNDS)
                .register(meters));
    }

    boolean accessLog() {
        return accessLog;
    }

    /** An executor whose tasks are logged and traced as part of the call that gave them. */
    public static Executor carrying(Executor executor) {
        return task -> {
            Map<String, String> log = MDC.getCopyOfContextMap();
            Runnable traced = Context.current().wrap(task);
            executor.execute(() -> {
                if (log != null) {
                    MDC.setContextMap(log);
                }
                try {
                    traced.run();
                } finally {
                    MDC.clear();
                }
            });
        };
    }

    @Override
    public void close() {
        traces.close();
        meters.close();
    }
}
