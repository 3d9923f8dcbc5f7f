package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.coupon.CouponRows.Entry;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of one deployment that the gateways of a database send for each other. A row whose turn does not come at once is
 * written into table {@code coupon_row}; whichever gateway has the next turn takes it, works on it under the hold of its
 * claim (so that every fence holds) and writes down what became of it; the gateway where its caller waits looks there.
 * Nobody has sent a row that nobody has taken.
 */
final class SharedRows implements Sharing {

    private static final Logger LOG = LoggerFactory.getLogger(SharedRows.class);

    /** Between two looks at the table while anything waits; a row with a turn within this time stays out of it. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private static final String COUPON = "coupon";
    private static final String REFUSAL = "refusal";

    private final BatchDesk desk;
    private final CouponRows table;
    private final Function<ObjectNode, Claim> claims;
    private final Executor executor;
    private final Counter sentForOthers;
    private final String gateway = UUID.randomUUID().toString();

    /** Own rows in the table, by their ids there. */
    private final Map<String, BatchRow> offered = new ConcurrentHashMap<>();

    /** Rows of other gateways that are worked on here. */
    private final Set<BatchRow> guests = ConcurrentHashMap.newKeySet();

    private final Queue<Entry> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * Shares the rows of a desk.
     *
     * @param claims acts for a claim that was handed over
     */
    SharedRows(
            BatchDesk desk,
            CouponRows table,
            Function<ObjectNode, Claim> claims,
            Executor executor,
            MeterRegistry meters) {
        this.desk = desk;
        this.table = table;
        this.claims = claims;
        this.executor = executor;
        this.sentForOthers = Counter.builder("gateway.coupon.batch.guests")
                .tags("deployment", desk.deployment.name())
                .description("Coupons taken over from other gateways, to be created in one file with the own ones")
                .register(meters);
    }

    @Override
    public void rowsWait() {
        if (looking.compareAndSet(false, true)) {
            executor.execute(this::look);
        }
    }

    /** Goes on for as long as anything waits, here or elsewhere. */
    private void look() {
        do {
            try {
                Thread.sleep(LOOK.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                tell();
                offer();
                collect();
            } catch (StoreException e) {
                LOG.debug("Coupons cannot be shared without the store", e);
            } catch (RuntimeException e) {
                LOG.error("Coupons could not be shared; the next try comes at once", e);
            }
        } while (busy());
        looking.set(false);
        if (busy()) {
            rowsWait();
        }
    }

    private boolean busy() {
        return desk.waiting() > 0 || !offered.isEmpty() || !outcomes.isEmpty();
    }

    /** Who takes a row back while it is being offered waits: it is in the table then, or will never be. */
    private synchronized void offer() {
        Map<JsonNode, List<Entry>> campaigns = new LinkedHashMap<>();
        for (BatchRow row : desk.rows()) {
            if (row.offer() == null) {
                String id = UUID.randomUUID().toString();
                row.offer(id);
                offered.put(id, row);
                campaigns
                        .computeIfAbsent(row.attempt.path, campaign -> new ArrayList<>())
                        .add(new Entry(id, row.write()));
            }
        }
        campaigns.forEach((campaign, rows) -> table.offer(gateway, desk.deployment.name(), campaign, rows));
    }

    @Override
    public List<BatchRow> reclaim(List<BatchRow> rows) {
        Map<BatchRow, String> asked = new IdentityHashMap<>();
        synchronized (this) {
            rows.stream().filter(row -> row.offer() != null).forEach(row -> asked.put(row, row.offer()));
        }
        Set<String> back = new HashSet<>();
        try {
            back.addAll(table.reclaim(asked.values()));
        } catch (StoreException e) {
            // They may have been taken: their callers are told that the outcome is not known.
            LOG.debug("It is not known which coupons other gateways create", e);
        }
        List<BatchRow> own = new ArrayList<>();
        for (BatchRow row : rows) {
            String id = asked.get(row);
            if (id == null) {
                own.add(row);
            } else if (back.contains(id)) {
                notOffered(id);
                own.add(row);
            }
        }
        return own;
    }

    private BatchRow notOffered(String id) {
        BatchRow row = offered.remove(id);
        if (row != null) {
            row.offer(null);
        }
        return row;
    }

    @Override
    public List<BatchRow> guests(JsonNode campaign, int most) {
        List<BatchRow> taken = new ArrayList<>();
        if (closed || most == 0) {
            return taken;
        }
        try {
            String deployment = desk.deployment.name();
            Optional<String> name =
                    campaign == null ? table.oldest(gateway, deployment) : Optional.of(CouponRows.name(campaign));
            if (name.isPresent()) {
                table.take(gateway, deployment, name.get(), most).forEach(entry -> guest(entry, taken));
            }
        } catch (StoreException e) {
            LOG.debug("Coupons of other gateways are left to them", e);
        } catch (RuntimeException e) {
            LOG.error("Coupons of other gateways could not be taken over", e);
        }
        sentForOthers.increment(taken.size());
        return taken;
    }

    private void guest(Entry entry, List<BatchRow> taken) {
        if (entry.json() == null) {
            LOG.warn("A coupon of another gateway cannot be read: have all the same gateway.store.encryption-keys?");
            return;
        }
        BatchRow guest = BatchRow.read(entry.json(), desk.deployment, claims);
        guest.offer(entry.id());
        guests.add(guest);
        guest.coupon.whenComplete((coupon, failure) -> told(guest, coupon, failure));
        taken.add(guest);
    }

    @Override
    public boolean sentHome(BatchRow row) {
        return told(row, null, null);
    }

    private boolean told(BatchRow guest, JsonNode coupon, Throwable failure) {
        if (!guests.remove(guest)) {
            return false;
        }
        ObjectNode outcome = guest.write();
        if (coupon != null) {
            outcome.set(COUPON, coupon);
        } else if (failure != null) {
            outcome.set(REFUSAL, refusal(failure).write());
        }
        outcomes.add(new Entry(guest.offer(), outcome));
        rowsWait();
        return true;
    }

    private static Refusal refusal(Throwable failure) {
        return failure instanceof Refusal refusal
                ? refusal
                : Refusal.unknown(503, "Another gateway could not create the coupon");
    }

    private void tell() {
        List<Entry> told = List.copyOf(outcomes);
        if (!told.isEmpty()) {
            table.tell(gateway, told);
            told.forEach(entry -> outcomes.poll());
        }
    }

    private void collect() {
        if (offered.isEmpty()) {
            return;
        }
        List<Entry> told = table.told(gateway, desk.deployment.name());
        List<String> left = offered.entrySet().stream()
                .filter(entry -> !entry.getValue().wanted())
                .map(Map.Entry::getKey)
                .toList();
        List<String> over = new ArrayList<>(left);
        told.forEach(entry -> over.add(entry.id()));
        table.delete(over);
        left.forEach(this::notOffered);
        for (Entry entry : told) {
            BatchRow row = notOffered(entry.id());
            if (row != null) {
                goOn(row, entry.json());
            }
        }
    }

    private void goOn(BatchRow row, ObjectNode told) {
        desk.leave(row);
        if (told == null) {
            row.fail(Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon"));
            return;
        }
        row.goOn(told);
        if (told.has(COUPON)) {
            row.coupon.complete(told.get(COUPON));
        } else if (told.has(REFUSAL)) {
            row.fail(Refusal.read(told.get(REFUSAL)));
        } else {
            desk.add(row);
        }
    }

    @Override
    public void close() {
        closed = true;
        long end = System.nanoTime() + BatchDesk.PATIENCE.toNanos();
        while (!(guests.isEmpty() && outcomes.isEmpty()) && System.nanoTime() < end) {
            try {
                Thread.sleep(LOOK.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
