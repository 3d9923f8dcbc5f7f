package dev.partnergateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Port;
import dev.partnergateway.http.Request;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.telemetry.Telemetry;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/**
 * The management port: what machines ask about this process, without a credential. It only tells, and nothing of partners'
 * calls.
 *
 * <pre>
 * GET /observe/health         every check; 503 when one is down
 * GET /observe/health/live    whether the process has to be started afresh
 * GET /observe/health/ready   whether it takes calls
 * GET /observe/metrics        for Prometheus
 * </pre>
 */
public final class ManagementPort {

    private static final String EVERYTHING = "full";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final CamelContext camel;
    private final Telemetry telemetry;

    private ManagementPort(CamelContext camel, Telemetry telemetry) {
        this.camel = camel;
        this.telemetry = telemetry;
    }

    /**
     * Opens it.
     *
     * @throws IllegalStateException when the port is taken
     */
    public static Port open(
            Settings settings, Vertx vertx, ExecutorService workers, CamelContext camel, Telemetry telemetry) {
        return Port.open(
                new Port.Place("gateway.management-port", settings.managementHost(), settings.managementPort()),
                vertx,
                settings,
                workers,
                ManagementPort::refusal,
                new ManagementPort(camel, telemetry)::answer);
    }

    private static Answer refusal(Request head) {
        return head.reads()
                ? null
                : Answer.refusal(405, "This port only tells: GET and HEAD").with("Allow", "GET, HEAD");
    }

    private Answer answer(Request request) {
        return switch (request.path()) {
            case "/observe/health" -> health(HealthCheckHelper.invoke(camel, EVERYTHING), false);
            case "/observe/health/live" -> health(HealthCheckHelper.invokeLiveness(camel, EVERYTHING), false);
            case "/observe/health/ready" -> health(HealthCheckHelper.invokeReadiness(camel, EVERYTHING), true);
            case "/observe/metrics" -> metrics(String.join(",", request.header("Accept")));
            default -> Answer.refusal(404, "There is no such page: /observe/health and /observe/metrics are here");
        };
    }

    private static Answer health(Collection<HealthCheck.Result> results, boolean readiness) {
        boolean up = HealthCheckHelper.isResultsUp(results, readiness);
        ObjectNode health = JsonNodeFactory.instance.objectNode().put("status", up ? "UP" : "DOWN");
        ArrayNode checks = health.putArray("checks");
        for (HealthCheck.Result result : results) {
            ObjectNode check = checks.addObject()
                    .put("name", result.getCheck().getId())
                    .put("status", result.getState().toString());
            result.getMessage().ifPresent(message -> check.put("message", message));
        }
        return Answer.json(up ? 200 : 503, health);
    }

    private Answer metrics(String accepted) {
        String type = accepted.contains(OPEN_METRICS) ? OPEN_METRICS + "; version=1.0.0; charset=utf-8" : TEXT;
        return Answer.text(type, telemetry.page(type));
    }
}
