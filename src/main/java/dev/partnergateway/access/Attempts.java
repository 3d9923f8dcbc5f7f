package dev.partnergateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;

/**
 * Makes guessing keys slow. What Talon.One refused is not asked again for 10 seconds, and keys that are new at a
 * deployment are tried at a bounded rate for each address: some at once, then a few each second, however many come. So
 * nobody can lock a partner out who shares an address with somebody that guesses: a key that Talon.One accepts is never
 * held up again while it is used, and one that this process has not seen yet gets its turn within seconds.
 */
final class Attempts {

    private static final Duration REFUSED = Duration.ofSeconds(10);

    /** A key in use stays known. */
    private static final Duration ACCEPTED = Duration.ofDays(1);

    /** One try of a key may take as long as its call; its other calls do not count meanwhile. */
    private static final Duration TRYING = Duration.ofSeconds(10);

    /** New keys from one address at once; a person who mistypes a key needs a handful, a restart all of an Ingress's. */
    private static final int AT_ONCE = 40;

    /** New keys from one address in a second after that. */
    private static final int A_SECOND = 20;

    /** Until then an address that does nothing has all its tries back. */
    private static final Duration FULL = Duration.ofSeconds(AT_ONCE / A_SECOND);

    /** Enough for every partner, and a bound for what strangers can fill. */
    private static final int MOST_REMEMBERED = 100_000;

    /** Weight of refusals that are remembered: their texts' characters, and something for each. */
    private static final long MOST_TEXT = 20_000_000;

    private static final int EACH = 150;

    /** A question about an earlier call is none of the contract's operations. */
    private static final String NO_OPERATION = "";

    private final Cache<KeyFor, String> refused;
    private final Cache<KeyAt, Boolean> accepted;
    private final Cache<KeyAt, Bucket> trying;
    private final Cache<From, Bucket> tries;
    private final TickerTime time;

    /** Some keys may do one thing and not another. */
    private record KeyFor(String deployment, String hash, String operation) {}

    private record KeyAt(String deployment, String hash) {}

    private record From(String source, String deployment) {}

    Attempts(Ticker ticker) {
        time = new TickerTime(ticker);
        refused = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumWeight(MOST_TEXT)
                .weigher((KeyFor key, String told) -> EACH + told.length())
                .expireAfterWrite(REFUSED)
                .build();
        accepted = bounded(ticker).expireAfterAccess(ACCEPTED).build();
        trying = bounded(ticker).expireAfterWrite(TRYING).build();
        tries = bounded(ticker).expireAfterAccess(FULL).build();
    }

    private static Caffeine<Object, Object> bounded(Ticker ticker) {
        return Caffeine.newBuilder().ticker(ticker).maximumSize(MOST_REMEMBERED);
    }

    /**
     * Lets a call try its key.
     *
     * @throws Refusal 401 when it was refused a moment ago, 429 when too many others are tried from there
     */
    void admit(PartnerCall call) {
        String told = refused.getIfPresent(keyFor(call));
        if (told != null) {
            throw Refusal.of(401, told);
        }
        if (accepted.getIfPresent(keyAt(call)) != null) {
            return;
        }
        KeyAt key = keyAt(call);
        if (trying.getIfPresent(key) != null) {
            return;
        }
        From from = new From(SourceNetwork.of(call.source()), key.deployment());
        Bucket bucket = tries.get(from, any -> bucket());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw Refusal.retry(
                    429,
                    "Too many API keys from this address were not accepted: try again later",
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        trying.put(key, bucket);
    }

    private Bucket bucket() {
        return Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(allowed -> allowed.capacity(AT_ONCE).refillGreedy(A_SECOND, Duration.ofSeconds(1)))
                .build();
    }

    /** Talon.One has done something for a key; nothing else makes it a known one. */
    void accepted(Deployment deployment, Credential credential) {
        accepted.get(new KeyAt(deployment.name(), credential.hash()), key -> {
            Bucket bucket = trying.getIfPresent(key);
            if (bucket != null) {
                // Only keys that are not accepted cost their address a try.
                bucket.addTokens(1);
            }
            return Boolean.TRUE;
        });
    }

    /**
     * The call's key was not good for what it asked.
     *
     * @param told the text of the refusal
     */
    void refused(PartnerCall call, String told) {
        refused.asMap().putIfAbsent(keyFor(call), told);
    }

    private static KeyFor keyFor(PartnerCall call) {
        return new KeyFor(
                call.deployment().name(),
                call.credential().hash(),
                call.operation() == null ? NO_OPERATION : call.operation().id());
    }

    private static KeyAt keyAt(PartnerCall call) {
        return new KeyAt(call.deployment().name(), call.credential().hash());
    }
}
