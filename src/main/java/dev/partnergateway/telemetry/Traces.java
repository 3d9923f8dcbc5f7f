package dev.partnergateway.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Spans of calls, exported over OTLP as the standard {@code OTEL_*} variables say; without {@code OTEL_TRACES_EXPORTER}
 * or {@code OTEL_EXPORTER_OTLP_ENDPOINT} nothing of OpenTelemetry's SDK is loaded.
 *
 * <p>A partner's {@code traceparent} is not taken: who may send it decides what is sampled, and could mix calls of others
 * into one trace. Talon.One is not sent any, it is not the operator's own service.
 */
final class Traces implements AutoCloseable {

    private static final String NAME = "dev.partnergateway";

    private static final String TRACEPARENT = "traceparent";

    private static final TextMapGetter<String> CARRIER = new TextMapGetter<>() {
        @Override
        public List<String> keys(String traceparent) {
            return List.of(TRACEPARENT);
        }

        @Override
        public String get(String traceparent, String name) {
            return name.equals(TRACEPARENT) ? traceparent : null;
        }
    };

    private final OpenTelemetry telemetry;
    private final Tracer tracer;

    private Traces(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer(NAME);
    }

    static Traces open() {
        return new Traces(wanted() ? sdk() : OpenTelemetry.noop());
    }

    private static boolean wanted() {
        String exporter = setting("otel.traces.exporter");
        return exporter == null ? setting("otel.exporter.otlp.endpoint") != null : !exporter.equals("none");
    }

    private static String setting(String name) {
        String value = System.getProperty(name);
        return value != null
                ? value
                : System.getenv(name.toUpperCase(Locale.ROOT).replace('.', '_'));
    }

    /** Metrics and logs have their own ways out; only the protocol that needs no further library is there. */
    private static OpenTelemetry sdk() {
        return AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesSupplier(() -> Map.of(
                        "otel.service.name", "partner-gateway",
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.metrics.exporter", "none",
                        "otel.logs.exporter", "none"))
                .build()
                .getOpenTelemetrySdk();
    }

    Span incoming(String name) {
        return tracer.spanBuilder(name)
                .setSpanKind(SpanKind.SERVER)
                .setParent(Context.root())
                .startSpan();
    }

    Span outgoing(String operation, String method, String deployment) {
        return tracer.spanBuilder(operation)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("http.request.method", method)
                .setAttribute("gateway.deployment", deployment)
                .startSpan();
    }

    /** Goes on with a trace that this gateway, or another one, began. */
    Span continued(String name, String traceparent) {
        Context parent = traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, CARRIER);
        return tracer.spanBuilder(name)
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(parent)
                .startSpan();
    }

    static String traceparent() {
        AtomicReference<String> injected = new AtomicReference<>();
        W3CTraceContextPropagator.getInstance().inject(Context.current(), injected, (carrier, name, value) -> {
            if (name.equals(TRACEPARENT)) {
                carrier.set(value);
            }
        });
        return injected.get();
    }

    @Override
    public void close() {
        if (telemetry instanceof OpenTelemetrySdk sdk) {
            sdk.close();
        }
    }
}
