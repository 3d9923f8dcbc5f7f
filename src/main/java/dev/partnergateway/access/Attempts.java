package dev.partnergateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes guessing keys slow. What Talon.One refused is not asked again for 10 seconds, and an address from which too many
 * refused keys came waits before it may try others at that deployment. Keys that Talon.One accepts are never held up, nor
 * is anybody at another address: nobody can lock a partner out.
 */
final class Attempts {

    private static final Duration REFUSED = Duration.ofSeconds(10);
    private static final Duration ACCEPTED = Duration.ofMinutes(5);
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Different refused keys from one address in a window; a person who mistypes a key needs a handful. */
    private static final int MOST_REFUSED = 20;

    /** Enough for every partner, and a bound for what strangers can fill. */
    private static final int MOST_REMEMBERED = 100_000;

    private final Cache<KeyFor, String> refused;
    private final Cache<KeyAt, Boolean> accepted;
    private final Cache<From, Set<String>> failures;

    /** Some keys may do one thing and not another. */
    private record KeyFor(String deployment, String hash, String operation) {}

    private record KeyAt(String deployment, String hash) {}

    private record From(String source, String deployment) {}

    Attempts(Ticker ticker) {
        refused = cache(ticker, REFUSED);
        accepted = cache(ticker, ACCEPTED);
        failures = cache(ticker, WINDOW);
    }

    private static <K, V> Cache<K, V> cache(Ticker ticker, Duration remembered) {
        return Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(remembered)
                .build();
    }

    /**
     * Lets a call try its key.
     *
     * @throws Refusal 401 when it was refused a moment ago, 429 when too many others were
     */
    void admit(PartnerCall call) {
        String told = refused.getIfPresent(keyFor(call));
        if (told != null) {
            throw Refusal.of(401, told);
        }
        Set<String> keys = failures.getIfPresent(from(call));
        if (keys != null && keys.size() >= MOST_REFUSED && accepted.getIfPresent(keyAt(call)) == null) {
            throw Refusal.retry(429, "Too many API keys from this address were not accepted: try again later", WINDOW);
        }
    }

    /** Talon.One has done something for a key; nothing else makes it a known one. */
    void accepted(Deployment deployment, Credential credential) {
        accepted.get(new KeyAt(deployment.name(), credential.hash()), key -> Boolean.TRUE);
    }

    /**
     * The call's key was not good for what it asked.
     *
     * @param told the text of the refusal
     */
    void refused(PartnerCall call, String told) {
        if (refused.asMap().putIfAbsent(keyFor(call), told) == null && accepted.getIfPresent(keyAt(call)) == null) {
            Set<String> keys = failures.get(from(call), from -> ConcurrentHashMap.newKeySet());
            if (keys.size() < MOST_REFUSED) {
                keys.add(call.credential().hash());
            }
        }
    }

    private static KeyFor keyFor(PartnerCall call) {
        return new KeyFor(
                call.deployment().name(),
                call.credential().hash(),
                call.operation().id());
    }

    private static KeyAt keyAt(PartnerCall call) {
        return new KeyAt(call.deployment().name(), call.credential().hash());
    }

    private static From from(PartnerCall call) {
        return new From(call.source(), call.deployment().name());
    }
}
