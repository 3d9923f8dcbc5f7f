package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.coupon.WaitingCallers.Caller;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.idempotency.WaitingClaims;
import dev.partnergateway.idempotency.WaitingClaims.Entry;
import dev.partnergateway.idempotency.WaitingClaims.Told;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates coupons many at a time: three calls a second become up to a thousand coupons each. A coupon waits for its file as
 * its claim's row in the store, where any gateway may take it; this one looks what others have done with its own.
 */
final class CouponFiles implements AutoCloseable {

    static final int MOST_ROWS = 1000;

    /** From the moment a file is put together until it is told what became of it; a lease lasts longer. */
    static final Duration PATIENCE = Duration.ofMillis(4500);

    private static final Logger LOG = LoggerFactory.getLogger(CouponFiles.class);

    private static final int MOST_WAITING = 5000;
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(50);

    /** A file that has begun is over by then. */
    private static final Duration CALLER = PATIENCE.plus(Duration.ofMillis(300));

    /** Within which a coupon is sent that nobody waits for. */
    private static final Duration UNHURRIED = Duration.ofSeconds(30);

    private final TalonOne talonOne;
    private final CouponLookup lookup;
    private final WaitingClaims queue;
    private final Executor executor;
    private final UpstreamOperation create;
    private final MeterRegistry meters;
    private final Map<String, FileSender> senders = new ConcurrentHashMap<>();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "coupons of other gateways");
        thread.setDaemon(true);
        return thread;
    });

    CouponFiles(TalonOne talonOne, CouponLookup lookup, WaitingClaims queue, Executor executor, MeterRegistry meters) {
        this.talonOne = talonOne;
        this.lookup = lookup;
        this.queue = queue;
        this.executor = executor;
        this.meters = meters;
        this.create = talonOne.contract().operation("createCoupons");
        looking.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private FileSender sender(Deployment deployment) {
        return senders.computeIfAbsent(
                deployment.name(), name -> new FileSender(deployment, talonOne, lookup, queue, executor, meters));
    }

    /**
     * Leave to create one coupon on its own right now, one call instead of two: when none waits for a file and
     * createCoupons has a call left.
     *
     * @throws Refusal 501 or 503 when the deployment cannot be called at all
     */
    Optional<Turn> alone(Deployment deployment) {
        return sender(deployment).callers.size() > 0 ? Optional.empty() : talonOne.turnNow(deployment, create);
    }

    /**
     * Creates a coupon in the next file.
     *
     * @param party whose turn it is
     * @param patience within which it is of use
     * @return the coupon
     * @throws Refusal 400 and others that Talon.One gives; 429 when no file comes in time; 504 when it is not known in
     *     time what became of it
     */
    JsonNode create(Claim claim, Deployment deployment, String party, Duration patience, CouponRequest coupon) {
        FileSender sender = sender(deployment);
        CouponRequest request = coupon.inFile();
        String campaign = request.campaign();
        Duration expected = sender.expected(party, campaign);
        if (sender.callers.size() >= MOST_WAITING || expected.compareTo(patience) > 0) {
            Duration retry = expected.minus(patience);
            throw notNow(claim, late(retry.compareTo(SOON) > 0 ? retry : SOON));
        }
        // Whoever takes it finds its caller.
        Caller caller = sender.callers.enter(claim.hold(), campaign, party);
        long begun = System.nanoTime();
        try {
            Entry entry = new Entry(claim, request.content(), campaign, party, patience);
            sender.enter(entry);
            return coupon(claim, outcome(sender, entry, caller, patience));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            claim.leave();
            throw Refusal.unknown(503, "The gateway is stopping");
        } finally {
            Telemetry.life().waited("file", System.nanoTime() - begun);
            caller.leave();
            sender.callers.leave(claim.hold());
        }
    }

    /** Lets a coupon wait for the next file that nobody waits for; what becomes of it is written into its row. */
    void create(Claim claim, Deployment deployment, CouponRequest coupon) {
        CouponRequest request = coupon.inFile();
        sender(deployment).enter(new Entry(claim, request.content(), request.campaign(), "", UNHURRIED));
        claim.leave();
    }

    private FileOutcome outcome(FileSender sender, Entry entry, Caller caller, Duration patience)
            throws InterruptedException {
        FileOutcome outcome = caller.await(patience);
        boolean waits = outcome == null || outcome.kind() == FileOutcome.Kind.WAITS;
        if (waits && (sender.callOff(entry) || withdrawn(entry.claim()))) {
            return FileOutcome.waits(outcome == null ? late(SOON) : outcome.refusal());
        }
        if (waits) {
            // The partner is answered by now; what was sent is finished all the same, for the repeat.
            outcome = caller.await(CALLER);
        }
        return outcome == null ? caller.leave() : outcome;
    }

    private boolean withdrawn(Claim claim) {
        try {
            return queue.withdraw(claim);
        } catch (StoreException e) {
            LOG.debug("It is not known whether a coupon has been taken", e);
            return false;
        }
    }

    private static JsonNode coupon(Claim claim, FileOutcome outcome) {
        if (outcome == null || outcome.kind() == FileOutcome.Kind.UNKNOWN) {
            claim.leave();
            throw outcome == null ? Refusal.late() : outcome.refusal();
        }
        return switch (outcome.kind()) {
            case MADE -> outcome.coupon();
            case NONE -> {
                claim.absent();
                throw outcome.refusal();
            }
            default -> throw notNow(claim, outcome.refusal());
        };
    }

    /** What was not sent now may have been sent before. */
    private static Refusal notNow(Claim claim, Refusal refusal) {
        return claim.unknown()
                ? Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon")
                : refusal;
    }

    /** Tells callers what other gateways have done, and sees to it that what waits is sent. */
    private void look() {
        try {
            if (senders.values().stream().noneMatch(FileSender::isBusy)) {
                return;
            }
            for (Told told : queue.told()) {
                senders.values().forEach(sender -> tell(sender, told));
            }
            for (FileSender sender : senders.values()) {
                sender.enterAll();
                if (sender.callers.size() > 0
                        && !sender.isServing()
                        && queue.anyOfThisGateway(sender.deployment.name())) {
                    sender.wake();
                }
            }
        } catch (StoreException e) {
            LOG.debug("Coupons of other gateways cannot be looked at without the store", e);
        } catch (RuntimeException | Error e) {
            LOG.error("Coupons of other gateways could not be looked at; the next try comes at once", e);
            Fatal.look(e);
        }
    }

    private static void tell(FileSender sender, Told told) {
        Caller caller = sender.callers.of(told.hold());
        if (caller != null) {
            caller.tell(told.made() == null ? FileOutcome.none(told.refusal()) : FileOutcome.made(told.made()));
            sender.callers.taken(told.hold(), true);
        }
    }

    static Refusal late(Duration retry) {
        return Refusal.retry(429, "More coupons are wanted than Talon.One allows to create: try again later", retry);
    }

    @Override
    public void close() {
        senders.values().forEach(FileSender::close);
        looking.shutdownNow();
    }
}
