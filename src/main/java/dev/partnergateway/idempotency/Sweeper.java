package dev.partnergateway.idempotency;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes what a crash or a silent Talon.One left with an unknown outcome, so that the partner's repeat finds it done.
 * What stays unknown for a day is left to the operator, whatever the reason is.
 */
public final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration GIVEN_UP = Duration.ofDays(1);

    /** What was left by one crash is finished together: steps answer many questions with one call. */
    private static final int AT_ONCE = 500;

    private final AnswerTable table;
    private final Function<String, Deployment> deployments;
    private final Map<String, Finisher> finishers;
    private final Executor executor;
    private final AtomicInteger running = new AtomicInteger();

    /**
     * Makes a sweeper.
     *
     * @param deployments configured deployment by its name; null = not configured any more
     * @param finishers by the operation that was written down
     * @param executor finishes several at once
     */
    Sweeper(
            AnswerTable table,
            Function<String, Deployment> deployments,
            Map<String, Finisher> finishers,
            Executor executor) {
        this.executor = executor;
        this.table = table;
        this.deployments = deployments;
        this.finishers = Map.copyOf(finishers);
    }

    /** Goes once over what is unfinished; to be called about every second, by one thread. Never throws. */
    public void sweep() {
        try {
            int free = AT_ONCE - running.get();
            for (Row row : free <= 0 ? List.<Row>of() : table.due(free)) {
                work(row);
            }
        } catch (StoreException e) {
            LOG.warn("The store did not answer; unfinished calls are looked at again later");
        } catch (RuntimeException e) {
            LOG.error("Unfinished calls could not be looked at; the next try comes soon", e);
        }
    }

    private void work(Row row) {
        if (row.flaw() == Row.Flaw.DAMAGED) {
            table.park(row.id(), row.owner(), row.reason());
            return;
        }
        Deployment deployment = deployments.apply(row.deployment());
        if (deployment == null || row.flaw() == Row.Flaw.SEALED) {
            // Other gateways may know it, or it comes back.
            String reason = deployment == null ? "its deployment is not configured any more" : row.reason();
            if (row.age() > GIVEN_UP.toMillis()) {
                table.park(row.id(), row.owner(), "not known for a day: " + reason);
            } else {
                table.lookLater(row, pause(row));
            }
            return;
        }
        String owner = UUID.randomUUID().toString();
        long begun = System.nanoTime();
        if (!table.takeOver(row, owner, LEASE)) {
            return;
        }
        Claim claim;
        try {
            claim = new Claim(table, row, owner, LEASE, begun);
        } catch (IOException | ClassCastException e) {
            table.park(row.id(), owner, "the stored row cannot be read: it is not JSON");
            return;
        }
        claim.nextLook(pause(row));
        running.incrementAndGet();
        boolean handed = false;
        try {
            executor.execute(() -> {
                try {
                    finish(row.operation(), claim, deployment);
                } catch (StoreException e) {
                    LOG.warn("The store did not answer; unfinished calls are looked at again later");
                } finally {
                    running.decrementAndGet();
                }
            });
            handed = true;
        } finally {
            if (!handed) {
                running.decrementAndGet();
            }
        }
    }

    private void finish(String operation, Claim claim, Deployment deployment) {
        String reason = "nobody has asked for it again";
        try {
            Finisher finisher = finishers.get(claim.request().path("operation").asText());
            if (finisher != null) {
                finisher.finish(deployment, claim);
            }
        } catch (Refusal refusal) {
            reason = refusal.getMessage();
        } catch (RuntimeException e) {
            LOG.error("An unfinished {} could not be looked at", operation, e);
            reason = "it cannot be worked on: " + e.getClass().getSimpleName();
            if (ReplayingRepository.damaged(e)) {
                claim.parked(reason);
            }
        } finally {
            if (claim.unknown() && claim.age().compareTo(GIVEN_UP) > 0) {
                claim.parked("not known for a day: " + reason);
            }
            claim.giveBack(false);
        }
        if (claim.outcome().isPresent()) {
            LOG.info("An unfinished {} was finished", operation);
        }
    }

    /** Ever longer: what Talon.One could not tell for an hour, it will not tell within a second. */
    private static Duration pause(Row row) {
        Duration pause = Duration.ofMillis(row.age()).dividedBy(4);
        if (pause.compareTo(FIRST_PAUSE) < 0) {
            return FIRST_PAUSE;
        }
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
