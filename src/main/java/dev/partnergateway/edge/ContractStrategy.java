package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.CallLife;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.callback.Callback;
import dev.partnergateway.callback.Outbox;
import dev.partnergateway.contract.Checked;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.ContractViolation;
import dev.partnergateway.contract.Opened;
import dev.partnergateway.contract.Queueing;
import dev.partnergateway.contract.RawCall;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.queue.Queue;
import dev.partnergateway.store.StoreException;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumerAware;
import org.apache.camel.component.rest.openapi.DefaultRestOpenapiProcessorStrategy;
import org.apache.camel.support.cache.DefaultProducerCache;
import org.apache.camel.support.processor.RestBindingAdvice;

/**
 * What every call passes before its route: the contract check, then the access check. A route begins with the body
 * {@code {path, query, headers, body}} as the contract declares it, coerced, and with no header at all.
 */
public final class ContractStrategy extends DefaultRestOpenapiProcessorStrategy {

    private static final String COMPILED = "x-compiled";

    private final ContractFiles contracts;
    private final Access access;
    private final Outbox outbox;
    private final Optional<Queue> queue;
    private final Consumer<PartnerCall> accepted;
    private final ServedOperations operations;
    private DefaultProducerCache routes;

    /**
     * Makes the strategy.
     *
     * @param contracts the files, which Camel reads through it
     * @param outbox takes results that callers want to have posted
     * @param queue takes calls that are carried out later
     * @param accepted is told of every call that may go on
     * @param operations where the contracts' operations are put
     */
    public ContractStrategy(
            ContractFiles contracts,
            Access access,
            Outbox outbox,
            Optional<Queue> queue,
            Consumer<PartnerCall> accepted,
            ServedOperations operations) {
        this.contracts = contracts;
        this.access = access;
        this.outbox = outbox;
        this.queue = queue;
        this.accepted = accepted;
        this.operations = operations;
    }

    /** A contract whose operations are not all served is a mistake, whatever a route file says. */
    @Override
    public void setMissingOperation(String missingOperation) {
        super.setMissingOperation("fail");
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (routes == null) {
            routes = new DefaultProducerCache(this, getCamelContext(), 0);
            routes.start();
        }
    }

    @Override
    public void validateOpenApi(OpenAPI model, String basePath, PlatformHttpConsumerAware consumer) throws Exception {
        super.validateOpenApi(model, basePath, consumer);
        String integration = PartnerConsumer.integration(basePath);
        Contract contract = contracts.contract(integration);
        List<dev.partnergateway.contract.Operation> compiled = new ArrayList<>();
        model.getPaths().values().forEach(path -> path.readOperations().forEach(declared -> {
            dev.partnergateway.contract.Operation operation = contract.operation(declared.getOperationId());
            compiled.add(operation);
            declared.addExtension(COMPILED, operation);
        }));
        operations.serve(integration, compiled);
    }

    @Override
    public boolean process(
            OpenAPI model,
            Operation declared,
            String verb,
            String path,
            RestBindingAdvice binding,
            Exchange exchange,
            AsyncCallback callback) {
        dev.partnergateway.contract.Operation operation =
                (dev.partnergateway.contract.Operation) declared.getExtensions().get(COMPILED);
        Optional<Callback> callBack;
        try {
            check(exchange, operation);
            callBack = Callback.of(PartnerCall.of(exchange));
            accepted.accept(PartnerCall.of(exchange));
            if (queued(exchange)) {
                callback.done(true);
                return true;
            }
        } catch (Refusal refusal) {
            access.ended(PartnerCall.of(exchange), refusal);
            exchange.setException(refusal);
            callback.done(true);
            return true;
        }
        Endpoint route = getCamelContext().getEndpoint("direct:" + declared.getOperationId() + "?block=false");
        AsyncProducer producer = routes.acquireProducer(route);
        return producer.process(exchange, doneSync -> {
            routes.releaseProducer(route, producer);
            access.ended(PartnerCall.of(exchange), exchange.getException(Refusal.class));
            if (exchange.getException() instanceof DirectConsumerNotAvailableException) {
                exchange.setException(
                        Refusal.retry(503, "This integration is being loaded: try again", Duration.ofSeconds(1)));
            }
            // The first call has posted what a repeat gets.
            if (exchange.getException() == null
                    && exchange.getMessage().getHeader(ReplayingRepository.REPLAYED) == null) {
                callBack.ifPresent(wish -> store(wish, exchange));
            }
            callback.done(doneSync);
        });
    }

    private boolean queued(Exchange exchange) {
        PartnerCall call = PartnerCall.of(exchange);
        Optional<Queueing> queueing = queue.flatMap(taker -> taker.takes(call));
        queueing.ifPresent(how -> {
            exchange.getMessage().setBody(queue.get().put(call, how).orElse(null));
            call.life().happened(CallLife.Kind.QUEUED, "");
        });
        return queueing.isPresent();
    }

    /** An answer whose callback is not stored is not given: the partner repeats the call. */
    private void store(Callback callBack, Exchange exchange) {
        PartnerCall call = PartnerCall.of(exchange);
        if (call.checked().dryRun()) {
            return;
        }
        try {
            outbox.add(call.deployment(), callBack, exchange.getMessage().getBody(JsonNode.class));
        } catch (StoreException e) {
            exchange.setException(e);
        }
    }

    private void check(Exchange exchange, dev.partnergateway.contract.Operation operation) {
        PartnerCall call = PartnerCall.of(exchange);
        Inbound inbound = Inbound.take(exchange);
        RawCall raw = new RawCall(inbound.path(), inbound.query(), inbound::header, inbound.body());
        exchange.getMessage().removeHeaders("*");
        Checked checked;
        try {
            Opened opened = operation.open(raw, call.budget());
            call.life().sent(opened.asSent());
            if (opened.deployment() != null) {
                access.admit(
                        call,
                        opened.deployment(),
                        opened.deploymentPlace(),
                        opened.credential(),
                        inbound.header("Authorization"));
            }
            checked = operation.check(opened, call.isAdmitted());
        } catch (ContractViolation violation) {
            throw refusal(violation);
        }
        call.checked(operation, checked);
        call.life().sent(checked.call());
        call.life().happened(CallLife.Kind.CHECKED, operation.id());
        if (call.isAdmitted()) {
            access.accept(call);
        } else {
            // Without a deployment only a message that needs none can have come so far.
            access.admit(call, checked.deployment(), "the call", checked.credential(), inbound.header("Authorization"));
        }
        exchange.getMessage().setBody(checked.call());
    }

    private static Refusal refusal(ContractViolation violation) {
        return violation.status() == 503
                ? Refusal.retry(503, violation.getMessage(), Duration.ofSeconds(1))
                : Refusal.of(violation.status(), violation.getMessage());
    }
}
