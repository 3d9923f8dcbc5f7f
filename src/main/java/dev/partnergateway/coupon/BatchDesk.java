package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.UpstreamOperation;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Coupons of one deployment that wait for a file, and the turns in which files are sent (contract 6.1, step 2). */
final class BatchDesk {

    static final int MOST_ROWS = 1000;

    /** From the moment a batch is put together until its callers know; a lease lasts longer. */
    static final Duration PATIENCE = Duration.ofMillis(4500);

    private static final int MOST_WAITING = 5000;
    private static final Duration TURN = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(1);

    final Deployment deployment;
    final TalonOne talonOne;
    final CouponLookup lookup;
    final UpstreamOperation send;

    private final Executor executor;
    private final WaitingRows rows = new WaitingRows();
    private final Sharing sharing;
    private final DistributionSummary sizes;
    private final Timer waits;
    private boolean serving;

    /**
     * Makes a desk.
     *
     * @param sharing what it does for the rows of other gateways, and they for its own
     */
    BatchDesk(
            Deployment deployment,
            TalonOne talonOne,
            CouponLookup lookup,
            Executor executor,
            MeterRegistry meters,
            Function<BatchDesk, Sharing> sharing) {
        this.deployment = deployment;
        this.talonOne = talonOne;
        this.lookup = lookup;
        this.executor = executor;
        this.send = talonOne.contract().operation("importCoupons");
        this.sizes = DistributionSummary.builder("gateway.coupon.batch.rows")
                .tags("deployment", deployment.name(), "operation", send.id())
                .description("Coupons created by one call")
                .serviceLevelObjectives(1, 10, 100, MOST_ROWS)
                .register(meters);
        this.waits = Timer.builder("gateway.coupon.batch.wait")
                .tags("deployment", deployment.name(), "operation", send.id())
                .description("Time from the call for a coupon to the file that it is sent in")
                .register(meters);
        Gauge.builder("gateway.coupon.batch.waiting", this::waiting)
                .tags("deployment", deployment.name(), "operation", send.id())
                .description("Coupons waiting for the next batch")
                .register(meters);
        this.sharing = sharing.apply(this);
    }

    /** What waits here. */
    synchronized List<BatchRow> rows() {
        return rows.all();
    }

    synchronized int waiting() {
        return rows.size();
    }

    /**
     * Adds a new row.
     *
     * @param patience time within which its coupon is of use
     * @throws Refusal 429 when its batch would come too late
     */
    void enter(BatchRow row, Duration patience) {
        synchronized (this) {
            int ahead = rows.ahead(row.party, row.attempt.path, MOST_ROWS);
            Duration expected =
                    talonOne.budget().expected(deployment, send, ahead).plus(lookup.expected(deployment));
            if (rows.size() >= MOST_WAITING || expected.compareTo(patience) > 0) {
                Duration retry = expected.minus(patience);
                throw late(retry.compareTo(SOON) > 0 ? retry : SOON);
            }
            add(row);
        }
    }

    /** Adds a row that has to wait once more. */
    synchronized void add(BatchRow row) {
        if (sharing.sentHome(row)) {
            return;
        }
        rows.add(row);
        sharing.rowsWait();
        if (!serving) {
            serving = true;
            executor.execute(this::serve);
        }
    }

    /** Takes out a row that waits no longer; false when it is part of a batch by now, here or elsewhere. */
    boolean withdraw(BatchRow row) {
        return leave(row) && !sharing.reclaim(List.of(row)).isEmpty();
    }

    /** Takes out a row that another gateway has worked on; false when it is part of a batch by now. */
    synchronized boolean leave(BatchRow row) {
        return rows.remove(row);
    }

    /** Takes a turn, then whatever waits by then, also at other gateways, until nothing waits here any more. */
    private void serve() {
        for (; ; ) {
            Turn turn;
            long begun = System.nanoTime();
            try {
                turn = talonOne.turn(deployment, send, null, TURN);
            } catch (RuntimeException e) {
                if (System.nanoTime() - begun < TURN.toNanos()) {
                    stop(e);
                    return;
                }
                // Other gateways had all turns, in which they took what was offered; callers give up by themselves.
                if (rest()) {
                    return;
                }
                continue;
            }
            List<BatchRow> waited = next();
            List<BatchRow> batch = new ArrayList<>(sharing.reclaim(waited));
            if (turn != Turn.FREE) {
                JsonNode campaign = batch.isEmpty() ? null : batch.get(0).attempt.path;
                batch.addAll(sharing.guests(campaign, MOST_ROWS - batch.size()));
            }
            if (batch.isEmpty()) {
                turn.unused();
            } else {
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                executor.execute(() -> new Batch(this, batch, deadline).carryOut(turn));
            }
            if (waited.isEmpty()) {
                return;
            }
        }
    }

    private synchronized List<BatchRow> next() {
        List<BatchRow> batch = rows.take(MOST_ROWS);
        serving = !batch.isEmpty();
        return batch;
    }

    private synchronized boolean rest() {
        serving = rows.size() > 0;
        return !serving;
    }

    private void stop(RuntimeException failure) {
        List<BatchRow> all;
        synchronized (this) {
            all = rows.clear();
            serving = false;
        }
        sharing.reclaim(all).forEach(row -> row.fail(failure));
    }

    /** Waits until all is told that is worked on for other gateways. */
    void close() {
        sharing.close();
    }

    /** Carries out a part of a batch in a turn of its own. */
    void divided(List<BatchRow> part, long deadline) {
        executor.execute(() -> {
            Turn turn;
            try {
                turn = talonOne.turn(deployment, send, null, left(deadline));
            } catch (RuntimeException e) {
                part.forEach(row -> row.fail(e));
                return;
            }
            new Batch(this, part, deadline).carryOut(turn);
        });
    }

    /** Counts a file. */
    void sent(List<BatchRow> batch) {
        sizes.record(batch.size());
        batch.forEach(row -> waits.record(row.age()));
    }

    static Refusal late(Duration retry) {
        return Refusal.retry(429, "More coupons are wanted than Talon.One allows to create: try again later", retry);
    }

    static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }
}
