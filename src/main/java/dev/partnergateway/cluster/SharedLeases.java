package dev.partnergateway.cluster;

import dev.partnergateway.call.Credential;
import dev.partnergateway.store.Sql;
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

    /** No lease is longer; one that seems to be was taken before the database's clock went back. */
    private static final long LONGEST = 300_000;

    /** Takes one that nobody holds, or whose time is over. */
    private static final Sql TAKE = new Sql("INSERT INTO lease (id, holder, ends_at) VALUES (?, ?, " + Sql.NOW
            + " + ?) ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at"
            + " WHERE lease.ends_at <= " + Sql.NOW + " OR lease.ends_at > " + Sql.NOW + " + " + LONGEST);

    private static final Sql GIVE = new Sql("DELETE FROM lease WHERE id = ? AND holder = ?");
    private static final Sql PRUNE = new Sql("DELETE FROM lease WHERE ends_at < " + Sql.NOW + " - 60000");

    private final Store store;
    private final String holder = UUID.randomUUID().toString();

    /** Shares them with all who use the same database. */
    public SharedLeases(Store store) {
        this.store = store;
    }

    @Override
    public boolean take(String key, Duration length) {
        return store.update(TAKE, Credential.sha256(key), holder, Math.min(length.toMillis(), LONGEST)) == 1;
    }

    @Override
    public void give(String key) {
        try {
            store.update(GIVE, Credential.sha256(key), holder);
        } catch (StoreException e) {
            LOG.debug("A lease ends by itself", e);
        }
    }

    /** Removes what gateways that died have left. */
    public void prune() {
        store.update(PRUNE);
    }
}
