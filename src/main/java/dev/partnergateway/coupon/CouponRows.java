package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The SQL on table {@code coupon_row}: coupons that wait at one gateway of a database and may be sent by any. A row is
 * offered, then either reclaimed by its gateway or taken by another, once; who has taken it writes what became of it.
 * Statements of one transaction go through rows in the order of their ids, so that no two wait for each other.
 */
public final class CouponRows {

    /** A row that is older is left to its own gateway, if that is still there. */
    private static final long OFFERED_MILLIS = 10_000;

    private static final Sql OFFER = new Sql("INSERT INTO coupon_row (id, gateway, deployment, campaign, ends_at,"
            + " content) VALUES (?, ?, ?, ?, " + Sql.NOW + " + ?, ?)");
    private static final Sql RECLAIM = new Sql("DELETE FROM coupon_row WHERE id = ? AND taken_by IS NULL");
    private static final Sql OLDEST = new Sql("SELECT campaign FROM coupon_row WHERE deployment = ? AND gateway <> ?"
            + " AND taken_by IS NULL AND ends_at > " + Sql.NOW + " ORDER BY position LIMIT 1");
    private static final Sql WAITING = new Sql("SELECT id, content FROM coupon_row WHERE deployment = ?"
            + " AND campaign = ? AND gateway <> ? AND taken_by IS NULL AND ends_at > " + Sql.NOW
            + " ORDER BY position LIMIT ?");
    private static final Sql TAKE = new Sql("UPDATE coupon_row SET taken_by = ? WHERE id = ? AND taken_by IS NULL");
    private static final Sql TELL = new Sql("UPDATE coupon_row SET outcome = ? WHERE id = ? AND taken_by = ?");
    private static final Sql TOLD = new Sql(
            "SELECT id, outcome FROM coupon_row WHERE gateway = ? AND deployment = ?" + " AND outcome IS NOT NULL");
    private static final Sql DELETE = new Sql("DELETE FROM coupon_row WHERE id = ?");

    /** What gateways that died have left is forgotten after a minute. */
    private static final Sql PRUNE = new Sql("DELETE FROM coupon_row WHERE ends_at < " + Sql.NOW + " - 60000");

    private final Store store;
    private final Seal seal;

    /** Makes it on a store. */
    public CouponRows(Store store, Seal seal) {
        this.store = store;
        this.seal = seal;
    }

    /**
     * A row and something to be read or written for it.
     *
     * @param json null when it cannot be read
     */
    record Entry(String id, ObjectNode json) {}

    void offer(String gateway, String deployment, JsonNode campaign, List<Entry> rows) {
        store.updateAll(
                OFFER,
                rows.stream()
                        .map(row -> new Object[] {
                            row.id(), gateway, deployment, name(campaign), OFFERED_MILLIS, sealed(row.json())
                        })
                        .toList());
    }

    /** Takes rows back; those that another gateway has taken are not among the answer. */
    List<String> reclaim(Collection<String> ids) {
        return changed(RECLAIM, ids, List.of());
    }

    /** The campaign of the row that has waited longest at another gateway. */
    Optional<String> oldest(String gateway, String deployment) {
        return store.query(row -> row.getString(1), OLDEST, deployment, gateway).stream()
                .findFirst();
    }

    /** Takes rows that wait at other gateways, oldest first. */
    List<Entry> take(String gateway, String deployment, String campaign, int most) {
        List<Entry> waiting = store.query(
                row -> new Entry(row.getString("id"), opened(row.getBytes("content"))),
                WAITING,
                deployment,
                campaign,
                gateway,
                most);
        Set<String> taken =
                new HashSet<>(changed(TAKE, waiting.stream().map(Entry::id).toList(), List.of(gateway)));
        return waiting.stream().filter(row -> taken.contains(row.id())).toList();
    }

    /** Writes what became of rows that a gateway has taken. */
    void tell(String gateway, List<Entry> outcomes) {
        store.updateAll(
                TELL,
                outcomes.stream()
                        .sorted(Comparator.comparing(Entry::id))
                        .map(row -> new Object[] {sealed(row.json()), row.id(), gateway})
                        .toList());
    }

    /** What became of a gateway's own rows. */
    List<Entry> told(String gateway, String deployment) {
        return store.query(
                row -> new Entry(row.getString("id"), opened(row.getBytes("outcome"))), TOLD, gateway, deployment);
    }

    void delete(Collection<String> ids) {
        changed(DELETE, ids, List.of());
    }

    /** Removes what gateways that died have left. */
    public void prune() {
        store.update(PRUNE);
    }

    /** Runs a statement for each row and says which rows it changed. */
    private List<String> changed(Sql sql, Collection<String> ids, List<Object> before) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<String> sorted = ids.stream().sorted().toList();
        int[] counts = store.updateAll(
                sql,
                sorted.stream()
                        .map(id -> {
                            List<Object> parameters = new ArrayList<>(before);
                            parameters.add(id);
                            return parameters.toArray();
                        })
                        .toList());
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 1) {
                changed.add(sorted.get(i));
            }
        }
        return changed;
    }

    static String name(JsonNode campaign) {
        return campaign.path("applicationId").asText()
                + '/'
                + campaign.path("campaignId").asText();
    }

    private byte[] sealed(ObjectNode json) {
        return seal.seal(Json.write(json));
    }

    private ObjectNode opened(byte[] stored) {
        try {
            return (ObjectNode) Json.read(seal.open(stored));
        } catch (Seal.UnreadableException | IOException | ClassCastException e) {
            return null;
        }
    }
}
