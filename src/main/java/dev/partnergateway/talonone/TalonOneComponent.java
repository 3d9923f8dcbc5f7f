package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import java.util.Arrays;
import java.util.List;
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
 * side and gives the list of answers; {@code talon-one:<one>,<other>} carries out one object of such a list with each
 * operation. With {@code ?missing=null} what Talon.One does not know (404) is null instead of a
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
    protected Endpoint createEndpoint(String uri, String operationIds, Map<String, Object> parameters) {
        boolean missingIsNull = "null".equals(getAndRemoveParameter(parameters, "missing", String.class));
        List<UpstreamStep> carriers = Arrays.stream(operationIds.split(","))
                .map(id -> carrier(talonOne.contract().operation(id), missingIsNull))
                .toList();
        return new OperationEndpoint(uri, this, lists, carriers);
    }

    private UpstreamStep carrier(UpstreamOperation operation, boolean missingIsNull) {
        UpstreamStep step = steps.getOrDefault(operation.id(), new PlainStep(talonOne, operation));
        return (exchange, request) -> {
            preparation.prepare(PartnerCall.of(exchange), operation, request);
            try {
                return step.run(exchange, request);
            } catch (Refusal refusal) {
                if (missingIsNull && refusal.status() == 404) {
                    return JsonNodeFactory.instance.nullNode();
                }
                throw refusal;
            }
        };
    }

    private static final class OperationEndpoint extends DefaultEndpoint {

        private final SideBySide lists;
        private final List<UpstreamStep> carriers;

        OperationEndpoint(String uri, Component component, SideBySide lists, List<UpstreamStep> carriers) {
            super(uri, component);
            this.lists = lists;
            this.carriers = carriers;
        }

        @Override
        public Producer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) {
                    Object body = exchange.getMessage().getBody();
                    if (body instanceof ObjectNode request && carriers.size() == 1) {
                        exchange.getMessage().setBody(run(carriers.get(0), exchange, request));
                    } else if (body instanceof ArrayNode requests && fits(requests)) {
                        exchange.getMessage()
                                .setBody(lists.run(
                                        requests, (position, request) -> run(carrier(position), exchange, request)));
                    } else {
                        throw new IllegalArgumentException(getEndpointUri() + " takes an object {path, query, body},"
                                + " or a list with one for each of its operations: mend the step before it");
                    }
                }

                private boolean fits(ArrayNode requests) {
                    return carriers.size() == 1 || carriers.size() == requests.size();
                }

                private UpstreamStep carrier(int position) {
                    return carriers.get(carriers.size() == 1 ? 0 : position);
                }

                private JsonNode run(UpstreamStep carrier, Exchange exchange, ObjectNode request) {
                    JsonNode answer = carrier.run(exchange, request);
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
