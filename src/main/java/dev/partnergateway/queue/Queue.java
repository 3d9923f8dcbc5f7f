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
import dev.partnergateway.kafka.Reading;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.kafka.TopicCheck;
import dev.partnergateway.settings.KafkaSettings;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.telemetry.Telemetry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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
    private static final Duration FAREWELL = Delivery.BUDGET.plusSeconds(5);
    private static final Duration PRUNE_AT_MOST = Duration.ofSeconds(20);
    private static final int ITEM_DIGITS = 8;
    private static final int MOST_CALLERS = 10_000;

    /** Calls that wait for Kafka at once; they take no place of calls that are carried out at once. */
    private static final int WRITERS = 500;

    /** What Kafka adds to a record, and what the gateway may add to a letter. */
    private static final int ROOM = 16_384;

    /** As much as brokers take by default. */
    private static final int LARGEST = 1_000_000;

    private final Settings settings;
    private final KafkaSettings kafka;
    private final CamelContext camel;
    private final Access access;
    private final Contents contents;
    private final Letters letters;
    private final Topic topic;
    private final Reading reading;
    private final TopicCheck check;
    private final DeadLetters deadLetters;
    private final Reader reader;
    private final Dispatcher dispatcher;
    private final Counter dead;
    private final Map<String, Pace> paces = new ConcurrentHashMap<>();
    private final Set<String> queued = new HashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore writers = new Semaphore(WRITERS);
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong deadNow = new AtomicLong();
    private final AtomicLong oldest = new AtomicLong();
    private volatile Optional<TopicCheck.Found> found = Optional.empty();

    /** Leaves Kafka alone for two seconds when nothing of the last calls could be written. */
    private final CircuitBreaker breaker = CircuitBreaker.of(
            "kafka",
            CircuitBreakerConfig.custom()
                    .slidingWindowSize(3)
                    .minimumNumberOfCalls(3)
                    .failureRateThreshold(100)
                    .waitDurationInOpenState(Duration.ofSeconds(2))
                    .permittedNumberOfCallsInHalfOpenState(1)
                    .maxWaitDurationInHalfOpenState(Duration.ofSeconds(10))
                    .writableStackTraceEnabled(false)
                    .build());

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
        MeterRegistry meters = house.telemetry().meters();
        this.camel = house.camel();
        this.access = house.access();
        this.contents = new Contents(house.seal());
        this.letters = new Letters(house.store(), contents);
        this.topic = new Topic(camel, kafka, kafka.queueTopic());
        this.reading = new Reading(camel, kafka, kafka.queueTopic());
        this.check = new TopicCheck(reading);
        this.deadLetters = new DeadLetters(letters, contents, LARGEST);
        this.dead = meters.counter("gateway.queue.dead.letters");
        Lane.Work work = new Lane.Work(
                letters,
                new Lanes(house.store()),
                new Delivery(contents, house),
                deployment -> paces.computeIfAbsent(deployment, name -> new Pace(kafka.atOnce())),
                kafka,
                house.executor(),
                dead,
                this::wake);
        this.reader = new Reader(reading, this::look, contents, work, meters.counter("gateway.queue.forgotten"));
        this.dispatcher = new Dispatcher(reader::lanes, letters, settings.sweepInterval());
        gauge(meters, "gateway.queue.waiting", waiting, "Queued calls that wait to be carried out");
        gauge(meters, "gateway.queue.dead", deadNow, "Queued calls that an operator has to decide on");
        Gauge.builder("gateway.queue.oldest", oldest, AtomicLong::get)
                .strongReference(true)
                .baseUnit("seconds")
                .description("Since the oldest queued call that waits was accepted")
                .register(meters);
        Gauge.builder("gateway.queue.lag", reader, Reader::lag)
                .description("Queued calls that were not read out of Kafka yet")
                .register(meters);
    }

    private static void gauge(MeterRegistry meters, String name, AtomicLong value, String description) {
        Gauge.builder(name, value, AtomicLong::get)
                .strongReference(true)
                .description(description)
                .register(meters);
    }

    private void wake() {
        dispatcher.wake();
    }

    /** Looks at the topic; empty while it cannot be used, which is told. */
    private Optional<TopicCheck.Found> look() {
        try {
            TopicCheck.Found now = check.look();
            if (found.isEmpty() || !found.get().equals(now)) {
                now.advice().forEach(LOG::warn);
                if (now.longest() < 0 || now.longest() > Letters.REMEMBERED.toMillis()) {
                    LOG.warn(
                            "Topic {} keeps records for longer than {} days: for so long the gateway remembers which calls"
                                    + " were called off. Set retention.ms=1209600000.",
                            reading.topic(),
                            Letters.REMEMBERED.toDays());
                }
            }
            found = Optional.of(now);
        } catch (TopicCheck.Missing e) {
            LOG.error(e.getMessage());
            found = Optional.empty();
        } catch (KafkaException e) {
            LOG.warn("Kafka does not tell of its topic {} yet: {}", reading.topic(), e.getMessage());
        }
        return found;
    }

    /**
     * Begins to carry out what is in the queue; the routes run.
     *
     * @param operations of all contracts
     * @throws SettingsException when an operation cannot be queued, or the topic is not there
     */
    public void start(Collection<Operation> operations) {
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
        try {
            TopicCheck.Found now = check.look();
            now.advice().forEach(LOG::warn);
            found = Optional.of(now);
        } catch (TopicCheck.Missing e) {
            throw new SettingsException(e.getMessage());
        } catch (KafkaException e) {
            LOG.warn("Kafka does not answer yet; queued calls are refused until it does");
        }
        begin("queue-reader", reader);
        begin("queue", dispatcher);
    }

    private void begin(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Counts what waits, so that whoever reads metrics waits for no store. */
    public void count() {
        waiting.set(letters.countWaiting());
        deadNow.set(letters.countDead());
        oldest.set(letters.oldest() / 1000);
    }

    /** Forgets letters whose time has passed, for 20 seconds at most; to be called every minute. */
    public void prune() {
        long end = System.nanoTime() + PRUNE_AT_MOST.toNanos();
        while (letters.prune() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
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
     * @throws Refusal 503 when the store does not take it
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
            letters.keep(letter, firstLane(), Outcome.of(refusal));
        } catch (StoreException e) {
            throw Refusal.retry(503, "What was refused could not be kept for the operator: try again", SOON);
        }
        dead.increment();
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
        if (letter.size() > largest()) {
            throw Refusal.of(413, "This call is too large for the gateway's queue: send less in one call");
        }
        write(call, letter);
        return queueing.answer(checked);
    }

    private int largest() {
        return found.map(topicNow -> Math.min(LARGEST, topicNow.largest() - ROOM))
                .orElse(LARGEST);
    }

    /** Whoever waits for Kafka waits for nothing of the deployment, and takes no place of those who do. */
    private void write(PartnerCall call, Letter letter) {
        call.over();
        if (found.isEmpty() || !writers.tryAcquire()) {
            throw full();
        }
        try {
            if (!breaker.tryAcquirePermission()) {
                throw full();
            }
            long begun = System.nanoTime();
            try {
                topic.write(letter.line(), letter.headers(), letter.content(), call.upstreamWait());
                breaker.onSuccess(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
            } catch (Topic.NotWritten e) {
                breaker.onError(System.nanoTime() - begun, TimeUnit.NANOSECONDS, e);
                LOG.warn("{} could not be queued: {}", call, e.getMessage());
                callOff(letter, e);
            } catch (RuntimeException e) {
                breaker.releasePermission();
                throw e;
            }
        } finally {
            writers.release();
        }
    }

    private static Refusal full() {
        return Refusal.retry(503, "The gateway's queue takes no calls right now: try again", SOON);
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
     * Kafka may have taken it all the same: a partner that sends it again would have it done twice, so the first is called
     * off. When it has come out already, it is accepted.
     */
    private void callOff(Letter letter, Topic.NotWritten failure) {
        if (failure.tooLarge()) {
            throw Refusal.of(413, "This call is too large for the gateway's queue: send less in one call");
        }
        try {
            if (!letters.withdraw(letter, firstLane())) {
                return;
            }
        } catch (StoreException e) {
            throw Refusal.unknownForGood(
                    504, "It is not known whether this call was queued; sending it again may do it a second time");
        }
        throw full();
    }

    /** Lane of letters that have no place in the topic. */
    private String firstLane() {
        return new TopicPartition(kafka.queueTopic(), 0).toString();
    }

    /** Waits for what is being carried out. */
    @Override
    public void close() {
        reader.close();
        dispatcher.close();
        long end = System.nanoTime() + FAREWELL.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
            while (!reader.isIdle() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        topic.close();
    }
}
