package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Timestamps;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Finds a coupon by its literal code (contract 6, step 5). */
final class CouponLookup {

    private static final List<String> NUMBERS = List.of("usageLimit", "discountLimit", "reservationLimit");
    private static final List<String> DATES = List.of("startDate", "expiryDate");

    private final TalonOne talonOne;
    private final UpstreamOperation list;

    CouponLookup(TalonOne talonOne) {
        this.talonOne = talonOne;
        this.list = talonOne.contract().operation("getCouponsWithoutTotalCount");
    }

    /**
     * The coupon with a code in a campaign.
     *
     * @param path {@code {applicationId, campaignId}}
     * @throws dev.partnergateway.call.Refusal when Talon.One cannot be asked
     */
    Optional<JsonNode> find(Deployment deployment, Duration patience, JsonNode path, String code) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.set("path", path);
        request.putObject("query").put("value", code).put("exactMatch", "true");
        JsonNode answer = talonOne.call(UpstreamCall.of(list, deployment, null, request, null, patience));
        for (JsonNode coupon : answer.path("data")) {
            if (coupon.path("value").asText("").equalsIgnoreCase(code)) {
                return Optional.of(coupon);
            }
        }
        return Optional.empty();
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
