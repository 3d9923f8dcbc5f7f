package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import org.apache.camel.Exchange;

/**
 * Sends what a route asks for as it is: one call, with the {@code Idempotency-Key} that {@link RequestKey} gave it where
 * Talon.One takes one.
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
        if (!operation.reads()) {
            call.sends(PartnerCall.Phase.SENDING);
        }
        try {
            JsonNode answer = talonOne.call(UpstreamCall.of(
                    operation,
                    call.deployment(),
                    call.credential(),
                    request,
                    RequestKey.of(operation, request),
                    call.upstreamWait()));
            changes(exchange);
            return answer;
        } catch (Refusal refusal) {
            // Whatever the parts beside it come to, the key of the whole stands for this one, too.
            if (refusal.effect() == Refusal.Effect.UNKNOWN) {
                changes(exchange);
            }
            throw refusal;
        }
    }

    private void changes(Exchange exchange) {
        if (!operation.reads() && operation.repeat() != Repeat.SAFE) {
            EffectKey.of(exchange).ifPresent(EffectKey::hasChanged);
        }
    }
}
