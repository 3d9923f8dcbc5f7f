package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Row.State;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * The idempotent consumer's repository ({@code #answers} in a route): the first call of a key is worked on, a repeat
 * gets the first one's answer, byte for byte, and a repeat that comes while the first is running waits for it (contract
 * 2.9). A call that failed without effect frees its key; one whose effect is not known keeps it, and the next repeat
 * finds out.
 */
public final class ReplayingRepository extends ServiceSupport implements IdempotentRepository {

    private static final String JSON = "application/json";

    /** Work may go on for a while after the partner was answered with 504; a lease outlives it. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

    /** Other processes do not wake this one: it looks again this often. */
    private static final Duration POLL = Duration.ofMillis(100);

    /** Time a waiting repeat keeps for saying that it waited in vain. */
    private static final Duration ANSWERING = Duration.ofMillis(100);

    private static final Duration PARKED_RETRY = Duration.ofMinutes(1);

    private static final int PRUNED_AT_ONCE = 500;

    private static final Duration RECORDED = Duration.ofDays(1);

    private static final Duration ABANDONED = Duration.ofDays(1);

    private final AnswerTable table;
    private final Access access;
    private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    /** Makes the repository on a store. */
    public ReplayingRepository(Store store, Seal seal, Access access) {
        this.table = new AnswerTable(store, seal);
        this.access = access;
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
                access.principal(call),
                call.operation().id());
        if (tuple == null) {
            return true;
        }
        for (; ; ) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            String target = target(tuple);
            CompletableFuture<Void> other = running.putIfAbsent(target, end);
            Claim claim = null;
            try {
                Optional<Row> row = table.find(target);
                long now = System.currentTimeMillis();
                if (row.isPresent() && row.get().expired(now)) {
                    table.deleteExpired(target, now);
                    row = Optional.empty();
                }
                if (row.isPresent() && row.get().parked() != null) {
                    throw parked(row.get());
                }
                if (row.isPresent() && row.get().state() == State.DONE) {
                    replay(exchange, row.get());
                    return false;
                }
                if (other == null) {
                    claim = claim(call, tuple, target, row, now);
                    if (claim != null) {
                        begin(exchange, call, claim);
                        return true;
                    }
                }
            } finally {
                if (other == null && claim == null) {
                    running.remove(target, end);
                    end.complete(null);
                }
            }
            await(call, other);
        }
    }

    /** The row a call is about: its own, or by the table of D9 another recipient's of the same identifier. */
    private String target(KeyTuple tuple) {
        if (tuple.slots() == null) {
            return tuple.key();
        }
        long now = System.currentTimeMillis();
        List<Row> slots = table.slots(tuple.slots()).stream()
                .filter(row -> !row.expired(now))
                .filter(row -> row.id().equals(tuple.key()) || row.state() != State.CLAIMED || row.leased(now))
                .toList();
        boolean own = slots.stream().anyMatch(row -> row.id().equals(tuple.key()));
        if (own) {
            return tuple.key();
        }
        if (tuple.bound()) {
            return slots.stream()
                    .filter(row -> !row.bound())
                    .map(Row::id)
                    .findFirst()
                    .orElse(tuple.key());
        }
        return slots.size() == 1 ? slots.get(0).id() : tuple.key();
    }

    private Claim claim(PartnerCall call, KeyTuple tuple, String target, Optional<Row> row, long now) {
        String owner = UUID.randomUUID().toString();
        long leaseUntil = now + call.remaining().plus(LEASE_MARGIN).toMillis();
        if (row.isEmpty()) {
            boolean claimed = target.equals(tuple.key())
                    && table.insert(
                            tuple, call.deployment().name(), call.operation().id(), owner, now, leaseUntil);
            return claimed ? new Claim(table, tuple.key(), owner, now) : null;
        }
        if (row.get().leased(now) || !table.takeOver(row.get(), owner, leaseUntil)) {
            return null;
        }
        try {
            Claim claim = new Claim(table, row.get(), owner);
            if (claim.unknown()) {
                claim.note("taken over by a repeat");
            }
            return claim;
        } catch (IOException | ClassCastException e) {
            table.park(row.get().id(), Row.UNREADABLE + "it is not JSON");
            throw parked(row.get());
        }
    }

    /** Only an operator can tell what became of the first call; saying so again and again costs nobody anything. */
    private Refusal parked(Row row) {
        if (row.parked() != null && row.parked().startsWith(Row.UNREADABLE)) {
            table.park(row.id(), row.parked());
        }
        return Refusal.retry(
                504, "It is not known what became of the first call: the operator has been told", PARKED_RETRY);
    }

    /**
     * A claim for a call that is like no other, so that what cannot be sent twice is written down all the same. It is
     * kept for a day. The route's idempotent consumer ends it as any other.
     */
    public Claim record(Exchange exchange) {
        KeyTuple tuple = KeyTuple.ofItsOwn(RECORDED);
        Claim claim = claim(PartnerCall.of(exchange), tuple, tuple.key(), Optional.empty(), System.currentTimeMillis());
        claim.on(exchange);
        return claim;
    }

    private static void begin(Exchange exchange, PartnerCall call, Claim claim) {
        claim.on(exchange);
        call.idempotencyKey(claim.id());
    }

    private static void replay(Exchange exchange, Row row) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, row.status());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, row.contentType());
        exchange.getMessage().setBody(row.body());
    }

    private static void await(PartnerCall call, CompletableFuture<Void> other) {
        call.phase(PartnerCall.Phase.WAITING);
        Duration left = call.remaining().minus(ANSWERING);
        if (left.isNegative() || left.isZero()) {
            throw Refusal.retry(
                    429, "The first call with the same content is still running: try again", Duration.ofSeconds(1));
        }
        long wait = Math.min(left.toMillis(), POLL.toMillis());
        try {
            (other == null ? new CompletableFuture<Void>() : other).get(Math.max(1, wait), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.retry(503, "The gateway is stopping: try again", Duration.ofSeconds(1));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            call.phase(PartnerCall.Phase.CHECKING);
        }
    }

    @Override
    public boolean confirm(Exchange exchange, String keyText) {
        Claim claim = Claim.of(exchange).orElse(null);
        if (claim == null) {
            return true;
        }
        PartnerCall call = PartnerCall.of(exchange);
        int status = call.operation().successStatus();
        Object body = exchange.getMessage().getBody();
        byte[] bytes = status == 204 || body == null ? new byte[0] : Json.write((JsonNode) body);
        try {
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
        } finally {
            end(claim);
        }
        return true;
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
            boolean unknown = exchange.getException(Refusal.class) != null
                    && exchange.getException(Refusal.class).effect() == Refusal.Effect.UNKNOWN;
            claim.giveBack(unknown);
        } catch (StoreException e) {
            // The row stays as it is; when its lease has run out, a repeat or the sweeper takes it over.
            return false;
        } finally {
            end(claim);
        }
        return true;
    }

    private void end(Claim claim) {
        CompletableFuture<Void> future = running.remove(claim.id());
        if (future != null) {
            future.complete(null);
        }
    }

    /** Frees keys whose window has passed, a few at a time; to be called now and then. */
    public void prune() {
        long now = System.currentTimeMillis();
        int pruned;
        do {
            pruned = table.prune(now, now - ABANDONED.toMillis(), PRUNED_AT_ONCE);
        } while (pruned == PRUNED_AT_ONCE);
        table.pruneHistory(now - ABANDONED.toMillis());
    }

    /**
     * A sweeper for this repository's rows.
     *
     * @param deployments configured deployment by its name; null = not configured any more
     * @param finishers by the operation that was written down
     */
    public Sweeper sweeper(Function<String, Deployment> deployments, Map<String, Finisher> finishers) {
        return new Sweeper(table, deployments, finishers);
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
