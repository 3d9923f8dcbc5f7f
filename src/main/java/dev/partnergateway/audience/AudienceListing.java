package dev.partnergateway.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A deployment's audiences as its Management API lists them, remembered for 10 seconds: the ids of one call, or of many
 * calls at once, cost one listing (docs/behaviour.md#audiences). Needs the operator's management key.
 */
final class AudienceListing {

    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PAGE = 1000;
    private static final int MOST_PAGES = 100;

    private final TalonOne talonOne;
    private final UpstreamOperation list;
    private final Executor executor;
    private final AsyncCache<String, Listed> lists = Caffeine.newBuilder()
            .maximumSize(1000)
            .expireAfter(Expiry.creating(
                    (String deployment, Listed listed) -> listed.refusal() == null ? REMEMBERED : Duration.ofNanos(1)))
            .buildAsync();

    /** What was listed, or why nothing was; only the first is remembered. */
    private record Listed(Map<ExternalId, ObjectNode> audiences, Refusal refusal) {}

    AudienceListing(TalonOne talonOne, Executor executor) {
        this.talonOne = talonOne;
        this.list = talonOne.contract().operation("getAudiences");
        this.executor = executor;
    }

    /**
     * All audiences that came from a partner, up to 10 seconds old.
     *
     * @throws Refusal 429, 502, 503 or 504 when they cannot be listed; 501 without a management key
     */
    Map<ExternalId, ObjectNode> recent(PartnerCall call) {
        Deployment deployment = call.deployment();
        CompletableFuture<Listed> listing = lists.get(
                deployment.name(), (name, ignored) -> CompletableFuture.supplyAsync(() -> ask(deployment), executor));
        try {
            // The listing goes on for those who ask next.
            Listed listed = listing.get(call.upstreamWait().toMillis(), TimeUnit.MILLISECONDS);
            if (listed.refusal() != null) {
                throw listed.refusal();
            }
            return listed.audiences();
        } catch (TimeoutException e) {
            throw Refusal.retry(504, "Talon.One did not list its audiences in time: try again", Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the audiences could not be listed", e.getCause());
        }
    }

    /** As {@link #recent}, asked for after this call. */
    Map<ExternalId, ObjectNode> now(PartnerCall call) {
        forget(call.deployment());
        return recent(call);
    }

    /** Forgets what was listed: it has just been changed. */
    void forget(Deployment deployment) {
        lists.synchronous().invalidate(deployment.name());
    }

    private Listed ask(Deployment deployment) {
        Map<ExternalId, ObjectNode> audiences = new HashMap<>();
        try {
            for (int page = 0; page < MOST_PAGES; page++) {
                ObjectNode request = JsonNodeFactory.instance.objectNode();
                request.putObject("query").put("pageSize", PAGE).put("skip", page * PAGE);
                JsonNode data = talonOne.call(UpstreamCall.of(list, deployment, null, request, null, PATIENCE))
                        .path("data");
                for (JsonNode audience : data) {
                    if (audience.hasNonNull("integration") && audience.hasNonNull("integrationId")) {
                        audiences.put(ExternalId.of(audience), (ObjectNode) audience);
                    }
                }
                if (data.size() < PAGE) {
                    return new Listed(Map.copyOf(audiences), null);
                }
            }
        } catch (Refusal refusal) {
            return new Listed(null, refusal);
        }
        return new Listed(
                null,
                Refusal.of(502, "Talon.One has more than " + MOST_PAGES * PAGE + " audiences: they are not looked up"));
    }
}
