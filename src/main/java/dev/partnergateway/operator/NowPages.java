package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.check.Edits;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import dev.partnergateway.operator.OperatorPort.House;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import java.lang.management.ManagementFactory;
import java.time.Instant;

/** {@code GET /now}: what needs somebody, and the charts of the last hour. */
final class NowPages {

    private final House house;
    private final LastHour hour;

    NowPages(House house, LastHour hour) {
        this.house = house;
        this.hour = hour;
    }

    Answer answer(Request request) {
        if (request.segments().size() != 1) {
            return Answer.refusal(404, "There is no such page: GET /api/now");
        }
        ObjectNode shown = hour.show();
        shown.put(
                "started",
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                        .toString());
        shown.put("store", house.store().embedded() ? "file" : "PostgreSQL");
        needs(shown.putArray("needs"));
        return Answer.json(200, shown);
    }

    private void needs(ArrayNode needs) {
        if (!house.ready().getAsBoolean()) {
            need(needs, "The gateway takes no calls", 1, "");
        }
        try {
            long parked = house.parked().count();
            if (parked > 0) {
                need(needs, "parked calls wait for a decision", parked, "/decisions");
            }
        } catch (StoreException e) {
            need(needs, "The store does not answer: calls are answered 503", 1, "");
        }
        for (Edits.Refused edit : house.edits().refused()) {
            need(needs, "An edit of " + edit.integration() + " could not be loaded", 1, "/integrations");
        }
        for (Meter meter : house.meters().getMeters()) {
            String name = meter.getId().getName();
            if (meter instanceof Gauge gauge && name.equals("gateway.breaker.open") && gauge.value() > 0) {
                need(
                        needs,
                        "Deployment " + meter.getId().getTag("deployment") + " fails and is left alone",
                        1,
                        "/deployments");
            }
        }
    }

    private static void need(ArrayNode needs, String what, long count, String page) {
        needs.addObject().put("what", what).put("count", count).put("page", page);
    }
}
