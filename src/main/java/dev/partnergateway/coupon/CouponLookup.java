package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Timestamps;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds coupons by their literal codes (contract 6, step 5). Talon.One lists three times a second, so questions that
 * come together are answered from one list of what is new in their campaign (contract 6.1, step 4).
 */
final class CouponLookup {

    private static final List<String> NUMBERS = List.of("usageLimit", "discountLimit", "reservationLimit");
    private static final List<String> DATES = List.of("startDate", "expiryDate");

    private final TalonOne talonOne;
    private final Executor executor;
    private final UpstreamOperation list;
    private final Map<String, LookupDesk> desks = new ConcurrentHashMap<>();

    CouponLookup(TalonOne talonOne, Executor executor) {
        this.talonOne = talonOne;
        this.executor = executor;
        this.list = talonOne.contract().operation("getCouponsWithoutTotalCount");
    }

    /**
     * Looks for one coupon.
     *
     * @param path {@code {applicationId, campaignId}}
     * @param after the coupon is not older than this, in milliseconds since 1970 UTC; 0 = it may be any
     * @return the coupon with that code; empty = there is none that is not older
     * @throws Refusal when Talon.One cannot be asked in time
     */
    Optional<JsonNode> find(Deployment deployment, Duration patience, JsonNode path, String code, long after) {
        Question question = new Question(code, after);
        ask(deployment, path, List.of(question));
        try {
            return question.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            question.answer.cancel(false);
            throw Refusal.retry(504, "Talon.One did not answer in time: try again", Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : new IllegalStateException(e.getCause());
        }
    }

    /** How long an answer takes that is asked for now. */
    Duration expected(Deployment deployment) {
        return talonOne.budget().expected(deployment, list, 0);
    }

    /** Asks for many coupons of one campaign; their answers come in time. */
    void ask(Deployment deployment, JsonNode path, List<Question> questions) {
        desks.computeIfAbsent(deployment.name(), name -> new LookupDesk(deployment, talonOne, list, executor))
                .ask(path, questions);
    }

    /**
     * Whether a coupon is the one that was asked for: same recipient, limits and dates, and not older than the request.
     *
     * @param body what was sent for it
     * @param earliest what was made for the request is not older, by the deployment's clock
     */
    static boolean ours(JsonNode coupon, JsonNode body, Instant earliest) {
        String wanted = body.path("recipientIntegrationId").asText("");
        if (!coupon.path("recipientIntegrationId").asText("").equals(wanted)) {
            return false;
        }
        if (Timestamps.of(coupon.path("created")).isBefore(earliest)) {
            return false;
        }
        for (String name : NUMBERS) {
            if (body.has(name) && body.get(name).asDouble() != coupon.path(name).asDouble()) {
                return false;
            }
        }
        for (String name : DATES) {
            if (body.has(name) && millis(body.get(name)) != millis(coupon.path(name))) {
                return false;
            }
        }
        return true;
    }

    private static long millis(JsonNode text) {
        return Timestamps.of(text).toEpochMilli();
    }
}
