package dev.partnergateway.coupon;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.WaitingClaims;
import dev.partnergateway.idempotency.WaitingClaims.Entry;
import dev.partnergateway.idempotency.WaitingClaims.Group;
import dev.partnergateway.idempotency.WaitingClaims.Taken;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.UpstreamOperation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the coupons of one deployment that wait in the store, of whichever gateway: in each turn those of one campaign.
 * Parties are served in turn, and their campaigns by how long they wait.
 */
final class FileSender {

    private static final Logger LOG = LoggerFactory.getLogger(FileSender.class);

    private static final Duration TURN = Duration.ofSeconds(5);
    private static final long STORE_DOWN_MILLIS = 100;

    final Deployment deployment;
    final TalonOne talonOne;
    final CouponLookup lookup;
    final WaitingClaims queue;
    final WaitingCallers callers = new WaitingCallers();
    final UpstreamOperation send;
    final Executor executor;

    private final Map<String, Long> served = new HashMap<>();
    private final Set<Entry> entering = new LinkedHashSet<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final DistributionSummary sizes;
    private final Timer waits;
    private final Counter guests;
    private long turns;
    private boolean serving;
    private boolean woken;
    private volatile boolean closed;

    FileSender(
            Deployment deployment,
            TalonOne talonOne,
            CouponLookup lookup,
            WaitingClaims queue,
            Executor executor,
            MeterRegistry meters) {
        this.deployment = deployment;
        this.talonOne = talonOne;
        this.lookup = lookup;
        this.queue = queue;
        this.executor = executor;
        this.send = talonOne.contract().operation("importCoupons");
        this.sizes = DistributionSummary.builder("gateway.coupon.batch.rows")
                .tags("deployment", deployment.name(), "operation", send.id())
                .description("Coupons created by one call")
                .serviceLevelObjectives(1, 10, 100, CouponFiles.MOST_ROWS)
                .register(meters);
        this.waits = Timer.builder("gateway.coupon.batch.wait")
                .tags("deployment", deployment.name(), "operation", send.id())
                .description("Time from the call for a coupon to the file that it is sent in")
                .register(meters);
        this.guests = Counter.builder("gateway.coupon.batch.guests")
                .tags("deployment", deployment.name())
                .description("Coupons sent for callers of other gateways")
                .register(meters);
        Gauge.builder("gateway.coupon.batch.waiting", callers, WaitingCallers::size)
                .tags("deployment", deployment.name(), "operation", send.id())
                .description("Coupons waiting for the next batch")
                .register(meters);
    }

    /** How long a newcomer waits until it knows of its coupon. */
    Duration expected(String party, String campaign) {
        int ahead = callers.ahead(party, campaign, CouponFiles.MOST_ROWS);
        return talonOne.budget().expected(deployment, send, ahead).plus(lookup.expected(deployment));
    }

    /** Lets a coupon wait: it is written down together with others, before the next turn or in a moment. */
    void enter(Entry entry) {
        synchronized (entering) {
            entering.add(entry);
        }
        wake();
    }

    /** Takes back what is not written down yet; false when it is, or is being. */
    boolean callOff(Entry entry) {
        synchronized (entering) {
            if (!entering.remove(entry)) {
                return false;
            }
        }
        entry.isOff();
        return true;
    }

    /** Writes down that everything waits which came since the last time. */
    void enterAll() {
        List<Entry> entries;
        synchronized (entering) {
            entries = List.copyOf(entering);
            entering.clear();
        }
        if (entries.isEmpty()) {
            return;
        }
        try {
            queue.enter(entries)
                    .forEach(lost -> tell(lost, Refusal.unknown(503, "Another gateway has taken this call over")));
        } catch (RuntimeException | Error e) {
            entries.forEach(entry -> tell(entry, Refusal.unknown(503, "The gateway cannot reach its store")));
            throw e;
        }
    }

    private void tell(Entry entry, Refusal refusal) {
        WaitingCallers.Caller caller = callers.of(entry.claim().hold());
        if (caller != null) {
            caller.tell(FileOutcome.unknown(refusal));
        }
    }

    /** Whether anything waits that this gateway has to look after. */
    boolean isBusy() {
        synchronized (entering) {
            return !entering.isEmpty() || callers.size() > 0;
        }
    }

    /** Something waits: it is sent in the next turn. */
    void wake() {
        synchronized (this) {
            woken = true;
            if (serving) {
                return;
            }
            serving = true;
        }
        try {
            executor.execute(this::serve);
        } catch (RuntimeException | Error e) {
            stop();
            throw e;
        }
    }

    /** Whether turns are being taken. */
    synchronized boolean isServing() {
        return serving;
    }

    private synchronized void stop() {
        serving = false;
    }

    /** Whether to go on: something may wait that came since the last look. */
    private synchronized boolean goesOn() {
        serving = woken && !closed;
        return serving;
    }

    private synchronized void looks() {
        woken = false;
    }

    /** Takes a turn, then whatever waits by then, until nothing waits any more. */
    private void serve() {
        try {
            do {
                looks();
                while (sendNext()) {
                    looks();
                }
            } while (goesOn());
        } catch (RuntimeException | Error e) {
            stop();
            LOG.error("Coupons that wait for a file could not be sent; the next one that comes begins anew", e);
            Fatal.look(e);
        }
    }

    /** Whether there was something to send, or there may be in the next turn. */
    private boolean sendNext() {
        Turn turn;
        long begun = System.nanoTime();
        try {
            turn = talonOne.turn(deployment, send, null, TURN);
        } catch (Refusal e) {
            if (System.nanoTime() - begun < TURN.toNanos()) {
                callers.waiting().forEach(caller -> caller.tell(FileOutcome.waits(e)));
                return false;
            }
            // Other gateways had all turns, in which they took what waits here, too.
            return callers.size() > 0;
        }
        List<Taken> taken = List.of();
        try {
            taken = closed ? List.of() : take();
            if (taken.isEmpty()) {
                return false;
            }
            SentFile file = new SentFile(
                    this,
                    taken.stream().map(FileRow::new).toList(),
                    System.nanoTime() + CouponFiles.PATIENCE.toNanos());
            Turn mine = turn;
            start(() -> file.send(mine));
            turn = null;
            return true;
        } catch (StoreException e) {
            LOG.debug("Coupons wait for the store", e);
            pause();
            return callers.size() > 0;
        } finally {
            if (turn != null) {
                turn.unused();
            }
        }
    }

    /** Carries out a file, or a part of one. */
    void start(Runnable file) {
        underWay.incrementAndGet();
        boolean started = false;
        try {
            executor.execute(() -> {
                try {
                    file.run();
                } finally {
                    underWay.decrementAndGet();
                }
            });
            started = true;
        } finally {
            if (!started) {
                underWay.decrementAndGet();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STORE_DOWN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        }
    }

    private List<Taken> take() {
        enterAll();
        List<Group> groups = queue.groups(deployment.name());
        served.keySet().retainAll(groups.stream().map(Group::party).toList());
        Optional<Group> next = groups.stream()
                .min(Comparator.<Group>comparingLong(group -> served.getOrDefault(group.party(), 0L))
                        .thenComparing(Comparator.comparingLong(Group::waited).reversed()));
        if (next.isEmpty()) {
            return List.of();
        }
        served.put(next.get().party(), ++turns);
        List<Taken> taken = queue.take(
                deployment.name(), next.get().campaign(), CouponFiles.MOST_ROWS, content -> CouponRequest.read(content)
                        .caselessCode());
        taken.forEach(row -> callers.taken(row.claim().hold(), true));
        guests.increment(taken.stream().filter(row -> !row.ofThisGateway()).count());
        return taken;
    }

    /** Counts a file. */
    void sent(List<FileRow> rows) {
        sizes.record(rows.size());
        rows.forEach(row -> waits.record(row.taken.waited()));
    }

    /** Waits until it is told what became of all that was taken. */
    void close() {
        closed = true;
        long end = System.nanoTime() + CouponFiles.PATIENCE.toNanos();
        while (underWay.get() > 0 && System.nanoTime() < end) {
            pause();
        }
    }
}
