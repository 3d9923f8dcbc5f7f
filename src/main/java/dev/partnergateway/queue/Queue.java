package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.contract.Queueing;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.kafka.TopicReader;
import dev.partnergateway.settings.KafkaSettings;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that are answered when they are written down durably, and carried out later. The contract says which calls may be
 * ({@code x-queue}), the operator which are ({@code gateway.queue.*}).
 */
public final class Queue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Queue.class);

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration KNOWN = Duration.ofDays(1);
    private static final int ITEM_DIGITS = 8;
    private static final int MOST_CALLERS = 10_000;

    private final Settings settings;
    private final KafkaSettings kafka;
    private final CamelContext camel;
    private final Access access;
    private final ReplayingRepository answers;
    private final Contents contents;
    private final Topic topic;
    private final DeadLetters deadLetters;
    private final Waiting waiting;
    private final Arrivals arrivals;
    private final Set<String> queued = new HashSet<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    /** Callers whose key the deployment accepted lately: they are served, too, while it cannot be asked. */
    private final Cache<String, Boolean> callers = Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS)
            .expireAfterWrite(KNOWN)
            .build();

    /**
     * What the queue uses of the rest of the house.
     *
     * @param deployments configured deployment by its name; null = not configured any more
     * @param operations the contracts' operations by their id; null = there is none
     * @param executor runs calls that are tried again
     */
    public record House(
            CamelContext camel,
            Access access,
            Store store,
            Seal seal,
            ReplayingRepository answers,
            Function<String, Deployment> deployments,
            Function<String, Operation> operations,
            Telemetry telemetry,
            Executor executor) {}

    /**
     * Prepares the queue; nothing is connected before {@link #start}.
     *
     * @throws SettingsException when something that it needs is not set
     */
    public Queue(Settings settings, House house) {
        this.settings = settings;
        this.kafka = settings.kafka()
                .orElseThrow(() -> new SettingsException(
                        "gateway.queue.* needs gateway.kafka.brokers: name the brokers, or take it away."));
        if (settings.storeEncryptionKeys().isEmpty()) {
            throw new SettingsException("gateway.queue.* needs gateway.store.encryption-keys: queued calls carry their"
                    + " callers' keys and are never written down as they are.");
        }
        this.camel = house.camel();
        this.access = house.access();
        this.answers = house.answers();
        this.contents = new Contents(house.seal());
        this.topic = new Topic(camel, kafka, kafka.queueTopic());
        this.deadLetters = new DeadLetters(
                new Topic(camel, kafka, kafka.deadLetterTopic()),
                new TopicReader(camel, kafka, kafka.deadLetterTopic()),
                topic,
                contents,
                house.telemetry().meters());
        Delivery delivery =
                new Delivery(camel, access, answers, house.deployments(), house.operations(), house.telemetry());
        this.waiting = new Waiting(house.store(), contents, delivery, deadLetters, kafka, house.executor());
        this.arrivals = new Arrivals(contents, delivery, waiting, deadLetters);
        Gauge.builder("gateway.queue.waiting", waiting, Waiting::count)
                .description("Queued calls that are tried again later, and those behind them")
                .register(house.telemetry().meters());
    }

    /**
     * Begins to carry out what is in the queue; the routes run.
     *
     * @param operations of all contracts
     * @throws SettingsException when an operation cannot be queued
     */
    public void start(Collection<Operation> operations) throws Exception {
        List<String> problems = new ArrayList<>();
        settings.queued().forEach((name, now) -> operations.stream()
                .filter(known -> plain(known.id()).equals(plain(name)))
                .findFirst()
                .ifPresentOrElse(
                        operation -> {
                            if (!operation.queueable()) {
                                problems.add("gateway.queue." + name + ": calls of " + operation.id() + " cannot be"
                                        + " queued, because their answer depends on Talon.One's.");
                            } else if (now) {
                                queued.add(operation.id());
                            }
                        },
                        () -> problems.add("gateway.queue." + name + ": no contract has an operation of this name.")));
        if (!problems.isEmpty()) {
            throw new SettingsException(String.join(System.lineSeparator(), problems));
        }
        // A letter that fails without a place to go comes again: only what is through is committed.
        KafkaEndpoint endpoint = Topic.endpoint(
                camel,
                kafka,
                kafka.queueTopic(),
                "&groupId=" + kafka.group() + "&consumersCount=" + kafka.consumers()
                        + "&autoOffsetReset=earliest&autoCommitEnable=false&allowManualCommit=true"
                        + "&kafkaManualCommitFactory=#class:"
                        + "org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory"
                        + "&breakOnFirstError=true&pollOnError=RECONNECT&maxPollRecords=20&pollTimeoutMs=250"
                        + "&shutdownTimeout=15000");
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(endpoint).routeId("queue").process(arrivals);
            }
        });
        long interval = settings.sweepInterval().toMillis();
        clock.scheduleWithFixedDelay(waiting::look, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Environment variables know no case, no slash and no dot. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
    }

    /** Calls that could not be carried out. */
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /**
     * Keeps what was left out of a call as a dead letter, which can be replayed without the rest of the call.
     *
     * @throws Refusal 503 when Kafka does not take it
     */
    public void keep(Exchange exchange, UpstreamOperation operation, ObjectNode request, Refusal refusal) {
        PartnerCall call = PartnerCall.of(exchange);
        // One that is refused again when its call is repeated takes its own place.
        String requestId = call.requestId() + "-"
                + Credential.sha256(operation.id() + request).substring(0, ITEM_DIGITS);
        String line = Credential.sha256(requestId);
        ObjectNode item = request.objectNode().put("operation", operation.id());
        item.set("request", request.deepCopy().without("key"));
        EffectKey.of(exchange)
                .filter(key -> !EffectKey.isPart(exchange))
                .ifPresent(key -> item.put("claim", key.statement()));
        Letter letter = new Letter(
                requestId,
                call.operation().id(),
                call.deployment().name(),
                line,
                Telemetry.traceparent(),
                contents.of(call, requestId, line, item));
        try {
            deadLetters.add(letter, 1, Delivery.Outcome.of(refusal));
        } catch (Topic.NotWritten e) {
            LOG.warn("{} could not keep what was refused: {}", call, e.getMessage());
            throw Refusal.retry(503, "What was refused could not be kept for the operator: try again", SOON);
        }
    }

    /** How a call is queued; empty = it is carried out at once. */
    public Optional<Queueing> takes(PartnerCall call) {
        return queued.contains(call.operation().id())
                ? call.operation().queueing(call.checked().call())
                : Optional.empty();
    }

    /**
     * Writes an admitted call down.
     *
     * @return what the partner is answered; empty = nothing
     * @throws Refusal 401 when the deployment does not accept its key; 413 when it is too large; 503 when it could not be
     *     written down, and will not be carried out
     */
    public Optional<ObjectNode> put(PartnerCall call, Queueing queueing) {
        verify(call);
        ObjectNode checked = call.checked().call();
        String deployment = call.deployment().name();
        String line = Credential.sha256(deployment + '\n' + queueing.order(checked));
        Letter letter = new Letter(
                call.requestId(),
                call.operation().id(),
                deployment,
                line,
                Telemetry.traceparent(),
                contents.of(call, line));
        try {
            topic.write(line, letter.headers(), letter.content(), call.upstreamWait());
        } catch (Topic.NotWritten e) {
            if (e.tooLarge()) {
                throw Refusal.of(413, "This call is too large for the gateway's queue: send less in one call");
            }
            LOG.warn("{} could not be queued: {}", call, e.getMessage());
            withdraw(call);
        }
        return queueing.answer(checked);
    }

    private void verify(PartnerCall call) {
        String caller = call.deployment().name() + ' ' + call.credential().hash();
        try {
            access.verify(call);
            callers.put(caller, true);
        } catch (Refusal refusal) {
            if (refusal.status() == 401 || callers.getIfPresent(caller) == null) {
                throw refusal;
            }
        }
    }

    /**
     * Kafka may have taken it all the same: a partner that sends a POST again would have it done twice, so the first is
     * called off. When it is being carried out already, it is as good as written down.
     */
    private void withdraw(PartnerCall call) {
        try {
            if (call.operation().method().equals("POST")) {
                call.repeatable(Delivery.seed(call.requestId(), 0));
                if (!answers.withdraw(call)) {
                    return;
                }
            }
        } catch (StoreException e) {
            throw Refusal.unknownForGood(
                    504, "It is not known whether this call was queued; sending it again may do it a second time");
        }
        throw Refusal.retry(503, "The gateway's queue takes no calls right now: try again", SOON);
    }

    @Override
    public void close() {
        clock.shutdown();
        waiting.finish();
    }
}
