package dev.partnergateway.audience;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Credential;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The gateway's own map from partners' ids of audiences to Talon.One's: the SQL on table {@code audience}. An id whose
 * audience is gone stays, with {@link #GONE}: what was a partner's own is never taken for anything else.
 */
final class AudienceTable {

    /** Stands for an audience that was deleted, or that Talon.One does not know any more; its own ids start at 1. */
    static final long GONE = 0;

    private static final int AT_ONCE = 50;
    private static final Sql FIND = new Sql("SELECT id, audience_id FROM audience WHERE id = ?");

    /** Fewer than so many leave the rest null, which equals nothing. */
    private static final Sql FIND_MANY = new Sql("SELECT id, audience_id FROM audience WHERE id IN ("
            + String.join(", ", Collections.nCopies(AT_ONCE, "?")) + ")");

    private static final Sql UPDATE = new Sql("UPDATE audience SET audience_id = ? WHERE id = ? AND audience_id <> ?");
    private static final Sql INSERT =
            new Sql("INSERT INTO audience (id, deployment, audience_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    private static final Sql END =
            new Sql("UPDATE audience SET audience_id = ? WHERE deployment = ? AND audience_id = ?");

    private final Store store;

    AudienceTable(Store store) {
        this.store = store;
    }

    /** Those of the given ids that are known, with Talon.One's or {@link #GONE}. */
    Map<ExternalId, Long> find(String deployment, Collection<ExternalId> wanted) {
        Map<String, ExternalId> byKey = new HashMap<>();
        wanted.forEach(external -> byKey.put(key(deployment, external), external));
        Map<ExternalId, Long> found = new HashMap<>();
        List<String> keys = List.copyOf(byKey.keySet());
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + AT_ONCE));
            Object[] parameters = some.toArray(new Object[some.size() == 1 ? 1 : AT_ONCE]);
            store.query(
                    row -> found.put(byKey.get(row.getString("id")), row.getLong("audience_id")),
                    some.size() == 1 ? FIND : FIND_MANY,
                    parameters);
        }
        return found;
    }

    void remember(String deployment, ExternalId external, long id) {
        String key = key(deployment, external);
        if (store.update(UPDATE, id, key, id) == 0) {
            store.update(INSERT, key, deployment, id);
        }
    }

    /** There is no audience with this id of Talon.One any more. */
    void end(String deployment, long id) {
        store.update(END, GONE, deployment, id);
    }

    private static String key(String deployment, ExternalId external) {
        ArrayNode tuple = JsonNodeFactory.instance.arrayNode();
        tuple.add(deployment).add(external.integration()).add(external.id());
        return Credential.sha256(tuple.toString());
    }
}
