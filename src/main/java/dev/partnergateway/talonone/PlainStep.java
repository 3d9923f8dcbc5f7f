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
 * Talon.One takes one. A call that the partner wants to see and not to be done ({@code x-dry-run}) is sent with
 * {@code dry=true}.
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
        if (operation.reads()) {
            return send(call, request, null);
        }
        if (call.checked().dryRun()) {
            return rehearse(call, request);
        }
        boolean again = repeatable(exchange) || RequestKey.isSaid(request);
        call.sends(again ? PartnerCall.Phase.SENDING : PartnerCall.Phase.SENDING_ONCE);
        try {
            JsonNode answer = send(call, request, RequestKey.of(operation, request));
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

    private JsonNode send(PartnerCall call, ObjectNode request, String key) {
        return talonOne.call(
                UpstreamCall.of(operation, call.deployment(), call.credential(), request, key, call.upstreamWait()));
    }

    /** A dry run leaves no trace at Talon.One, its Idempotency-Key included: the real call may have the same one. */
    private JsonNode rehearse(PartnerCall call, ObjectNode request) {
        if (!operation.query().contains("dry")) {
            throw new IllegalStateException(
                    operation.id() + " knows no dry run: the contract must not offer one where it is used");
        }
        ObjectNode dry = request.deepCopy();
        dry.withObjectProperty("query").put("dry", "true");
        return send(call, dry, null);
    }

    /** Whether the partner's call can come again without a second effect. */
    private boolean repeatable(Exchange exchange) {
        return operation.setsState() || EffectKey.of(exchange).isPresent();
    }

    private void changes(Exchange exchange) {
        if (operation.repeat() != Repeat.SAFE) {
            EffectKey.of(exchange).ifPresent(EffectKey::hasChanged);
        }
    }
}
