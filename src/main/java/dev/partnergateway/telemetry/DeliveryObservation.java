package dev.partnergateway.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import org.slf4j.MDC;

/** One try to carry out a queued call: what it does is logged and traced as part of the partner's call. */
public final class DeliveryObservation implements AutoCloseable {

    private final Telemetry telemetry;
    private final String operation;
    private final Span span;
    private final Scope scope;
    private final long begin = System.nanoTime();
    private String status = "none";

    DeliveryObservation(Telemetry telemetry, String requestId, String operation, Span span) {
        this.telemetry = telemetry;
        this.operation = operation;
        this.span = span;
        this.scope = span.makeCurrent();
        MDC.put("requestId", requestId);
        if (span.getSpanContext().isValid()) {
            MDC.put("traceId", span.getSpanContext().getTraceId());
        }
    }

    /** It was carried out ({@code done}), or what came in between: an HTTP status or {@code fault}. */
    public void ended(String theStatus) {
        status = theStatus;
    }

    @Override
    public void close() {
        scope.close();
        if (!status.equals("done")) {
            span.setStatus(StatusCode.ERROR);
        }
        span.setAttribute("gateway.status", status);
        span.end();
        telemetry
                .timer("gateway.queue.deliveries", "operation", operation, "status", status)
                .record(Duration.ofNanos(System.nanoTime() - begin));
        MDC.clear();
    }
}
