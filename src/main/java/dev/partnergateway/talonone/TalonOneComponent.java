package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/**
 * {@code to: talon-one:<operationId>} in a route: calls the deployment of the partner's call. The body going in is
 * {@code {path, query, body}}, the body coming out is Talon.One's answer. Operations that need more than one call (such
 * as creating a coupon safely) are carried out by the step registered for them; a route cannot go round it.
 */
public final class TalonOneComponent extends DefaultComponent {

    private final TalonOne talonOne;
    private final RequestPreparation preparation;
    private final Map<String, UpstreamStep> steps;

    /**
     * Makes the component.
     *
     * @param preparation completes every request
     * @param steps operationId to the step that carries it out; others are sent as they are
     */
    public TalonOneComponent(TalonOne talonOne, RequestPreparation preparation, Map<String, UpstreamStep> steps) {
        this.talonOne = talonOne;
        this.preparation = preparation;
        this.steps = Map.copyOf(steps);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String operationId, Map<String, Object> parameters) {
        UpstreamOperation operation = talonOne.contract().operation(operationId);
        UpstreamStep step = steps.getOrDefault(operationId, plain(operation));
        return new OperationEndpoint(uri, this, (exchange, request) -> {
            preparation.prepare(PartnerCall.of(exchange), operation, request);
            return step.run(exchange, request);
        });
    }

    private UpstreamStep plain(UpstreamOperation operation) {
        return (exchange, request) -> {
            PartnerCall call = PartnerCall.of(exchange);
            String key = null;
            if (operation.repeat() == Repeat.KEYED) {
                key = call.idempotencyKey() == null ? UUID.randomUUID().toString() : call.idempotencyKey();
            }
            if (!operation.reads()) {
                call.phase(PartnerCall.Phase.SENDING);
            }
            return talonOne.call(UpstreamCall.of(
                    operation, call.deployment(), call.credential(), request, key, call.upstreamWait()));
        };
    }

    private static final class OperationEndpoint extends DefaultEndpoint {

        private final UpstreamStep step;

        OperationEndpoint(String uri, Component component, UpstreamStep step) {
            super(uri, component);
            this.step = step;
        }

        @Override
        public Producer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) {
                    Object body = exchange.getMessage().getBody();
                    if (!(body instanceof ObjectNode request)) {
                        throw new IllegalArgumentException(
                                getEndpointUri() + " takes an object {path, query, body}: mend the step before it");
                    }
                    JsonNode answer = step.run(exchange, request);
                    exchange.getMessage()
                            .setBody(answer.isMissingNode() ? JsonNodeFactory.instance.objectNode() : answer);
                }
            };
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException("nothing comes in from Talon.One by itself");
        }

        @Override
        public boolean isSingleton() {
            return true;
        }
    }
}
