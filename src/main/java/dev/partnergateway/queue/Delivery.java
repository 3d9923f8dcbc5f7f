package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.LeftOut;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Checked;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.telemetry.DeliveryObservation;
import dev.partnergateway.telemetry.FailureLog;
import dev.partnergateway.telemetry.Telemetry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a queued call: through its operation's route, as if it had just come in. */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** A call that takes longer is tried again later, so that it does not keep the others. */
    static final Duration BUDGET = Duration.ofSeconds(10);

    /** Statuses of what may go better another time. */
    private static final Set<Integer> TEMPORARY = Set.of(408, 429, 500, 502, 503, 504);

    private final CamelContext camel;
    private final ProducerTemplate template;
    private final Access access;
    private final ReplayingRepository answers;
    private final Function<String, Deployment> deployments;
    private final Function<String, Operation> operations;
    private final Telemetry telemetry;

    /**
     * What became of a try.
     *
     * @param status HTTP status, or {@code fault} for one of the gateway itself
     * @param text says why, may name what the caller sent; null = it was carried out
     * @param again whether it may go better another time
     * @param pause at least so long before another try
     * @param unknown whether Talon.One may have done something all the same
     */
    record Outcome(String status, String text, boolean again, Duration pause, boolean unknown) {

        private static final Outcome DONE = new Outcome("done", null, false, Duration.ZERO, false);

        boolean done() {
            return text == null;
        }

        /** Nothing is wrong with the call or with Talon.One: there was too much at the time. It counts as no try. */
        boolean tooMuch() {
            return status.equals("429");
        }

        static Outcome never(String status, String text) {
            return new Outcome(status, text, false, Duration.ZERO, false);
        }

        static Outcome of(Refusal refusal) {
            return new Outcome(
                    Integer.toString(refusal.status()),
                    refusal.getMessage(),
                    TEMPORARY.contains(refusal.status()),
                    refusal.retryAfter(),
                    refusal.effect() == Refusal.Effect.UNKNOWN);
        }
    }

    Delivery(
            CamelContext camel,
            Access access,
            ReplayingRepository answers,
            Function<String, Deployment> deployments,
            Function<String, Operation> operations,
            Telemetry telemetry) {
        this.camel = camel;
        this.template = camel.createProducerTemplate();
        this.access = access;
        this.answers = answers;
        this.deployments = deployments;
        this.operations = operations;
        this.telemetry = telemetry;
    }

    /**
     * Carries it out, or tries to.
     *
     * @throws StoreException when the store does not answer
     */
    Outcome run(Letter letter, ObjectNode content) {
        try (DeliveryObservation seen = telemetry.delivery(letter.requestId(), letter.operation(), letter.trace())) {
            Outcome outcome = carryOut(content);
            seen.ended(outcome.status());
            return outcome;
        }
    }

    private Outcome carryOut(ObjectNode content) {
        Operation operation = operations.apply(content.path("operation").asText());
        Deployment deployment = deployments.apply(content.path("deployment").asText());
        if (operation == null || deployment == null) {
            return Outcome.never(
                    "404", "The " + (operation == null ? "operation" : "deployment") + " is not configured any more");
        }
        String requestId = content.path("requestId").asText();
        PartnerCall call = new PartnerCall(requestId, BUDGET, "queue");
        ObjectNode checked = (ObjectNode) content.path("call");
        call.checked(
                operation,
                new Checked(checked, null, null, content.path("dryRun").asBoolean(), 0, "", Map.of()));
        call.admitted(deployment, new Credential(content.path("key").asText()));
        call.repeatable(seed(requestId, content.path("round").asInt()));
        try {
            access.prove(call);
        } catch (Refusal refusal) {
            return Outcome.of(refusal);
        }
        JsonNode item = content.path("item");
        Endpoint route = camel.getEndpoint(
                item.isMissingNode()
                        ? "direct:" + operation.id() + "?block=false"
                        : "talon-one:" + item.path("operation").asText());
        Exchange exchange = route.createExchange(ExchangePattern.InOut);
        call.on(exchange);
        if (item.isMissingNode()) {
            exchange.getMessage().setBody(checked);
            template.send(route, exchange);
        } else {
            carryOut(item, route, exchange);
        }
        LeftOut.tell(exchange, call);
        return exchange.getException() == null ? Outcome.DONE : failed(exchange.getException(), call);
    }

    /** What was left out of a call is claimed as it was there: should the call come again, it is not done twice. */
    private void carryOut(JsonNode item, Endpoint route, Exchange exchange) {
        String claim = item.path("claim").asText("{\"key\":null}");
        exchange.getMessage().setBody(item.path("request"));
        try {
            if (!answers.add(exchange, claim)) {
                return;
            }
        } catch (Refusal refusal) {
            exchange.setException(refusal);
            return;
        }
        template.send(route, exchange);
        if (exchange.getException() == null) {
            exchange.getMessage().setBody(JsonNodeFactory.instance.objectNode());
            answers.confirm(exchange, claim);
        } else {
            answers.remove(exchange, claim);
        }
    }

    static String seed(String requestId, int round) {
        return requestId + ':' + round;
    }

    private Outcome failed(Exception failure, PartnerCall call) {
        Fatal.look(failure);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return Outcome.of(refusal);
            }
            if (cause instanceof StoreException store) {
                throw store;
            }
            if (cause instanceof DirectConsumerNotAvailableException || !camel.isRunAllowed()) {
                return new Outcome(
                        "503",
                        "The integration is being loaded, or the gateway stopped",
                        true,
                        Duration.ofSeconds(1),
                        false);
            }
        }
        FailureLog.write(LOG, call, failure);
        return new Outcome(
                "fault", "The gateway failed; the reason is in its log by this id", false, Duration.ZERO, true);
    }
}
