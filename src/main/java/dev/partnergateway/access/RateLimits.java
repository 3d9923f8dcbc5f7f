package dev.partnergateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;

/**
 * Holds each key to the calls a second that its integration's contract states, at each gateway process on its own.
 */
final class RateLimits {

    private static final int MOST = 100_000;

    private final TickerTime time;
    private final Cache<Caller, Bucket> buckets;

    private record Caller(String kind, String deployment, String keyHash) {}

    RateLimits(Ticker ticker) {
        this.time = new TickerTime(ticker);
        this.buckets = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(MOST)
                .expireAfterAccess(Duration.ofSeconds(10))
                .build();
    }

    /**
     * Counts a call.
     *
     * @throws Refusal 429 when it is one too many
     */
    void count(PartnerCall call) {
        int limit = call.operation().rateLimit();
        if (limit == 0) {
            return;
        }
        count(call, call.operation().path().split("/")[1], limit);
    }

    /**
     * Counts a call of a kind.
     *
     * @throws Refusal 429 when it is one too many
     */
    void count(PartnerCall call, String kind, int limit) {
        Bucket bucket = buckets.get(
                new Caller(kind, call.deployment().name(), call.credential().hash()), caller -> bucket(limit));
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw Refusal.retry(429, "Too many requests", Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    private Bucket bucket(int limit) {
        return Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(allowed -> allowed.capacity(limit).refillGreedy(limit, Duration.ofSeconds(1)))
                .build();
    }
}
