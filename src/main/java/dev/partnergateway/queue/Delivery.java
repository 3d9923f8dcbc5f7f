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
import dev.partnergateway.queue.Letters.Row;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.telemetry.DeliveryObservation;
import dev.partnergateway.telemetry.FailureLog;
import dev.partnergateway.telemetry.Telemetry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
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
    static final Duration BUDGET = Duration.ofSeconds(8);

    /** Status of what failed inside the gateway. */
    static final String FAULT = "fault";

    private static final String UNREADABLE = "unreadable";
    private static final String NOT_KNOWN = "unknown";

    private final CamelContext camel;
    private final ProducerTemplate template;
    private final Contents contents;
    private final Access access;
    private final ReplayingRepository answers;
    private final Function<String, Deployment> deployments;
    private final Function<String, Operation> operations;
    private final Telemetry telemetry;

    Delivery(Contents contents, Queue.House house) {
        this.contents = contents;
        this.camel = house.camel();
        this.template = camel.createProducerTemplate();
        this.access = house.access();
        this.answers = house.answers();
        this.deployments = house.deployments();
        this.operations = house.operations();
        this.telemetry = house.telemetry();
    }

    /**
     * Carries it out, or tries to.
     *
     * @param mine asks the fence when the call's time has begun and before anything is sent: whoever stands still after
     *     it has no time left to send anything
     * @return empty when the letter is not this gateway's any more; nothing was sent then
     * @throws StoreException when the store does not answer
     */
    Optional<Outcome> run(Row row, BooleanSupplier mine) {
        Letter letter = row.letter();
        PartnerCall call = new PartnerCall(letter.requestId(), BUDGET, "queue");
        if (!mine.getAsBoolean()) {
            return Optional.empty();
        }
        try (DeliveryObservation seen = telemetry.delivery(letter.requestId(), letter.operation(), letter.trace())) {
            Outcome outcome = carryOut(call, row);
            seen.ended(outcome.status());
            return Optional.of(outcome);
        }
    }

    private Outcome carryOut(PartnerCall call, Row row) {
        ObjectNode content;
        try {
            content = contents.open(row.letter());
        } catch (Seal.UnreadableException e) {
            return e.keyIsMissing()
                    ? Outcome.notAsked(UNREADABLE, e.getMessage())
                    : Outcome.refused(UNREADABLE, e.getMessage());
        }
        Optional<Outcome> unknown = prepare(call, row, content);
        if (unknown.isPresent()) {
            return unknown.get();
        }
        try {
            access.prove(call);
        } catch (Refusal refusal) {
            return Outcome.of(refusal);
        }
        JsonNode item = content.path("item");
        Endpoint route = camel.getEndpoint(
                item.isMissingNode()
                        ? "direct:" + call.operation().id() + "?block=false"
                        : "talon-one:" + item.path("operation").asText());
        Exchange exchange = route.createExchange(ExchangePattern.InOut);
        call.on(exchange);
        if (item.isMissingNode()) {
            exchange.getMessage().setBody(call.checked().call());
            template.send(route, exchange);
        } else {
            carryOut(item, route, exchange);
        }
        LeftOut.tell(exchange, call);
        return exchange.getException() == null ? Outcome.DONE : failed(exchange.getException(), call);
    }

    /** Makes the call what it was when it was accepted; says what this gateway does not know of it, if anything. */
    private Optional<Outcome> prepare(PartnerCall call, Row row, ObjectNode content) {
        Operation operation = operations.apply(content.path("operation").asText());
        Deployment deployment = deployments.apply(content.path("deployment").asText());
        if (operation == null || deployment == null) {
            return Optional.of(Outcome.notAsked(
                    NOT_KNOWN,
                    "The " + (operation == null ? "operation" : "deployment")
                            + " is not configured here: it waits for a gateway that knows it"));
        }
        ObjectNode checked = (ObjectNode) content.path("call");
        call.checked(
                operation,
                new Checked(checked, null, null, content.path("dryRun").asBoolean(), 0, "", Map.of()));
        call.admitted(deployment, new Credential(content.path("key").asText()));
        call.repeatable(call.requestId(), row.renewed());
        return Optional.empty();
    }

    /** Whether a letter's deployment answers anything at all at present. */
    boolean answers(Row row) {
        try {
            PartnerCall call = new PartnerCall(row.letter().requestId(), BUDGET, "queue");
            return prepare(call, row, contents.open(row.letter())).isEmpty() && access.answers(call);
        } catch (Seal.UnreadableException e) {
            return false;
        }
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
                return Outcome.notAsked("503", "The integration is being loaded, or the gateway stopped");
            }
        }
        FailureLog.write(LOG, call, failure);
        return Outcome.failed(FAULT, "The gateway failed; the reason is in its log by this id");
    }
}
