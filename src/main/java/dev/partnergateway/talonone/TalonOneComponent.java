package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.UpstreamOperation.Repeat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
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
 * {@code {path, query, body}}, the body coming out is Talon.One's answer. A list of such objects is carried out side by
 * side and gives the list of answers. With {@code ?missing=null} what Talon.One does not know (404) is null instead of a
 * refusal. Operations that need more than one call (such as creating a coupon safely) are carried out by the step
 * registered for them; a route cannot go round it.
 *
 * <p>Calls that take an {@code Idempotency-Key} get one (contract 2.9): that of the idempotent consumer; else one made
 * of the partner's own {@code Idempotency-Key} header; else a new one. A member {@code key} beside {@code path, query,
 * body} tells apart what one partner call sends several times.
 */
public final class TalonOneComponent extends DefaultComponent {

    private final TalonOne talonOne;
    private final RequestPreparation preparation;
    private final Map<String, UpstreamStep> steps;
    private final SideBySide lists;

    /**
     * Makes the component.
     *
     * @param preparation completes every request
     * @param steps operationId to the step that carries it out; others are sent as they are
     * @param executor runs the calls of a list
     */
    public TalonOneComponent(
            TalonOne talonOne, RequestPreparation preparation, Map<String, UpstreamStep> steps, Executor executor) {
        this.talonOne = talonOne;
        this.preparation = preparation;
        this.steps = Map.copyOf(steps);
        this.lists = new SideBySide(executor);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String operationId, Map<String, Object> parameters) {
        UpstreamOperation operation = talonOne.contract().operation(operationId);
        UpstreamStep step = steps.getOrDefault(operationId, plain(operation));
        boolean missingIsNull = "null".equals(getAndRemoveParameter(parameters, "missing", String.class));
        return new OperationEndpoint(uri, this, lists, (exchange, request) -> {
            preparation.prepare(PartnerCall.of(exchange), operation, request);
            try {
                return step.run(exchange, request);
            } catch (Refusal refusal) {
                if (missingIsNull && refusal.status() == 404) {
                    return JsonNodeFactory.instance.nullNode();
                }
                throw refusal;
            }
        });
    }

    private UpstreamStep plain(UpstreamOperation operation) {
        return (exchange, request) -> {
            PartnerCall call = PartnerCall.of(exchange);
            String key = operation.repeat() == Repeat.KEYED ? key(call, operation, request.path("key")) : null;
            if (!operation.reads()) {
                call.phase(PartnerCall.Phase.SENDING);
            }
            return talonOne.call(UpstreamCall.of(
                    operation, call.deployment(), call.credential(), request, key, call.upstreamWait()));
        };
    }

    private static String key(PartnerCall call, UpstreamOperation operation, JsonNode variant) {
        String claimed = call.idempotencyKey();
        if (claimed != null && variant.isMissingNode()) {
            return claimed;
        }
        JsonNode sent = call.checked().call().path("headers").path("Idempotency-Key");
        if (claimed == null && sent.isMissingNode() && variant.isMissingNode()) {
            return UUID.randomUUID().toString();
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

    private static final class OperationEndpoint extends DefaultEndpoint {

        private final SideBySide lists;
        private final UpstreamStep step;

        OperationEndpoint(String uri, Component component, SideBySide lists, UpstreamStep step) {
            super(uri, component);
            this.lists = lists;
            this.step = step;
        }

        @Override
        public Producer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) {
                    Object body = exchange.getMessage().getBody();
                    if (body instanceof ObjectNode request) {
                        exchange.getMessage().setBody(run(exchange, request));
                    } else if (body instanceof ArrayNode requests) {
                        exchange.getMessage().setBody(lists.run(requests, request -> run(exchange, request)));
                    } else {
                        throw new IllegalArgumentException(getEndpointUri()
                                + " takes an object {path, query, body} or a list of them: mend the step before it");
                    }
                }

                private JsonNode run(Exchange exchange, ObjectNode request) {
                    JsonNode answer = step.run(exchange, request);
                    return answer.isMissingNode() ? JsonNodeFactory.instance.objectNode() : answer;
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
