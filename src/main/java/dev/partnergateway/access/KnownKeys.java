package dev.partnergateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.partnergateway.call.Credential;
import java.time.Duration;
import java.util.Optional;

/**
 * Partner keys by their hash, for what can be asked with no other when the partner's call is over. No key is ever stored:
 * a gateway knows those that it has seen since it started.
 */
public final class KnownKeys {

    private static final Duration REMEMBERED = Duration.ofDays(1);
    private static final int MOST_KEYS = 10_000;

    private final Cache<String, Credential> keys = Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterAccess(REMEMBERED)
            .build();

    /** Remembers a key for a day. */
    public void remember(Credential key) {
        keys.put(key.hash(), key);
    }

    /** The key with a hash; empty when it has not been used since this gateway started, or for long. */
    public Optional<Credential> find(String hash) {
        return Optional.ofNullable(keys.getIfPresent(hash));
    }
}
