package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.KeptAnswer;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Keys.Taken;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * The idempotent consumer's repository ({@code #answers} in a route): the first call of a key is worked on, a repeat
 * gets the first one's answer, byte for byte, and a repeat that comes while the first is running waits for it
 * (docs/behaviour.md#repeats). A call that failed without effect frees its key; one whose effect is not known keeps it, and the next repeat
 * finds out.
 */
public final class ReplayingRepository extends ServiceSupport implements IdempotentRepository {

    /** Header of a message that holds the answer of an earlier call; in the partner's answer, too. */
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final String JSON = "application/json";

    /** Work may go on for a while after the partner was answered with 504; a lease outlives it. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

    /** Other processes do not wake this one: it looks again after at most so many milliseconds. */
    private static final int POLL = 100;

    /** Time a waiting repeat keeps for saying that it waited in vain. */
    private static final Duration ANSWERING = Duration.ofMillis(100);

    private static final Duration PARKED_RETRY = Duration.ofMinutes(1);

    /** So few that a call which writes at the same time does not notice. */
    private static final int PRUNED_AT_ONCE = 100;

    /** Between two lots, for calls. */
    private static final long PRUNE_PAUSE_MILLIS = 20;

    private static final Duration PRUNE_AT_MOST = Duration.ofSeconds(20);

    private static final Duration RECORDED = Duration.ofDays(1);

    /** Longer than Talon.One keeps an {@code Idempotency-Key}: what a claim has sent under its own is not sent twice. */
    private static final Duration ABANDONED = Duration.ofHours(25);

    private final AnswerTable table;
    private final Keys keys;
    private final Access access;
    private final Consumer<Deployment> working;
    private final MeterRegistry meters;
    private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    /**
     * Makes the repository on a store.
     *
     * @param working throws a {@link Refusal} for a deployment that fails: its calls are refused before a row is made
     * @param meters where repeats are counted
     */
    public ReplayingRepository(
            Store store, Seal seal, Access access, Consumer<Deployment> working, MeterRegistry meters) {
        this.table = new AnswerTable(store, seal);
        this.keys = new Keys(table);
        this.access = access;
        this.working = working;
        this.meters = meters;
        if (store.embedded()) {
            table.endLeases();
        }
    }

    @Override
    public boolean add(Exchange exchange, String keyText) {
        PartnerCall call = PartnerCall.of(exchange);
        if (call.checked().dryRun()) {
            return true;
        }
        KeyTuple tuple = KeyTuple.read(
                keyText,
                call.deployment().name(),
                () -> access.principal(call),
                call.operation().id(),
                call.checked().call());
        if (tuple == null) {
            tuple = call.drawName(content(exchange)).map(KeyTuple::ofQueued).orElse(null);
        }
        if (tuple == null) {
            return true;
        }
        boolean waited = false;
        for (; ; ) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            String target = keys.target(tuple);
            CompletableFuture<Void> other = running.putIfAbsent(target, end);
            Taken taken = Taken.BUSY;
            try {
                taken = other == null ? first(call, tuple, target) : take(call, tuple, target, false);
                if (taken.row() != null && taken.row().state() == ClaimState.PARKED) {
                    call.life().claim(taken.row().id());
                    throw leftToOperator();
                }
                if (taken.row() != null) {
                    replay(exchange, taken.row());
                    count(call, waited);
                    call.life().isRepeat(taken.row().id(), taken.row().created(), waited);
                    return false;
                }
                if (taken.claim() != null) {
                    begin(exchange, taken.claim(), keyText);
                    call.life().claims(taken.claim().id(), taken.claim().unknown());
                    return true;
                }
            } finally {
                if (other == null && taken.claim() == null) {
                    running.remove(target, end);
                    end.complete(null);
                }
            }
            await(call, other);
            waited = true;
        }
    }

    private static String content(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof JsonNode body ? body.toString() : "";
    }

    private void count(PartnerCall call, boolean waited) {
        Counter.builder("gateway.repeats")
                .tags("deployment", call.deployment().name())
                .tags("operation", call.operation().id())
                .tags("answer", waited ? "waited" : "stored")
                .description("Repeats that got the first answer: stored before, or waited for while it was made")
                .register(meters)
                .increment();
    }

    /** Takes the key, or finds its answer; a deployment that fails answers nothing new. */
    private Taken first(PartnerCall call, KeyTuple tuple, String target) {
        try {
            working.accept(call.deployment());
        } catch (Refusal failing) {
            Taken seen = take(call, tuple, target, false);
            if (seen.row() == null) {
                throw failing;
            }
            return seen;
        }
        return take(call, tuple, target, true);
    }

    private Taken take(PartnerCall call, KeyTuple tuple, String target, boolean free) {
        return keys.take(
                tuple,
                target,
                call.deployment().name(),
                call.operation().id(),
                free ? call.remaining().plus(LEASE_MARGIN) : null);
    }

    /** Only an operator can tell what became of the first call; saying so again and again costs nobody anything. */
    private static Refusal leftToOperator() {
        return Refusal.retry(
                504, "It is not known what became of the first call: the operator has been told", PARKED_RETRY);
    }

    /**
     * A claim for a call that is like no other, so that what cannot be sent twice is written down all the same. It is
     * kept for a day. The route's idempotent consumer ends it as any other.
     */
    public Claim record(Exchange exchange) {
        KeyTuple tuple = KeyTuple.ofItsOwn(RECORDED);
        Claim claim = take(PartnerCall.of(exchange), tuple, tuple.key(), true).claim();
        claim.on(exchange);
        return claim;
    }

    /**
     * Talon.One keeps refusals for a repeated {@code Idempotency-Key}, too: a key that was freed and claimed again comes
     * with another one, a key whose outcome is not known always with the same.
     */
    private static void begin(Exchange exchange, Claim claim, String statement) {
        claim.on(exchange);
        EffectKey.give(exchange, Credential.sha256(claim.id() + ':' + claim.origin()), statement);
    }

    private static void replay(Exchange exchange, Row row) {
        exchange.getMessage().setHeader(REPLAYED, true);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, row.status());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, row.contentType());
        exchange.getMessage().setBody(row.body());
    }

    /** Waits for the call of this process that works on the key; looks again soon when it is one of another process. */
    private static void await(PartnerCall call, CompletableFuture<Void> other) {
        call.waits();
        long begun = System.nanoTime();
        Duration left = call.remaining().minus(ANSWERING);
        if (left.isNegative() || left.isZero()) {
            throw Refusal.retry(
                    429, "The first call with the same content is still running: try again", Duration.ofSeconds(1));
        }
        try {
            if (other == null) {
                long poll = ThreadLocalRandom.current().nextInt(POLL / 2, POLL);
                Thread.sleep(Math.min(left.toMillis(), poll));
            } else {
                other.get(left.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            call.waited();
            call.life().waited("first call", System.nanoTime() - begun);
        }
    }

    @Override
    public boolean confirm(Exchange exchange, String keyText) {
        Claim claim = Claim.of(exchange).orElse(null);
        if (claim == null) {
            return true;
        }
        if (EffectKey.of(exchange).filter(EffectKey::leftOut).isPresent()) {
            // It was refused: should it come again, it is tried again.
            return remove(exchange, keyText);
        }
        try {
            int status = PartnerCall.of(exchange).operation().successStatus();
            byte[] bytes = status == 204 ? new byte[0] : Json.write(json(exchange));
            if (claim.done(status, JSON, bytes)) {
                exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, JSON);
                exchange.getMessage().setBody(bytes);
            } else {
                failed(exchange, "Another gateway has taken this call over: try again");
            }
        } catch (StoreException e) {
            // An answer that is not stored is not given: a repeat could get different bytes.
            failed(exchange, "The gateway cannot reach its store: try again");
        } catch (RuntimeException e) {
            // The route gave no JSON.
            exchange.setException(e);
            return remove(exchange, keyText);
        } finally {
            end(claim);
        }
        return true;
    }

    private static JsonNode json(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof JsonNode json) {
            return json;
        }
        throw new IllegalStateException("the route gave no JSON");
    }

    private static void failed(Exchange exchange, String text) {
        exchange.setException(Refusal.retry(503, text, Duration.ofSeconds(1)));
    }

    @Override
    public boolean remove(Exchange exchange, String keyText) {
        Claim claim = Claim.of(exchange).orElse(null);
        if (claim == null) {
            return true;
        }
        try {
            Exception failure = exchange.getException();
            if (claim.unknown() && damaged(failure)) {
                claim.parked("it cannot be worked on: " + failure.getClass().getSimpleName());
            }
            boolean unknown = failure instanceof Refusal refusal && refusal.effect() == Refusal.Effect.UNKNOWN;
            claim.giveBack(
                    unknown || EffectKey.of(exchange).filter(EffectKey::changed).isPresent());
        } catch (StoreException e) {
            // The row stays as it is; when its lease has run out, a repeat or the sweeper takes it over.
            return false;
        } finally {
            end(claim);
        }
        return true;
    }

    /** What was written down is JSON, but not what this version writes: trying again would fail again. */
    static boolean damaged(Exception failure) {
        return failure instanceof NullPointerException
                || failure instanceof ClassCastException
                || failure instanceof IllegalArgumentException;
    }

    private void end(Claim claim) {
        CompletableFuture<Void> future = running.remove(claim.id());
        if (future != null) {
            future.complete(null);
        }
    }

    /** Frees keys whose window has passed, a few at a time, for 20 seconds at most; to be called every minute. */
    public void prune() {
        long end = System.nanoTime() + PRUNE_AT_MOST.toNanos();
        table.lookSooner();
        while (table.prune(ABANDONED, PRUNED_AT_ONCE) == PRUNED_AT_ONCE && System.nanoTime() < end) {
            try {
                Thread.sleep(PRUNE_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * A sweeper for this repository's rows.
     *
     * @param deployments configured deployment by its name; null = not configured any more
     * @param finishers by the operation that was written down
     * @param executor finishes several at once
     */
    public Sweeper sweeper(
            Function<String, Deployment> deployments, Map<String, Finisher> finishers, Executor executor) {
        return new Sweeper(table, deployments, finishers, executor);
    }

    /** How many calls have an outcome that is not known: of a process that runs, or of one that was killed. */
    public long unfinished() {
        return table.countUnfinished();
    }

    /** Claims that wait to be sent many at a time, at all gateways of the store. */
    public WaitingClaims waiting() {
        return new WaitingClaims(table);
    }

    /** What stands under a key; empty = nothing (any more): the next call with it is a first one. */
    public Optional<KeptAnswer> kept(String key) {
        return table.kept(key);
    }

    /** What is left to the operator. */
    public Parked parked() {
        return new Parked(table);
    }

    @Override
    public boolean add(String key) {
        throw new UnsupportedOperationException("a key without its call says nothing");
    }

    @Override
    public boolean contains(String key) {
        throw new UnsupportedOperationException("a key without its call says nothing");
    }

    @Override
    public boolean remove(String key) {
        throw new UnsupportedOperationException("a key without its call says nothing");
    }

    @Override
    public boolean confirm(String key) {
        throw new UnsupportedOperationException("a key without its call says nothing");
    }

    @Override
    public void clear() {
        throw new UnsupportedOperationException("stored answers are promises: they are never cleared");
    }
}
