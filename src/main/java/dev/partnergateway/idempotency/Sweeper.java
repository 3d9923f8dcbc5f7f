package dev.partnergateway.idempotency;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes what a crash or a silent Talon.One left with an unknown outcome (contract 6, step 6), so that the partner's
 * repeat finds it done. What stays unknown for a day is left to the operator.
 */
public final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration GIVEN_UP = Duration.ofDays(1);
    private static final int AT_ONCE = 20;
    private static final int REMEMBERED = 10_000;

    private final AnswerTable table;
    private final Function<String, Deployment> deployments;
    private final Map<String, Finisher> finishers;
    private final Map<String, Try> tries = new HashMap<>();

    private record Try(long next, Duration pause) {}

    /**
     * Makes a sweeper.
     *
     * @param deployments configured deployment by its name; null = not configured any more
     * @param finishers by the operation that was written down
     */
    Sweeper(AnswerTable table, Function<String, Deployment> deployments, Map<String, Finisher> finishers) {
        this.table = table;
        this.deployments = deployments;
        this.finishers = Map.copyOf(finishers);
    }

    /** Goes once over what is unfinished; to be called about every second, by one thread. */
    public void sweep() {
        long now = System.currentTimeMillis();
        if (tries.size() > REMEMBERED) {
            tries.clear();
        }
        try {
            for (Row row : table.abandoned(now, AT_ONCE)) {
                Try last = tries.get(row.id());
                if (last == null || last.next() <= now) {
                    work(row, now);
                }
            }
        } catch (StoreException e) {
            LOG.warn("The store did not answer; unfinished calls are looked at again later");
        }
    }

    private void work(Row row, long now) {
        if (row.parked() != null) {
            table.park(row.id(), row.parked());
            return;
        }
        Duration pause =
                tries.containsKey(row.id()) ? tries.get(row.id()).pause().multipliedBy(2) : FIRST_PAUSE;
        Duration capped = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        tries.put(row.id(), new Try(now + capped.toMillis(), capped));
        String owner = UUID.randomUUID().toString();
        Deployment deployment = deployments.apply(row.deployment());
        if (deployment == null || !table.takeOver(row, owner, now + LEASE.toMillis())) {
            return;
        }
        Claim claim;
        try {
            claim = new Claim(table, row, owner);
        } catch (IOException | ClassCastException e) {
            table.park(row.id(), Row.UNREADABLE + "it is not JSON");
            return;
        }
        Finisher finisher = finishers.get(claim.request().path("operation").asText());
        boolean unknown = true;
        try {
            if (finisher != null) {
                finisher.finish(deployment, claim);
            }
        } catch (Refusal refusal) {
            unknown = refusal.effect() == Refusal.Effect.UNKNOWN;
            if (unknown && now - row.created() > GIVEN_UP.toMillis()) {
                claim.parked("not known for a day: " + refusal.getMessage());
            }
        } catch (RuntimeException e) {
            LOG.error("An unfinished {} could not be looked at", row.operation(), e);
        } finally {
            claim.giveBack(unknown);
        }
        if (claim.outcome().isPresent()) {
            tries.remove(row.id());
            LOG.info("An unfinished {} was finished", row.operation());
        }
    }
}
