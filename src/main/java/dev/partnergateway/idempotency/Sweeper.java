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
 * Finishes what a crash or a silent Talon.One left with an unknown outcome (contract 6, step 6), so that the partner's
 * repeat finds it done. What stays unknown for a day is left to the operator.
 */
public final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration GIVEN_UP = Duration.ofDays(1);

    /** What was left by one crash is finished together: steps answer many questions with one call. */
    private static final int AT_ONCE = 500;

    private static final int REMEMBERED = 10_000;

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
        long now = table.now();
        try {
            int free = AT_ONCE - running.get();
            for (Row row : free <= 0 ? List.<Row>of() : table.abandoned(now, free)) {
                work(row, now);
            }
        } catch (StoreException e) {
            LOG.warn("The store did not answer; unfinished calls are looked at again later");
        } catch (RuntimeException e) {
            LOG.error("Unfinished calls could not be looked at; the next try comes soon", e);
        }
    }

    private void work(Row row, long now) {
        table.lookAt(row.id(), now + pause(row, now).toMillis());
        if (row.parked() != null) {
            table.park(row.id(), row.owner(), row.parked());
            return;
        }
        String owner = UUID.randomUUID().toString();
        Deployment deployment = deployments.apply(row.deployment());
        if (deployment == null || !table.takeOver(row, owner, now, now + LEASE.toMillis())) {
            return;
        }
        Claim claim;
        try {
            claim = new Claim(table, row, owner);
        } catch (IOException | ClassCastException e) {
            table.park(row.id(), owner, Row.UNREADABLE + "it is not JSON");
            return;
        }
        running.incrementAndGet();
        executor.execute(() -> {
            try {
                finish(row, claim, deployment, now);
            } catch (StoreException e) {
                LOG.warn("The store did not answer; unfinished calls are looked at again later");
            } finally {
                running.decrementAndGet();
            }
        });
    }

    private void finish(Row row, Claim claim, Deployment deployment, long now) {
        boolean unknown = true;
        try {
            Finisher finisher = finishers.get(claim.request().path("operation").asText());
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
            if (ReplayingRepository.damaged(e)) {
                claim.parked("it cannot be worked on: " + e.getClass().getSimpleName());
            }
        } finally {
            claim.giveBack(unknown);
        }
        if (claim.outcome().isPresent()) {
            LOG.info("An unfinished {} was finished", row.operation());
        }
    }

    /** Ever longer: what Talon.One could not tell for an hour, it will not tell within a second. */
    private static Duration pause(Row row, long now) {
        Duration since = Duration.ofMillis(Math.max(0, now - row.sent()));
        if (since.compareTo(FIRST_PAUSE) < 0) {
            return FIRST_PAUSE;
        }
        Duration pause = since.dividedBy(4).compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : since.dividedBy(4);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
