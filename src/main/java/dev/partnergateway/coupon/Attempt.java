package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.idempotency.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** One piece of work on a coupon. A call without a claim keeps nothing beyond itself. */
final class Attempt {

    final Deployment deployment;

    /** Longest wait for Talon.One, asked for before each call. */
    final Supplier<Duration> patience;

    final Claim claim;

    /** {@code {applicationId, campaignId}}. */
    final JsonNode path;

    final CouponPattern pattern;

    private final long begun = System.currentTimeMillis();

    Attempt(Deployment deployment, Supplier<Duration> patience, Claim claim, JsonNode path, CouponPattern pattern) {
        this.deployment = deployment;
        this.patience = patience;
        this.claim = claim;
        this.path = path;
        this.pattern = pattern;
    }

    /** The same work as it was written down for the claim, whatever the repeat says. */
    Attempt asWrittenDown() {
        ObjectNode written = claim.request();
        return new Attempt(deployment, patience, claim, written.get("path"), CouponPattern.read(written));
    }

    /** Whether a code was sent and it is not known what became of it. */
    boolean unknown() {
        return claim != null && claim.unknown() && claim.request() != null;
    }

    /** A code that was drawn before but not used is used now. */
    String firstCode() {
        return claim != null && claim.request() != null
                ? claim.request().path("body").path("couponPattern").asText()
                : pattern.draw();
    }

    /** What was sent. */
    ObjectNode body() {
        return (ObjectNode) claim.request().get("body");
    }

    /** Whether a coupon is what this work made: as it was asked for, and nobody else's. */
    boolean ours(JsonNode coupon, JsonNode body) {
        Instant since = Instant.ofEpochMilli(claim == null ? begun : claim.created());
        return CouponLookup.ours(coupon, body, deployment.clock().earliest(since))
                && (claim == null || !claim.belongsToAnother(deployment.name(), coupon));
    }

    void writeDown(ObjectNode body) {
        if (claim != null) {
            ObjectNode content = JsonNodeFactory.instance.objectNode();
            content.put("operation", "createCoupons");
            content.set("path", path);
            content.set("body", body);
            pattern.write(content);
            claim.sending(content);
        }
    }

    void wasRefused() {
        if (claim != null) {
            claim.refused();
        }
    }

    void wasPostponed() {
        if (claim != null) {
            claim.postponed();
        }
    }

    void note(String event) {
        if (claim != null) {
            claim.note(event);
        }
    }
}
