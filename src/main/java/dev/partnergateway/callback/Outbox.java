package dev.partnergateway.callback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Json;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callbacks on their way (docs/behaviour.md#callbacks): written down before the partner is answered, then posted until
 * the receiver takes one with a 2xx status, 6 times at most, the last time an hour after the first. A crash may post
 * one twice, never lose one. Any number of gateways share the table.
 */
public final class Outbox implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(50),
            Duration.ofMinutes(4),
            Duration.ofMinutes(15),
            Duration.ofMinutes(40));

    /** Longer than a try can take: whoever began one and is gone by then has crashed. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final int AT_ONCE = 50;

    private static final Sql INSERT =
            new Sql("INSERT INTO callback (id, deployment, created, due, tries, content) VALUES (?, ?, ?, ?, 0, ?)");
    private static final Sql DUE =
            new Sql("SELECT id, deployment, due, tries, content FROM callback WHERE due <= ? ORDER BY due LIMIT ?");
    private static final Sql TAKE =
            new Sql("UPDATE callback SET due = ?, tries = ? WHERE id = ? AND due = ? AND tries = ?");
    private static final Sql POSTPONE = new Sql("UPDATE callback SET due = ? WHERE id = ? AND tries = ?");
    private static final Sql DELETE = new Sql("DELETE FROM callback WHERE id = ?");

    private final Store store;
    private final Seal seal;
    private final Function<String, Deployment> deployments;
    private final Executor executor;
    private final CallbackClient client = new CallbackClient();
    private final Semaphore free = new Semaphore(AT_ONCE);

    private record Row(String id, String deployment, long due, int tries, byte[] content) {}

    /**
     * Opens the outbox.
     *
     * @param deployments configured deployment by its name; null = not configured any more
     * @param executor runs the posts
     */
    public Outbox(Store store, Seal seal, Function<String, Deployment> deployments, Executor executor) {
        this.store = store;
        this.seal = seal;
        this.deployments = deployments;
        this.executor = executor;
    }

    /**
     * Writes a callback down and begins to post it.
     *
     * @param result the answer that the partner is about to get
     * @throws StoreException when it could not be written down
     */
    public void add(Deployment deployment, Callback callback, JsonNode result) {
        long now = System.currentTimeMillis();
        byte[] content = seal.seal(Json.write(callback.with(result)));
        Row row = new Row(UUID.randomUUID().toString(), deployment.name(), now, 0, content);
        store.update(INSERT, row.id(), row.deployment(), now, now, content);
        begin(row, now);
    }

    /**
     * Begins to post whatever is due; to be called about every second.
     *
     * @param now milliseconds since 1970 UTC
     */
    public void post(long now) {
        try {
            List<Row> due = store.query(
                    row -> new Row(
                            row.getString("id"),
                            row.getString("deployment"),
                            row.getLong("due"),
                            row.getInt("tries"),
                            row.getBytes("content")),
                    DUE,
                    now,
                    AT_ONCE);
            due.forEach(row -> begin(row, now));
        } catch (StoreException e) {
            LOG.warn("The store did not answer; callbacks are looked at again later");
        }
    }

    private void begin(Row row, long now) {
        if (!free.tryAcquire()) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    work(row, now);
                } catch (StoreException e) {
                    LOG.warn("The store did not answer; callback {} is looked at again later", row.id());
                } finally {
                    free.release();
                }
            });
        } catch (RejectedExecutionException e) {
            // The gateway is stopping: the row stays for the next start.
            free.release();
        }
    }

    private void work(Row row, long now) {
        boolean mine =
                store.update(TAKE, now + LEASE.toMillis(), row.tries() + 1, row.id(), row.due(), row.tries()) == 1;
        if (!mine) {
            return;
        }
        String failure = row.tries() > PAUSES.size() ? "the gateway stopped during the last try" : send(row);
        int tries = row.tries() + 1;
        if (failure == null) {
            remove(row);
        } else if (tries > PAUSES.size()) {
            LOG.error("Callback {} of deployment {} is given up: {}", row.id(), row.deployment(), failure);
            remove(row);
        } else {
            LOG.info("Callback {} of deployment {} failed: {}", row.id(), row.deployment(), failure);
            store.update(POSTPONE, now + PAUSES.get(tries - 1).toMillis(), row.id(), tries);
        }
    }

    /** Why it failed, or null. */
    private String send(Row row) {
        try {
            JsonNode content = Json.read(seal.open(row.content()));
            Deployment deployment = deployments.apply(row.deployment());
            if (deployment == null
                    || !Callback.allowed(
                            deployment, URI.create(content.path("destination").asText()))) {
                return "its host is not allowed any more";
            }
            int status = client.post(content);
            return status >= 200 && status < 300 ? null : "the receiver answered " + status;
        } catch (IOException e) {
            return "no answer (" + e.getClass().getSimpleName() + ")";
        } catch (Seal.UnreadableException e) {
            return "the stored row cannot be read: " + e.getMessage();
        }
    }

    private void remove(Row row) {
        store.update(DELETE, row.id());
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
