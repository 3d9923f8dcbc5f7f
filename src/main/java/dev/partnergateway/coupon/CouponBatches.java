package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.UpstreamOperation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Creates coupons many at a time: three calls a second become up to a thousand coupons each (contract 6.1). Every row's
 * literal code is committed before the file that holds it is sent. A file is sent with {@code skipDuplicates=true}, so the
 * same rows can be sent again at any time; whose coupon it is that a list shows is told by the id of the import.
 */
final class CouponBatches implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(1);

    /** A batch that has begun is over by then. */
    private static final Duration CALLER = BatchDesk.PATIENCE.plus(Duration.ofMillis(300));

    private final TalonOne talonOne;
    private final CouponLookup lookup;
    private final Executor executor;
    private final UpstreamOperation create;
    private final MeterRegistry meters;
    private final Function<BatchDesk, Sharing> sharing;
    private final Map<String, BatchDesk> desks = new ConcurrentHashMap<>();

    CouponBatches(
            TalonOne talonOne,
            CouponLookup lookup,
            Executor executor,
            MeterRegistry meters,
            Function<BatchDesk, Sharing> sharing) {
        this.sharing = sharing;
        this.talonOne = talonOne;
        this.lookup = lookup;
        this.executor = executor;
        this.meters = meters;
        this.create = talonOne.contract().operation("createCoupons");
    }

    private BatchDesk desk(Deployment deployment) {
        return desks.computeIfAbsent(
                deployment.name(), name -> new BatchDesk(deployment, talonOne, lookup, executor, meters, sharing));
    }

    /**
     * Leave to create one coupon on its own right now, one call instead of two: when no batch waits and createCoupons
     * has a call left.
     *
     * @throws Refusal 501 or 503 when the deployment cannot be called at all
     */
    Optional<Turn> alone(Deployment deployment) {
        return desk(deployment).waiting() > 0 ? Optional.empty() : talonOne.turnNow(deployment, create);
    }

    /**
     * Creates a coupon in the next batch.
     *
     * @param fields body of createCoupons
     * @param code the literal code
     * @param doubtful whether the code was sent before, with an unknown outcome
     * @return the coupon
     * @throws Refusal 400 and others that Talon.One gives; 429 when no batch comes in time; 504 when it is not known in
     *     time what became of it
     */
    JsonNode create(Attempt attempt, ObjectNode fields, String code, boolean doubtful) {
        BatchDesk desk = desk(attempt.deployment);
        BatchRow row = new BatchRow(attempt, fields, code, doubtful);
        Duration patience = attempt.patience.get();
        desk.enter(row, patience);
        try {
            return row.coupon.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (desk.withdraw(row)) {
                throw BatchDesk.late(SOON);
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw failure(e);
        }
        // The partner is answered by now; what was sent is finished all the same, for the repeat.
        try {
            return row.coupon.get(CALLER.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            row.abandon();
            desk.withdraw(row);
            throw Refusal.late();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        desks.values().forEach(BatchDesk::close);
    }

    static Refusal interrupted() {
        Thread.currentThread().interrupt();
        return Refusal.unknown(503, "The gateway is stopping");
    }

    static RuntimeException failure(ExecutionException e) {
        return e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
    }
}
