package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one step with {@code ?refused=leave-out} leaves out: what is refused for good (400 or 404) costs itself, and the
 * rest goes on. A request that lists several things is divided until what is refused stands alone. It is told when the
 * step has ended; when the step fails as a whole, it is repeated as a whole and nothing is told.
 */
final class LeaveOut {

    private static final Logger LOG = LoggerFactory.getLogger(LeaveOut.class);

    private final Exchange exchange;
    private final List<Item> items = new ArrayList<>();
    private boolean sends;

    private record Item(UpstreamOperation operation, ObjectNode request, Refusal refusal) {}

    LeaveOut(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Whether a refusal is of the request itself and stays the same however often it is tried. */
    static boolean isForGood(Refusal refusal) {
        return (refusal.status() == 400 || refusal.status() == 404) && refusal.effect() == Refusal.Effect.NONE;
    }

    /** Notes that something is sent: the call is not wrong as a whole. */
    synchronized void sends() {
        sends = true;
    }

    /** Whether something is sent, known before the first thing is. */
    synchronized boolean isSending() {
        return sends;
    }

    /** Notes what is left out. */
    synchronized void add(UpstreamOperation operation, ObjectNode request, Refusal refusal) {
        items.add(new Item(operation, request, refusal));
    }

    /**
     * Leaves a request out, or what is refused of it.
     *
     * @param request the route's own, not completed
     * @param again carries out a part of it
     */
    JsonNode refused(
            UpstreamOperation operation,
            ObjectNode request,
            Refusal refusal,
            BiFunction<Exchange, ObjectNode, JsonNode> again) {
        List<ObjectNode> parts = halves(operation, request);
        if (parts.isEmpty()) {
            add(operation, request, refusal);
            return JsonNodeFactory.instance.nullNode();
        }
        parts.forEach(part -> again.apply(exchange, part));
        return JsonNodeFactory.instance.objectNode();
    }

    /** The two halves of a request; empty when it asks for one thing. */
    private static List<ObjectNode> halves(UpstreamOperation operation, ObjectNode request) {
        JsonNode list = operation.items().isEmpty()
                ? JsonNodeFactory.instance.missingNode()
                : request.path("body").path(operation.items());
        if (list.size() < 2) {
            return List.of();
        }
        ArrayNode first = JsonNodeFactory.instance.arrayNode();
        ArrayNode second = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < list.size(); i++) {
            (i < list.size() / 2 ? first : second).add(list.get(i));
        }
        return List.of(half(operation, request, first), half(operation, request, second));
    }

    private static ObjectNode half(UpstreamOperation operation, ObjectNode request, ArrayNode items) {
        ObjectNode half = request.objectNode();
        request.properties().forEach(member -> half.set(member.getKey(), member.getValue()));
        ObjectNode body = request.objectNode();
        request.path("body").properties().forEach(member -> body.set(member.getKey(), member.getValue()));
        body.set(operation.items(), items);
        half.set("body", body);
        if (request.hasNonNull("key")) {
            // Another content needs another key.
            half.putArray("key").add(request.get("key")).add(items);
        }
        return half;
    }

    /**
     * The step has ended: tells what was left out.
     *
     * @param list whether it was given a list; one of which nothing could even be sent is refused as a whole
     * @throws Refusal when nothing could be sent, or what was left out could not be kept
     */
    void tell(boolean list, RefusedItems keeper, MeterRegistry meters) {
        if (list && !sends && !items.isEmpty()) {
            throw items.get(0).refusal();
        }
        for (Item item : items) {
            tell(item, meters);
            keeper.take(exchange, item.operation(), item.request(), item.refusal());
        }
        if (!list && !items.isEmpty() && !EffectKey.isPart(exchange)) {
            EffectKey.of(exchange).ifPresent(EffectKey::isLeftOut);
        }
    }

    private void tell(Item item, MeterRegistry meters) {
        PartnerCall call = PartnerCall.of(exchange);
        LOG.warn(
                "{} left out one thing that was refused: {} {}: {}",
                call,
                item.operation().id(),
                item.refusal().status(),
                Reason.of(item.request(), item.refusal()));
        Counter.builder("gateway.refused.items")
                .tags("deployment", call.deployment().name())
                .tags("operation", call.operation().id())
                .tags("upstream", item.operation().id())
                .tags("status", Integer.toString(item.refusal().status()))
                .description("Events and users that were refused for good and left out of their calls")
                .register(meters)
                .increment();
    }
}
