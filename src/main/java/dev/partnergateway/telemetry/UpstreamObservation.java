package dev.partnergateway.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.time.Duration;

/** One call to a deployment, from its begin to its close; without an answer its status is {@code none}. */
public final class UpstreamObservation implements AutoCloseable {

    private final Telemetry telemetry;
    private final String deployment;
    private final String operation;
    private final Span span;
    private final Scope scope;
    private final long begin = System.nanoTime();
    private int status;

    UpstreamObservation(Telemetry telemetry, String deployment, String operation, Span span) {
        this.telemetry = telemetry;
        this.deployment = deployment;
        this.operation = operation;
        this.span = span;
        this.scope = span.makeCurrent();
    }

    /** The deployment answered with an HTTP status. */
    public void answered(int theStatus) {
        status = theStatus;
    }

    @Override
    public void close() {
        long took = System.nanoTime() - begin;
        Telemetry.life().called(operation, status, took);
        scope.close();
        if (status == 0 || status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.setAttribute("http.response.status_code", status);
        span.end();
        telemetry
                .timer(
                        "gateway.upstream",
                        "deployment",
                        deployment,
                        "operation",
                        operation,
                        "status",
                        status == 0 ? "none" : Integer.toString(status))
                .record(Duration.ofNanos(took));
    }
}
