package dev.partnergateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;

/**
 * Whom a key stands for in stored keys: its Application, or the key itself when nobody could tell. The
 * first word counts for good: if it changed when a campaign starts or stops, every earlier key would be forgotten and a
 * repeat would have a second effect.
 */
final class Principals {

    private static final int MOST = 100_000;

    private static final Sql INSERT =
            new Sql("INSERT INTO principal (deployment, key_hash, principal) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    private static final Sql SELECT = new Sql("SELECT principal FROM principal WHERE deployment = ? AND key_hash = ?");

    private final Store store;
    private final Cache<String, String> known =
            Caffeine.newBuilder().maximumSize(MOST).build();

    Principals(Store store) {
        this.store = store;
    }

    /**
     * Whom a key stands for.
     *
     * @param application the Application it is bound to now; 0 = not known
     */
    String of(String deployment, String keyHash, long application) {
        String cacheKey = deployment + ' ' + keyHash;
        String principal = known.getIfPresent(cacheKey);
        if (principal == null) {
            principal = decide(deployment, keyHash, application == 0 ? "key:" + keyHash : "application:" + application);
            known.put(cacheKey, principal);
        }
        return principal;
    }

    private String decide(String deployment, String keyHash, String proposal) {
        store.update(INSERT, deployment, keyHash, proposal);
        return store.query(row -> row.getString(1), SELECT, deployment, keyHash).get(0);
    }
}
