package dev.partnergateway.telemetry;

import dev.partnergateway.call.PartnerCall;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One call of a partner, from its arrival to its answer. */
public final class CallObservation {

    private static final Logger ACCESS = LoggerFactory.getLogger("dev.partnergateway.access-log");

    private static final String NONE = "none";

    private final Telemetry telemetry;
    private final PartnerCall call;
    private final String integration;
    private final String method;
    private final Span span;
    private final long begin = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();

    /** What keeps it from being over: the answer, and work. */
    private final AtomicInteger open = new AtomicInteger(1);

    private volatile int status;
    private volatile Duration duration = Duration.ZERO;

    CallObservation(Telemetry telemetry, PartnerCall call, String integration, String method, Span span) {
        this.telemetry = telemetry;
        this.call = call;
        this.integration = integration;
        this.method = method;
        this.span = span;
        if (span.getSpanContext().isValid()) {
            call.life().traceId(span.getSpanContext().getTraceId());
        }
    }

    /** Does work for the call: what is logged names the call, what is called becomes part of its trace. */
    public void run(Runnable work) {
        name();
        open.incrementAndGet();
        try {
            Telemetry.with(Context.current().with(span), call.life()).wrap(work).run();
        } finally {
            MDC.clear();
            close();
        }
    }

    /** Of those who keep it from being over one less. */
    private void close() {
        if (open.decrementAndGet() == 0) {
            telemetry.over(new Telemetry.Seen(call, integration, method, status, duration));
        }
    }

    private void name() {
        MDC.put("requestId", call.requestId());
        if (span.getSpanContext().isValid()) {
            MDC.put("traceId", span.getSpanContext().getTraceId());
        }
    }

    /**
     * The answer is on its way; later ones of the same call do not count.
     *
     * @param theStatus its HTTP status; 0 = the caller went away before
     */
    public void answered(int theStatus) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        status = theStatus;
        duration = Duration.ofNanos(System.nanoTime() - begin);
        String operation = call.operation() == null ? NONE : call.operation().id();
        String result = status == 0 ? "gone" : Integer.toString(status);
        telemetry
                .timer("gateway.requests", "integration", integration, "operation", operation, "status", result)
                .record(duration);
        if (call.operation() != null) {
            span.updateName(method + " " + call.operation().path());
            span.setAttribute("gateway.operation", operation);
        }
        span.setAttribute("gateway.request_id", call.requestId());
        span.setAttribute("http.response.status_code", status);
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
        if (status != 0) {
            telemetry.answered(call, status, duration);
        }
        if (telemetry.accessLog()) {
            log(operation, result, duration.toMillis());
        }
        close();
    }

    /** Neither path nor query: they may hold a person's identifier. */
    private void log(String operation, String result, long millis) {
        if (operation.equals(NONE)) {
            long leftOut = telemetry.strangers().ask();
            if (leftOut < 0) {
                return;
            }
            if (leftOut > 0) {
                ACCESS.info("{} calls that were for no operation are not in this log", leftOut);
            }
        }
        name();
        try {
            ACCESS.atInfo()
                    .addKeyValue("integration", integration)
                    .addKeyValue("operation", operation)
                    .addKeyValue("status", result)
                    .addKeyValue("millis", millis)
                    .log("{} {} {} in {} ms", method, operation.equals(NONE) ? integration : operation, result, millis);
        } finally {
            MDC.clear();
        }
    }
}
