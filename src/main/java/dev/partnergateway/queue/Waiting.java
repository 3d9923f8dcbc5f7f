package dev.partnergateway.queue;

import dev.partnergateway.kafka.Topic;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.queue.Delivery.Outcome;
import dev.partnergateway.settings.KafkaSettings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Letters that could not be carried out yet, and those behind them in the same line. They are tried again after ever
 * longer pauses, while other lines go on. Any number of gateways share the table: who tries a letter leases it first.
 */
final class Waiting {

    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    /** Longer than a try can take: whoever began one and is gone by then has crashed. */
    private static final Duration LEASE = Delivery.BUDGET.plusSeconds(10);

    private static final int AT_ONCE = 20;
    private static final int IN_A_ROW = 100;

    private static final Sql END_LEASES = new Sql("UPDATE waiting SET lease_until = 0 WHERE lease_until > 0");
    private static final Sql COUNT = new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM waiting LIMIT 10000) AS counted");
    private static final Sql OF_LINE = new Sql("SELECT id FROM waiting WHERE line = ? LIMIT 1");
    private static final Sql INSERT = new Sql("INSERT INTO waiting (id, line, operation, deployment, trace, due,"
            + " lease_until, attempts, reason, content) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING");
    private static final String HEAD_ONLY = " AND NOT EXISTS (SELECT 1 FROM waiting ahead WHERE ahead.line = w.line"
            + " AND ahead.position < w.position) ORDER BY w.due LIMIT " + AT_ONCE;
    private static final Sql HEADS =
            new Sql("SELECT * FROM waiting w WHERE w.due <= ? AND w.lease_until <= ?" + HEAD_ONLY);
    private static final Sql HEAD =
            new Sql("SELECT * FROM waiting w WHERE w.line = ? AND w.due <= ? AND w.lease_until <= ?" + HEAD_ONLY);
    private static final Sql TAKE = new Sql("UPDATE waiting SET lease_until = ? WHERE id = ? AND lease_until = ?");
    private static final Sql DELETE = new Sql("DELETE FROM waiting WHERE id = ? AND lease_until = ?");
    private static final Sql POSTPONE = new Sql("UPDATE waiting SET lease_until = 0, due = ?, attempts = ?, reason = ?"
            + " WHERE id = ? AND lease_until = ?");

    private final Store store;
    private final Contents contents;
    private final Delivery delivery;
    private final DeadLetters deadLetters;
    private final KafkaSettings settings;
    private final Executor executor;
    private final Semaphore free = new Semaphore(AT_ONCE);

    private volatile long counted;

    private record Row(Letter letter, long due, long leaseUntil, int attempts) {}

    Waiting(
            Store store,
            Contents contents,
            Delivery delivery,
            DeadLetters deadLetters,
            KafkaSettings settings,
            Executor executor) {
        this.store = store;
        this.contents = contents;
        this.delivery = delivery;
        this.deadLetters = deadLetters;
        this.settings = settings;
        this.executor = executor;
        if (store.embedded()) {
            // The only process that could have leased one has just started.
            store.update(END_LEASES);
        }
    }

    /** How many letters waited at the last look; 10,000 stands for more, too. */
    long count() {
        return counted;
    }

    /** Whether a letter of the line waits, so that later ones have to wait behind it. */
    boolean holds(String line) {
        return !store.query(row -> row.getString(1), OF_LINE, line).isEmpty();
    }

    /** Adds a letter that has not been tried: it is due as soon as it is the first of its line. */
    void add(Letter letter) {
        insert(letter, 0, 0, null);
    }

    /** Adds a letter that was tried once. */
    void add(Letter letter, Outcome outcome) {
        insert(letter, due(1, outcome), counted(outcome), outcome.status());
    }

    private static int counted(Outcome outcome) {
        return outcome.tooMuch() ? 0 : 1;
    }

    /** One that comes out of the topic a second time waits already. */
    private void insert(Letter letter, long due, int attempts, String reason) {
        store.update(
                INSERT,
                letter.requestId(),
                letter.line(),
                letter.operation(),
                letter.deployment(),
                letter.trace(),
                due,
                attempts,
                reason,
                letter.content());
    }

    boolean mayTryAgain(Outcome outcome, int attempts) {
        return outcome.tooMuch() || outcome.again() && attempts < settings.attempts();
    }

    private long due(int attempts, Outcome outcome) {
        Duration pause = settings.pause();
        for (int i = 1; i < attempts && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
            pause = pause.multipliedBy(4);
        }
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        pause = pause.compareTo(outcome.pause()) < 0 ? outcome.pause() : pause;
        return System.currentTimeMillis() + pause.toMillis();
    }

    /** Begins to try whatever is due; to be called about every second. Never throws. */
    void look() {
        try {
            long now = System.currentTimeMillis();
            heads(HEADS, now, now).forEach(row -> begin(row.letter().line()));
            counted = store.query(row -> row.getLong(1), COUNT).get(0);
        } catch (StoreException e) {
            LOG.warn("The store did not answer; waiting calls are looked at again later");
        } catch (RuntimeException | Error e) {
            Fatal.look(e);
            LOG.error("Waiting calls could not be looked at; the next try comes soon", e);
        }
    }

    private List<Row> heads(Sql sql, Object... parameters) {
        return store.query(
                row -> new Row(
                        new Letter(
                                row.getString("id"),
                                row.getString("operation"),
                                row.getString("deployment"),
                                row.getString("line"),
                                row.getString("trace"),
                                row.getBytes("content")),
                        row.getLong("due"),
                        row.getLong("lease_until"),
                        row.getInt("attempts")),
                sql,
                parameters);
    }

    private void begin(String line) {
        if (!free.tryAcquire()) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    goThrough(line);
                } catch (StoreException e) {
                    LOG.warn("The store did not answer; waiting calls are looked at again later");
                } catch (RuntimeException e) {
                    LOG.error("A waiting call could not be tried; the next try comes soon", e);
                } finally {
                    free.release();
                }
            });
        } catch (RejectedExecutionException e) {
            // The gateway is stopping: the rows stay for the next start.
            free.release();
        }
    }

    private void goThrough(String line) {
        for (int i = 0; i < IN_A_ROW; i++) {
            long now = System.currentTimeMillis();
            List<Row> head = heads(HEAD, line, now, now);
            if (head.isEmpty() || !tried(head.get(0), now + LEASE.toMillis())) {
                return;
            }
        }
    }

    /** Whether it is through, so that the next of its line may be tried. */
    private boolean tried(Row row, long lease) {
        Letter letter = row.letter();
        boolean mine = store.update(TAKE, lease, letter.requestId(), row.leaseUntil()) == 1;
        if (!mine) {
            return false;
        }
        Outcome outcome;
        try {
            outcome = delivery.run(letter, contents.open(letter));
        } catch (Seal.UnreadableException e) {
            outcome = Outcome.never("unreadable", e.getMessage());
        }
        if (!outcome.done()) {
            int attempts = row.attempts() + counted(outcome);
            if (mayTryAgain(outcome, attempts)) {
                postpone(letter, lease, due(attempts, outcome), attempts, outcome.status());
                return false;
            }
            try {
                deadLetters.add(letter, attempts, outcome);
            } catch (Topic.NotWritten e) {
                LOG.warn("{} could not be made a dead letter; it waits on", letter);
                postpone(letter, lease, due(attempts, outcome), row.attempts(), outcome.status());
                return false;
            }
        }
        store.update(DELETE, letter.requestId(), lease);
        return true;
    }

    private void postpone(Letter letter, long lease, long due, int attempts, String reason) {
        LOG.info("{} got {} at try {}; it is tried again", letter, reason, attempts);
        store.update(POSTPONE, due, attempts, reason, letter.requestId(), lease);
    }

    /** Waits for the running tries. */
    void finish() {
        try {
            free.tryAcquire(AT_ONCE, LEASE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
