package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import java.util.Map;
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
        UpstreamStep step = steps.getOrDefault(operationId, new PlainStep(talonOne, operation));
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
