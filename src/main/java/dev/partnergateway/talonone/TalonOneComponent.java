package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code to: talon-one:<operationId>} in a route: calls the deployment of the partner's call. The body going in is
 * {@code {path, query, body}}, the body coming out is Talon.One's answer. A list of such objects is carried out side by
 * side and gives the list of answers; equal requests that only read are carried out once, and null stays null.
 * {@code talon-one:<one>,<other>} carries out one object of such a list with each operation. With
 * {@code ?missing=null} what Talon.One does not know (404) is null instead of a refusal. With
 * {@code ?refused=leave-out} what is refused for good (400, 404) is null and told to the operator, and the rest goes on. Operations that need more than
 * one call (such as creating a coupon safely) are carried out by the step registered for them; a route cannot go round it.
 */
@Component("talon-one")
public final class TalonOneComponent extends DefaultComponent {

    private final TalonOne talonOne;
    private final List<RequestPreparation> preparations;
    private final Map<String, UpstreamStep> steps;
    private final SideBySide lists;
    private final MeterRegistry meters;
    private volatile RefusedItems keeper = (exchange, operation, request, refusal) -> {};

    /**
     * Makes the component.
     *
     * @param preparations complete every request, in this order
     * @param steps operationId to the step that carries it out; others are sent as they are
     * @param executor runs the calls of a list
     * @param meters where what is left out is counted
     */
    public TalonOneComponent(
            TalonOne talonOne,
            List<RequestPreparation> preparations,
            Map<String, UpstreamStep> steps,
            Executor executor,
            MeterRegistry meters) {
        this.talonOne = talonOne;
        this.preparations = List.copyOf(preparations);
        this.steps = Map.copyOf(steps);
        this.lists = new SideBySide(executor);
        this.meters = meters;
    }

    /** Says who keeps what routes leave out because it was refused. */
    public void keepRefused(RefusedItems newKeeper) {
        this.keeper = newKeeper;
    }

    /** One that describes itself to tools, which look at routes without a gateway; no call can be made with it. */
    public TalonOneComponent() {
        this.talonOne = null;
        this.preparations = List.of();
        this.steps = Map.of();
        this.lists = null;
        this.meters = null;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String operations, Map<String, Object> parameters) throws Exception {
        TalonOneEndpoint endpoint = new TalonOneEndpoint(uri, this);
        endpoint.setOperations(operations);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /**
     * What the producer of an endpoint does.
     *
     * @throws IllegalArgumentException naming an operation or an option that there is not
     */
    Calls calls(TalonOneEndpoint endpoint) {
        if (talonOne == null) {
            throw new IllegalStateException("talon-one: works inside a gateway only: start it with serve, or use test");
        }
        boolean missingIsNull = is("null", endpoint.getMissing(), "missing");
        boolean leaveOut = is("leave-out", endpoint.getRefused(), "refused");
        String ids = endpoint.getOperations();
        List<Beginning> beginnings = Arrays.stream(ids.split(","))
                .map(id -> talonOne.contract().operation(id))
                .map(operation -> {
                    Beginning beginning = beginning(operation);
                    beginning = missingIsNull ? missingIsNull(beginning) : beginning;
                    return leaveOut ? new LeavingOut(operation, beginning) : beginning;
                })
                .toList();
        boolean once =
                beginnings.size() == 1 && talonOne.contract().operation(ids).reads();
        return new Calls(endpoint.getEndpointUri(), once, leaveOut, beginnings);
    }

    private static boolean is(String only, String value, String name) {
        if (value != null && !value.equals(only)) {
            throw new IllegalArgumentException(name + " can only be " + only + ", not " + value + ": mend the route");
        }
        return value != null;
    }

    /** Prepares a request; what it gives carries the request out. */
    @FunctionalInterface
    private interface Beginning {
        Supplier<JsonNode> begin(Exchange exchange, ObjectNode request, boolean alone, LeaveOut leaveOut);
    }

    private Beginning beginning(UpstreamOperation operation) {
        UpstreamStep step = steps.getOrDefault(operation.id(), new PlainStep(talonOne, operation));
        return (exchange, request, alone, leaveOut) -> {
            RequestKey.give(exchange, operation, request, alone);
            return begin(operation, step, exchange, request);
        };
    }

    private Supplier<JsonNode> begin(
            UpstreamOperation operation, UpstreamStep step, Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        preparations.forEach(preparation -> preparation.prepare(call, operation, request));
        return () -> {
            JsonNode answer;
            try {
                answer = step.run(exchange, request);
            } catch (Refusal refusal) {
                preparations.forEach(preparation -> preparation.refused(call, operation, request, refusal));
                throw refusal;
            }
            preparations.forEach(preparation -> preparation.answered(call, operation, request, answer));
            return answer.isMissingNode() ? JsonNodeFactory.instance.objectNode() : answer;
        };
    }

    /** Gives what is refused as it counts for one thing among several. */
    private static Beginning eachOfSeveral(Beginning beginning) {
        return (exchange, request, alone, leaveOut) -> {
            Supplier<JsonNode> work = counted(() -> beginning.begin(exchange, request, alone, leaveOut));
            return () -> counted(work);
        };
    }

    private static <T> T counted(Supplier<T> work) {
        try {
            return work.get();
        } catch (Refusal refusal) {
            throw refusal.ofOneAmongSeveral();
        }
    }

    private static Beginning missingIsNull(Beginning each) {
        Beginning beginning = eachOfSeveral(each);
        return (exchange, request, alone, leaveOut) -> {
            Supplier<JsonNode> work;
            try {
                work = beginning.begin(exchange, request, alone, leaveOut);
            } catch (Refusal refusal) {
                JsonNode nothing = nullIfMissing(refusal);
                return () -> nothing;
            }
            return () -> {
                try {
                    return work.get();
                } catch (Refusal refusal) {
                    return nullIfMissing(refusal);
                }
            };
        };
    }

    /** What is refused for good is left out; what the gateway refuses before anything is sent as well. */
    private static final class LeavingOut implements Beginning {

        private final UpstreamOperation operation;
        private final Beginning beginning;
        private final AudienceLists audiences;

        LeavingOut(UpstreamOperation operation, Beginning beginning) {
            this.operation = operation;
            this.beginning = eachOfSeveral(beginning);
            this.audiences = new AudienceLists(operation);
        }

        @Override
        public Supplier<JsonNode> begin(Exchange exchange, ObjectNode request, boolean alone, LeaveOut leaveOut) {
            ObjectNode own = request.deepCopy();
            try {
                Supplier<JsonNode> work = beginning.begin(exchange, request, alone, leaveOut);
                leaveOut.sends();
                return () -> carryOut(exchange, own, request, work, leaveOut);
            } catch (Refusal refusal) {
                return LeaveOut.isForGood(refusal)
                        ? beginKnown(exchange, own, refusal, leaveOut)
                        : () -> refused(own, refusal, leaveOut);
            }
        }

        /** Begins a request that was refused, without the audiences that nobody knows. */
        private Supplier<JsonNode> beginKnown(Exchange exchange, ObjectNode own, Refusal refusal, LeaveOut leaveOut) {
            ObjectNode known = audiences.ofKnown(own).orElse(null);
            if (known == null) {
                return () -> refused(own, refusal, leaveOut);
            }
            ObjectNode ownKnown = known.deepCopy();
            Supplier<JsonNode> work;
            try {
                work = beginning.begin(exchange, known, false, leaveOut);
            } catch (Refusal again) {
                return () -> refused(own, again, leaveOut);
            }
            boolean changes = audiences.size(known) > 0;
            if (changes) {
                leaveOut.sends();
            }
            return () -> {
                leaveOut.add(operation, own, refusal);
                // What is left is done, unless the whole call is about audiences that nobody knows: that is refused.
                return changes || leaveOut.isSending() && audiences.hasMore(known)
                        ? carryOut(exchange, ownKnown, known, work, leaveOut)
                        : JsonNodeFactory.instance.nullNode();
            };
        }

        private JsonNode carryOut(
                Exchange exchange, ObjectNode own, ObjectNode sent, Supplier<JsonNode> work, LeaveOut leaveOut) {
            try {
                return work.get();
            } catch (Refusal refusal) {
                ObjectNode taken = LeaveOut.isForGood(refusal)
                        ? audiences.part(own, sent, refusal.errors(), false).orElse(null)
                        : null;
                if (taken == null || audiences.size(taken) == 0 && !audiences.hasMore(taken)) {
                    return refused(own, refusal, leaveOut);
                }
                audiences
                        .part(own, sent, refusal.errors(), true)
                        .ifPresent(part -> leaveOut.add(operation, part, refusal));
                return begin(exchange, taken, false, leaveOut).get();
            }
        }

        private JsonNode refused(ObjectNode request, Refusal refusal, LeaveOut leaveOut) {
            if (!LeaveOut.isForGood(refusal)) {
                throw refusal;
            }
            return leaveOut.refused(
                    operation, request, refusal, (exchange, part) -> begin(exchange, part, false, leaveOut)
                            .get());
        }
    }

    private static JsonNode nullIfMissing(Refusal refusal) {
        if (refusal.status() != 404) {
            throw refusal;
        }
        return JsonNodeFactory.instance.nullNode();
    }

    /** Carries out what a message holds. */
    final class Calls {

        private final String uri;
        private final boolean once;
        private final boolean leavesOut;
        private final List<Beginning> beginnings;

        private Calls(String uri, boolean once, boolean leavesOut, List<Beginning> beginnings) {
            this.uri = uri;
            this.once = once;
            this.leavesOut = leavesOut;
            this.beginnings = beginnings;
        }

        void process(Exchange exchange) {
            Object body = exchange.getMessage().getBody();
            LeaveOut leaveOut = new LeaveOut(exchange);
            JsonNode answer;
            if (body instanceof ObjectNode request && beginnings.size() == 1) {
                answer = beginnings
                        .get(0)
                        .begin(exchange, request, true, leaveOut)
                        .get();
            } else if (body instanceof ArrayNode requests && fits(requests)) {
                answer = all(exchange, requests, leaveOut);
            } else {
                throw new IllegalArgumentException(uri + " takes an object {path, query, body},"
                        + " or a list with one for each of its operations: mend the step before it");
            }
            if (leavesOut) {
                leaveOut.tell(answer.isArray(), keeper, meters);
            }
            exchange.getMessage().setBody(answer);
        }

        private ArrayNode all(Exchange exchange, ArrayNode requests, LeaveOut leaveOut) {
            List<Supplier<JsonNode>> begun = new ArrayList<>();
            Map<JsonNode, Integer> known = new HashMap<>();
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                JsonNode request = requests.get(i);
                Integer place = once ? known.get(request) : null;
                if (place == null && !request.isNull()) {
                    place = begun.size();
                    if (once) {
                        // A preparation may change the request, a key must stay.
                        known.put(request.deepCopy(), place);
                    }
                    begun.add(beginning(i).begin(exchange, (ObjectNode) request, false, leaveOut));
                }
                places.add(place);
            }
            ArrayNode answers = lists.run(begun);
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            places.forEach(place -> all.add(place == null ? all.nullNode() : answers.get(place)));
            return all;
        }

        private boolean fits(ArrayNode requests) {
            return beginnings.size() == 1 || beginnings.size() == requests.size();
        }

        private Beginning beginning(int position) {
            return beginnings.get(beginnings.size() == 1 ? 0 : position);
        }
    }
}
