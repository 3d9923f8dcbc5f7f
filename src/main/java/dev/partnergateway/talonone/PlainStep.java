package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import org.apache.camel.Exchange;

/**
 * Sends what a route asks for as it is: one call.
 *
 * <p>Calls that take an {@code Idempotency-Key} get one (contract 2.9): that of the idempotent consumer; else one made
 * of the partner's own {@code Idempotency-Key} header; else a new one, which is the same again when the call comes out of
 * the queue a second time. A member {@code key} beside {@code path, query,
 * body} tells apart what one partner call sends several times.
 */
public final class PlainStep implements UpstreamStep {

    private final TalonOne talonOne;
    private final UpstreamOperation operation;

    /** Makes the step of an operation. */
    public PlainStep(TalonOne talonOne, UpstreamOperation operation) {
        this.talonOne = talonOne;
        this.operation = operation;
    }

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        if (operation.key() == Key.MANAGEMENT && call.application() == 0) {
            throw new IllegalStateException(operation.id() + " uses the operator's key, but nothing has proven what the"
                    + " partner's key may do: the contract's operation needs x-proof");
        }
        String key = operation.repeat() == Repeat.KEYED ? key(call, request) : null;
        if (!operation.reads()) {
            call.phase(PartnerCall.Phase.SENDING);
        }
        JsonNode answer = talonOne.call(
                UpstreamCall.of(operation, call.deployment(), call.credential(), request, key, call.upstreamWait()));
        if (!operation.reads()) {
            call.hasChanged();
        }
        return answer;
    }

    private String key(PartnerCall call, ObjectNode request) {
        JsonNode variant = request.path("key");
        String claimed = call.idempotencyKey();
        if (claimed != null && variant.isMissingNode()) {
            return claimed;
        }
        JsonNode sent = call.checked().call().path("headers").path("Idempotency-Key");
        if (claimed == null && sent.isMissingNode() && variant.isMissingNode()) {
            // One call may do the same operation several times.
            return Credential.sha256(call.distinction() + ':' + operation.id() + ':' + request);
        }
        ArrayNode tuple = JsonNodeFactory.instance.arrayNode();
        tuple.add(call.deployment().name())
                .add(call.credential().hash())
                .add(operation.id())
                .add(claimed)
                .add(sent.asText(""))
                .add(variant.toString());
        return Credential.sha256(tuple.toString());
    }
}
