package dev.partnergateway.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Json;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callbacks on their way (docs/behaviour.md#callbacks): written down before the partner is answered, then posted until the
 * receiver takes one with a 2xx status, 6 times at most, the last time an hour after the first. One that no receiver takes is given up, and kept for the
 * operator. A crash may post one twice, never lose one. Any number of gateways share the table. No receiver and no
 * deployment takes the room of the others.
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

    /** How long one that was given up is kept. */
    private static final Duration KEPT = Duration.ofDays(30);

    private static final int AT_ONCE = 60;
    private static final int OF_A_DEPLOYMENT = 30;
    private static final int OF_A_RECEIVER = CallbackClient.CONNECTIONS_TO_ONE;
    private static final int LISTED = 1000;
    private static final int LONGEST_REASON = 200;

    private static final Sql INSERT =
            new Sql("INSERT INTO callback (id, deployment, receiver, created, due, tries, state,"
                    + " reason, content) VALUES (?, ?, ?, ?, ?, 0, 'DUE', '', ?)");
    private static final Sql RECEIVERS = new Sql("SELECT deployment, receiver FROM callback WHERE state = 'DUE'"
            + " AND deployment >= ? AND (deployment, receiver) > (?, ?) ORDER BY deployment, receiver LIMIT 1");
    private static final Sql DUE = new Sql(
            "SELECT id, deployment, receiver, created, due, tries, reason, content"
                    + " FROM callback WHERE deployment = ? AND receiver = ? AND state = 'DUE' AND due <= ? ORDER BY due LIMIT ?");
    private static final Sql TAKE =
            new Sql("UPDATE callback SET due = ?, tries = ? WHERE id = ? AND state = 'DUE' AND due = ? AND tries = ?");
    private static final Sql POSTPONE =
            new Sql("UPDATE callback SET due = ?, reason = ? WHERE id = ? AND state = 'DUE' AND tries = ?");
    private static final Sql GIVE_UP =
            new Sql("UPDATE callback SET state = 'GIVEN_UP', due = ?, reason = ? WHERE id = ?"
                    + " AND state = 'DUE' AND tries = ?");
    private static final Sql GIVEN_UP = new Sql("SELECT id, deployment, receiver, created, due, tries, reason, content"
            + " FROM callback WHERE state = 'GIVEN_UP' ORDER BY due LIMIT ?");
    private static final Sql AGAIN = new Sql(
            "UPDATE callback SET state = 'DUE', due = ?, tries = 0, reason = '' WHERE id = ? AND state = 'GIVEN_UP'");
    private static final Sql DELETE = new Sql("DELETE FROM callback WHERE id = ?");
    private static final Sql FORGET = new Sql("DELETE FROM callback WHERE state = 'GIVEN_UP' AND due <= ?");
    private static final Sql COUNT_GIVEN_UP =
            new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM callback WHERE state = 'GIVEN_UP' LIMIT 10000) AS counted");

    private final Store store;
    private final Seal seal;
    private final Function<String, Deployment> deployments;
    private final Executor executor;
    private final Counter givenUp;
    private final CallbackClient client = new CallbackClient();
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final Map<String, Semaphore> ofDeployments = new ConcurrentHashMap<>();
    private final Map<Receiver, Semaphore> ofReceivers = new ConcurrentHashMap<>();

    /** Where callbacks of one deployment go: scheme, host and port. */
    private record Receiver(String deployment, String address) {}

    private record Row(
            String id, Receiver receiver, long created, long due, int tries, String reason, byte[] content) {}

    /**
     * Opens the outbox.
     *
     * @param seal has a key: callbacks carry what signs them
     * @param deployments configured deployment by its name; null = not configured any more
     * @param executor runs the posts
     * @param meters where those that were given up are counted
     */
    public Outbox(
            Store store, Seal seal, Function<String, Deployment> deployments, Executor executor, MeterRegistry meters) {
        this.store = store;
        this.seal = seal;
        this.deployments = deployments;
        this.executor = executor;
        this.givenUp = meters.counter("gateway.callbacks.given.up");
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
        Receiver receiver = new Receiver(deployment.name(), address(callback.destination()));
        String id = UUID.randomUUID().toString();
        store.update(INSERT, id, receiver.deployment(), receiver.address(), now, now, content);
        begin(receiver, new Row(id, receiver, now, now, 0, "", content), now);
    }

    private static String address(URI destination) {
        return destination.getScheme() + "://" + destination.getRawAuthority();
    }

    /**
     * Begins to post whatever is due; to be called about every second.
     *
     * @param now milliseconds since 1970 UTC
     */
    public void post(long now) {
        try {
            store.update(FORGET, now);
            Optional<Receiver> receiver = after(new Receiver("", ""));
            while (receiver.isPresent()) {
                due(receiver.get(), now, OF_A_RECEIVER).forEach(row -> begin(row.receiver(), row, now));
                receiver = after(receiver.get());
            }
        } catch (StoreException e) {
            LOG.warn("The store did not answer; callbacks are looked at again later");
        }
    }

    private Optional<Receiver> after(Receiver last) {
        return store
                .query(
                        row -> new Receiver(row.getString("deployment"), row.getString("receiver")),
                        RECEIVERS,
                        last.deployment(),
                        last.deployment(),
                        last.address())
                .stream()
                .findFirst();
    }

    private List<Row> due(Receiver receiver, long now, int most) {
        return rows(DUE, receiver.deployment(), receiver.address(), now, most);
    }

    private List<Row> rows(Sql sql, Object... parameters) {
        return store.query(
                row -> new Row(
                        row.getString("id"),
                        new Receiver(row.getString("deployment"), row.getString("receiver")),
                        row.getLong("created"),
                        row.getLong("due"),
                        row.getInt("tries"),
                        row.getString("reason"),
                        row.getBytes("content")),
                sql,
                parameters);
    }

    private void begin(Receiver receiver, Row row, long now) {
        Semaphore ofReceiver = ofReceivers.computeIfAbsent(receiver, first -> new Semaphore(OF_A_RECEIVER));
        Semaphore ofDeployment =
                ofDeployments.computeIfAbsent(receiver.deployment(), first -> new Semaphore(OF_A_DEPLOYMENT));
        if (!ofReceiver.tryAcquire()) {
            return;
        }
        if (!ofDeployment.tryAcquire()) {
            ofReceiver.release();
            return;
        }
        if (!free.tryAcquire()) {
            ofDeployment.release();
            ofReceiver.release();
            return;
        }
        Runnable over = () -> {
            free.release();
            ofDeployment.release();
            ofReceiver.release();
        };
        try {
            executor.execute(() -> {
                try {
                    work(row, now);
                    // Who has waited for this one's room does not wait for the next look.
                    for (List<Row> next = due(receiver, now, 1); !next.isEmpty(); next = due(receiver, now, 1)) {
                        work(next.get(0), now);
                    }
                } catch (StoreException e) {
                    LOG.warn("The store did not answer; callbacks are looked at again later");
                } finally {
                    over.run();
                }
            });
        } catch (RejectedExecutionException e) {
            // The gateway is stopping: the row stays for the next start.
            over.run();
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
            store.update(DELETE, row.id());
        } else if (tries > PAUSES.size()) {
            LOG.error(
                    "Callback {} of deployment {} is given up: {}",
                    row.id(),
                    row.receiver().deployment(),
                    failure);
            givenUp.increment();
            store.update(GIVE_UP, now + KEPT.toMillis(), shortened(failure), row.id(), tries);
        } else {
            LOG.info(
                    "Callback {} of deployment {} failed: {}",
                    row.id(),
                    row.receiver().deployment(),
                    failure);
            store.update(POSTPONE, now + PAUSES.get(tries - 1).toMillis(), shortened(failure), row.id(), tries);
        }
    }

    private static String shortened(String text) {
        return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text;
    }

    /** Why it failed, or null. */
    private String send(Row row) {
        try {
            JsonNode content = Json.read(seal.open(row.content()));
            Deployment deployment = deployments.apply(row.receiver().deployment());
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

    /** Those that were given up and not forgotten yet, oldest first, at most 1000; without what they carry. */
    public ArrayNode givenUp() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        rows(GIVEN_UP, LISTED).forEach(row -> list.addObject()
                .put("id", row.id())
                .put("deployment", row.receiver().deployment())
                .put("receiver", row.receiver().address())
                .put("created", Instant.ofEpochMilli(row.created()).toString())
                .put("tries", row.tries())
                .put("reason", row.reason()));
        return list;
    }

    /** How many were given up and not forgotten yet; 10,000 stands for more, too. */
    public long countGivenUp() {
        return store.query(row -> row.getLong(1), COUNT_GIVEN_UP).get(0);
    }

    /** Begins anew with one that was given up; false when there is none of this id. */
    public boolean again(String id) {
        return store.update(AGAIN, System.currentTimeMillis(), id) == 1;
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
