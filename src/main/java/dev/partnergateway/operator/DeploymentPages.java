package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import dev.partnergateway.operator.OperatorPort.House;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** {@code GET /deployments}: what is configured, and how calls to it went since this process started. */
final class DeploymentPages {

    private static final String OPERATION = "operation";

    private final House house;

    DeploymentPages(House house) {
        this.house = house;
    }

    Answer answer(Request request) {
        if (request.segments().size() != 1) {
            return Answer.refusal(404, "There is no such page: GET /api/deployments lists deployments");
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        house.deployments().all().forEach(deployment -> list.add(shown(deployment)));
        return Answer.json(200, list);
    }

    private ObjectNode shown(Deployment deployment) {
        ObjectNode shown = JsonNodeFactory.instance
                .objectNode()
                .put("name", deployment.name())
                .put("baseUrl", deployment.baseUrl().toString())
                .put("managementKey", deployment.managementKey().isPresent())
                .put("managementRate", deployment.managementRate())
                .put("batching", deployment.batching())
                .put("createAttributes", deployment.createAttributes())
                .put("registeredKeys", deployment.registry().size())
                .put("clockBehindMillis", deployment.clock().behind().toMillis());
        deployment.clock().lastAnswer().ifPresent(last -> shown.put("lastAnswer", last.toString()));
        Map<String, ObjectNode> operations = new TreeMap<>();
        for (Meter meter : house.meters().getMeters()) {
            if (deployment.name().equals(meter.getId().getTag("deployment"))) {
                add(meter, shown, operations);
            }
        }
        ArrayNode list = shown.putArray("operations");
        operations.values().forEach(list::add);
        ArrayNode keys = shown.putArray("keys");
        house.access().keysSeen(deployment).forEach(key -> keys.addObject()
                .put("key", key.hash())
                .put("application", key.application())
                .put("rehearsesOnly", key.rehearsesOnly()));
        return shown;
    }

    private static void add(Meter meter, ObjectNode shown, Map<String, ObjectNode> operations) {
        String name = meter.getId().getName();
        String operation = meter.getId().getTag(OPERATION);
        if (name.equals("gateway.breaker.open") && meter instanceof Gauge gauge) {
            shown.put("breakerOpen", gauge.value());
        } else if (operation != null && (name.startsWith("gateway.budget.") || name.equals("gateway.upstream"))) {
            ObjectNode one = operations.computeIfAbsent(
                    operation, id -> JsonNodeFactory.instance.objectNode().put(OPERATION, id));
            if (name.equals("gateway.budget.left") && meter instanceof Gauge gauge) {
                one.put("turnsLeft", gauge.value());
            } else if (name.equals("gateway.budget.waiting") && meter instanceof Gauge gauge) {
                one.put("waiting", gauge.value());
            } else if (name.equals("gateway.upstream") && meter instanceof Timer timer) {
                ObjectNode statuses = one.withObjectProperty("statuses");
                statuses.putObject(meter.getId().getTag("status"))
                        .put("calls", timer.count())
                        .put("meanMillis", Math.round(timer.mean(TimeUnit.MILLISECONDS) * 10) / 10.0);
            }
        }
    }
}
