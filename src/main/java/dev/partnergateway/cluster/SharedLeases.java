package dev.partnergateway.cluster;

import dev.partnergateway.call.Credential;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.Leases;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases among all gateways on a database: the SQL on table {@code lease}. Taking and giving are one statement each, by the
 * database's clock. When a gateway dies its leases end by themselves, a second after the call could have run at the latest.
 */
public final class SharedLeases implements Leases {

    private static final Logger LOG = LoggerFactory.getLogger(SharedLeases.class);

    private final Store store;
    private final String holder = UUID.randomUUID().toString();

    /** Shares them with all who use the same database. */
    public SharedLeases(Store store) {
        this.store = store;
    }

    @Override
    public boolean take(String key, Duration length) {
        String id = Credential.sha256(key);
        return store.update(
                                "INSERT INTO lease (id, holder, ends_at) VALUES (?, ?, " + Store.NOW
                                        + " + ?) ON CONFLICT DO NOTHING",
                                id,
                                holder,
                                length.toMillis())
                        == 1
                || store.update(
                                "UPDATE lease SET holder = ?, ends_at = " + Store.NOW
                                        + " + ? WHERE id = ? AND ends_at <= " + Store.NOW,
                                holder,
                                length.toMillis(),
                                id)
                        == 1;
    }

    @Override
    public void give(String key) {
        try {
            store.update("DELETE FROM lease WHERE id = ? AND holder = ?", Credential.sha256(key), holder);
        } catch (StoreException e) {
            LOG.debug("A lease ends by itself", e);
        }
    }

    /** Removes what gateways that died have left. */
    public void prune() {
        store.update("DELETE FROM lease WHERE ends_at < " + Store.NOW + " - 60000");
    }
}
