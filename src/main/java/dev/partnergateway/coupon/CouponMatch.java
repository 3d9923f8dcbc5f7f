package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.talonone.Timestamps;
import java.time.Instant;
import java.util.List;

/** Whose a coupon is that has the code of a claim. */
enum CouponMatch {
    /** It is as it was asked for, not older than the claim, and nobody else's. */
    OURS,
    /** It is as it was asked for, but was there before the claim, by the clocks. */
    OLDER,
    /** It is another one. */
    ANOTHERS;

    private static final List<String> NUMBERS = List.of("usageLimit", "discountLimit", "reservationLimit");
    private static final List<String> DATES = List.of("startDate", "expiryDate");

    static CouponMatch of(JsonNode coupon, CouponRequest request, Claim claim, Deployment deployment) {
        if (!asWanted(coupon, request.body()) || claim.belongsToAnother(deployment.name(), coupon)) {
            return ANOTHERS;
        }
        return Timestamps.of(coupon.path("created")).isBefore(earliest(claim, deployment)) ? OLDER : OURS;
    }

    /** What was made for a claim was not made earlier, by the deployment's clock. */
    static Instant earliest(Claim claim, Deployment deployment) {
        return deployment.clock().earliest(Instant.now().minus(claim.age()));
    }

    private static boolean asWanted(JsonNode coupon, JsonNode body) {
        String wanted = body.path("recipientIntegrationId").asText("");
        if (!coupon.path("recipientIntegrationId").asText("").equals(wanted)) {
            return false;
        }
        for (String name : NUMBERS) {
            if (body.has(name) && body.get(name).asDouble() != coupon.path(name).asDouble()) {
                return false;
            }
        }
        for (String name : DATES) {
            if (body.has(name) && !Timestamps.of(body.get(name)).equals(Timestamps.of(coupon.path(name)))) {
                return false;
            }
        }
        return true;
    }
}
