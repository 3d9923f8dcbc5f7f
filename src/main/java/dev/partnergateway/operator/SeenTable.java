package dev.partnergateway.operator;

import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The SQL on calls seen, in tables {@code seen} and {@code seen_value}. */
final class SeenTable {

    private static final String ALL = "s.request_id, s.callers_id, s.at, s.integration, s.operation, s.deployment,"
            + " s.status, s.millis, s.application, s.key_hash, s.claim, s.life, s.content";

    private static final Sql INSERT = new Sql("INSERT INTO seen (request_id, callers_id, at, integration, operation,"
            + " deployment, status, millis, application, key_hash, claim, life, content)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO UPDATE SET"
            + " status = excluded.status, millis = excluded.millis, claim = excluded.claim, life = excluded.life");
    private static final Sql INSERT_VALUE =
            new Sql("INSERT INTO seen_value (hash, request_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
    private static final Sql LATEST =
            new Sql("SELECT " + ALL + " FROM seen s WHERE s.at >= ? AND s.at < ? ORDER BY s.at DESC LIMIT ?");
    private static final Sql BY_ID = new Sql("SELECT " + ALL + " FROM seen s WHERE s.request_id = ?");
    private static final Sql BY_CALLERS_ID = new Sql("SELECT " + ALL
            + " FROM seen s WHERE s.callers_id = ? AND s.callers_id IS NOT NULL ORDER BY s.at DESC LIMIT ?");
    private static final Sql BY_CLAIM = new Sql(
            "SELECT " + ALL + " FROM seen s WHERE s.claim = ? AND s.claim IS NOT NULL ORDER BY s.at DESC LIMIT ?");
    private static final Sql BY_VALUE = new Sql("SELECT " + ALL + " FROM seen_value v"
            + " JOIN seen s ON s.request_id = v.request_id WHERE v.hash = ? ORDER BY s.at DESC LIMIT ?");
    private static final Sql PRUNE_OLD =
            new Sql("DELETE FROM seen WHERE position IN (SELECT position FROM seen WHERE at < ? ORDER BY at LIMIT ?)");
    private static final Sql PRUNE_MANY =
            new Sql("DELETE FROM seen WHERE position IN (SELECT position FROM seen WHERE position <="
                    + " (SELECT MAX(position) FROM seen) - ? ORDER BY position LIMIT ?)");
    private static final Sql DRAW = new Sql("INSERT INTO drawn (name, content) VALUES (?, ?) ON CONFLICT DO NOTHING");
    private static final Sql DRAWN = new Sql("SELECT content FROM drawn WHERE name = ?");

    private static final String SALT = "salt of calls seen";
    private static final int SALT_BYTES = 16;
    private static final int AT_ONCE = 1000;

    /** Rows that are looked at for one answer, where no index leads to what is looked for. */
    private static final int MOST_LOOKED_AT = 20_000;

    private static final int PAGE = 500;

    private final Store store;

    SeenTable(Store store) {
        this.store = store;
    }

    /** The same for all gateways of the store, for ever. */
    byte[] salt() {
        byte[] mine = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(mine);
        store.update(DRAW, SALT, mine);
        return store.query(row -> row.getBytes(1), DRAWN, SALT).get(0);
    }

    void write(List<SeenCall> calls) {
        List<Object[]> rows = new ArrayList<>();
        List<Object[]> values = new ArrayList<>();
        for (SeenCall call : calls) {
            rows.add(new Object[] {
                call.requestId(),
                call.callersId(),
                call.at(),
                call.integration(),
                call.operation(),
                call.deployment(),
                call.status(),
                call.millis(),
                call.application(),
                call.keyHash(),
                call.claim(),
                call.life(),
                call.content()
            });
            call.values().forEach(hash -> values.add(new Object[] {hash, call.requestId()}));
        }
        store.updateAll(INSERT, rows);
        if (!values.isEmpty()) {
            store.updateAll(INSERT_VALUE, values);
        }
    }

    /** Those that a filter takes, newest first. */
    List<SeenCall> find(SeenFilter filter, int most) {
        if (filter.id() != null) {
            List<SeenCall> found = new ArrayList<>(store.query(SeenTable::call, BY_ID, filter.id()));
            found.addAll(store.query(SeenTable::call, BY_CALLERS_ID, filter.id(), most));
            return taken(found, filter, most);
        }
        if (filter.claim() != null) {
            return taken(store.query(SeenTable::call, BY_CLAIM, filter.claim(), most), filter, most);
        }
        if (filter.value() != null) {
            List<SeenCall> found = store.query(SeenTable::call, BY_VALUE, filter.value(), MOST_LOOKED_AT);
            return taken(
                    found.stream().map(call -> holding(call, filter.value())).toList(), filter, most);
        }
        List<SeenCall> found = new ArrayList<>();
        long before = filter.to();
        for (int looked = 0; looked < MOST_LOOKED_AT && found.size() < most; looked += PAGE) {
            List<SeenCall> page = store.query(SeenTable::call, LATEST, filter.from(), before, PAGE);
            page.stream().filter(filter::takes).forEach(found::add);
            if (page.size() < PAGE) {
                break;
            }
            before = page.get(page.size() - 1).at();
        }
        return found.size() > most ? found.subList(0, most) : found;
    }

    private static List<SeenCall> taken(List<SeenCall> found, SeenFilter filter, int most) {
        return found.stream().filter(filter::takes).limit(most).toList();
    }

    private static SeenCall holding(SeenCall call, String value) {
        return new SeenCall(
                call.requestId(),
                call.callersId(),
                call.at(),
                call.integration(),
                call.operation(),
                call.deployment(),
                call.status(),
                call.millis(),
                call.application(),
                call.keyHash(),
                call.claim(),
                call.proven(),
                List.of(value),
                call.life(),
                call.content());
    }

    private static SeenCall call(ResultSet row) throws SQLException {
        return new SeenCall(
                row.getString("request_id"),
                row.getString("callers_id"),
                row.getLong("at"),
                row.getString("integration"),
                row.getString("operation"),
                row.getString("deployment"),
                row.getInt("status"),
                row.getInt("millis"),
                row.getLong("application"),
                row.getString("key_hash"),
                row.getString("claim"),
                true,
                List.of(),
                row.getBytes("life"),
                row.getBytes("content"));
    }

    /** Forgets those that are older, and the oldest beyond so many; some at a time. */
    void prune(long before, int most) {
        store.update(PRUNE_OLD, before, AT_ONCE);
        store.update(PRUNE_MANY, (long) most, AT_ONCE);
    }
}
