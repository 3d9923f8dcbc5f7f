package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * The value of the upstream {@code Idempotency-Key}, of each request that Talon.One takes one for. It is made before the
 * request is completed, and stands in its member {@code key} from then on:
 *
 * <ul>
 *   <li>what the route writes there says which requests of several calls are the same, under the key of the idempotent
 *       consumer if there is one;
 *   <li>else it is the key of the idempotent consumer that the exchange itself stands in;
 *   <li>else the request is like no other of any call. Equal requests of one call are told apart by counting them, so that
 *       a call that comes out of the queue again sends the same keys again.
 * </ul>
 */
public final class RequestKey {

    private static final String MEMBER = "key";

    /** Beside a key that the route has said itself. */
    private static final String SAID = "sameAsBefore";

    private RequestKey() {}

    /**
     * Gives a request its key.
     *
     * @param alone whether the exchange sends it by itself, not as one of a list
     */
    static void give(Exchange exchange, UpstreamOperation operation, ObjectNode request, boolean alone) {
        JsonNode said = request.path(MEMBER);
        if (operation.repeat() != Repeat.KEYED) {
            return;
        }
        PartnerCall call = PartnerCall.of(exchange);
        Optional<EffectKey> claimed = EffectKey.of(exchange);
        ArrayNode tuple = JsonNodeFactory.instance.arrayNode();
        tuple.add(call.deployment().name()).add(call.credential().hash()).add(operation.id());
        if (call.renewed() > 0) {
            tuple.add(call.renewed());
        }
        if (!said.isMissingNode() && !said.isNull()) {
            tuple.add(claimed.map(EffectKey::value).orElse(null)).add(said.toString());
            request.put(SAID, true);
        } else if (claimed.isPresent() && alone && !EffectKey.isPart(exchange)) {
            int number = claimed.get().next();
            if (number == 0) {
                request.put(MEMBER, claimed.get().value());
                return;
            }
            tuple.add(claimed.get().value()).add(number);
        } else {
            tuple.add(claimed.map(EffectKey::value).orElseGet(call::distinction))
                    .add(request.toString());
            tuple.add(call.occurrence(tuple.toString()));
        }
        request.put(MEMBER, Credential.sha256(tuple.toString()));
    }

    /** Gives a request that was changed another key: for the old one Talon.One may repeat what it said before. */
    public static void renew(ObjectNode request) {
        if (request.path(MEMBER).isTextual()) {
            request.put(MEMBER, Credential.sha256(request.path(MEMBER).textValue() + ':' + request.path("body")));
        }
    }

    /** Whether the same request of another call has the same key, so that it does nothing that the first did not do. */
    static boolean isSaid(ObjectNode request) {
        return request.path(SAID).asBoolean();
    }

    /** The key of a request; null = none. */
    static String of(UpstreamOperation operation, ObjectNode request) {
        return operation.repeat() == Repeat.KEYED ? request.path(MEMBER).textValue() : null;
    }
}
