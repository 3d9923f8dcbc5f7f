package dev.partnergateway.audience;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Credential;
import dev.partnergateway.store.Store;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The gateway's own map from partners' ids of audiences to Talon.One's: the SQL on table {@code audience}. */
final class AudienceTable {

    private final Store store;

    AudienceTable(Store store) {
        this.store = store;
    }

    /** Those of the given ids that are known, with Talon.One's. */
    Map<ExternalId, Long> find(String deployment, Collection<ExternalId> wanted) {
        Map<String, ExternalId> byKey = new HashMap<>();
        wanted.forEach(external -> byKey.put(key(deployment, external), external));
        Map<ExternalId, Long> found = new HashMap<>();
        if (!byKey.isEmpty()) {
            String marks = String.join(", ", Collections.nCopies(byKey.size(), "?"));
            store.query(
                    row -> found.put(byKey.get(row.getString("id")), row.getLong("audience_id")),
                    "SELECT id, audience_id FROM audience WHERE id IN (" + marks + ")",
                    byKey.keySet().toArray());
        }
        return found;
    }

    void remember(String deployment, ExternalId external, long id) {
        String key = key(deployment, external);
        int changed =
                store.update("UPDATE audience SET audience_id = ? WHERE id = ? AND audience_id <> ?", id, key, id);
        if (changed == 0) {
            store.update(
                    "INSERT INTO audience (id, deployment, audience_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    key,
                    deployment,
                    id);
        }
    }

    void forget(String deployment, long id) {
        store.update("DELETE FROM audience WHERE deployment = ? AND audience_id = ?", deployment, id);
    }

    private static String key(String deployment, ExternalId external) {
        ArrayNode tuple = JsonNodeFactory.instance.arrayNode();
        tuple.add(deployment).add(external.integration()).add(external.id());
        return Credential.sha256(tuple.toString());
    }
}
