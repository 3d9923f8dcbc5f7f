package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.idempotency.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/** One piece of work on a coupon. A call without a claim keeps nothing beyond itself. */
final class Attempt {

    private static final String WAY = "way";
    private static final String IMPORT = "import";
    private static final String CLAIM = "claim";
    private static final String BEGUN = "begun";

    final Deployment deployment;

    /** Whose turn it uses at Talon.One; null = the gateway's own. */
    final Credential party;

    /** Longest wait for Talon.One, asked for before each call. */
    final Supplier<Duration> patience;

    final Claim claim;

    /** {@code {applicationId, campaignId}}. */
    final JsonNode path;

    final CouponPattern pattern;

    private final long begun;

    Attempt(
            Deployment deployment,
            Credential party,
            Supplier<Duration> patience,
            Claim claim,
            JsonNode path,
            CouponPattern pattern) {
        this(deployment, party, patience, claim, path, pattern, System.currentTimeMillis());
    }

    private Attempt(
            Deployment deployment,
            Credential party,
            Supplier<Duration> patience,
            Claim claim,
            JsonNode path,
            CouponPattern pattern,
            long begun) {
        this.begun = begun;
        this.deployment = deployment;
        this.party = party;
        this.patience = patience;
        this.claim = claim;
        this.path = path;
        this.pattern = pattern;
    }

    /**
     * Work that another gateway has handed over.
     *
     * @param written what {@link #handOver} gave
     * @param claims acts for a claim that was handed over
     */
    static Attempt read(ObjectNode written, Deployment deployment, Function<ObjectNode, Claim> claims) {
        return new Attempt(
                deployment,
                null,
                () -> BatchDesk.PATIENCE,
                written.has(CLAIM) ? claims.apply((ObjectNode) written.get(CLAIM)) : null,
                written.get("path"),
                CouponPattern.read(written),
                written.path(BEGUN).asLong());
    }

    /** What another gateway needs to do this work. */
    ObjectNode handOver(ObjectNode body) {
        ObjectNode content = content(body).put(BEGUN, begun());
        if (claim != null) {
            content.set(CLAIM, claim.handOver());
        }
        return content;
    }

    /** Goes on with work that another gateway has done a part of. */
    void goOn(ObjectNode written) {
        if (claim != null) {
            claim.goOn((ObjectNode) written.get(CLAIM));
        }
    }

    /** The same work as it was written down for the claim, whatever the repeat says. */
    Attempt asWrittenDown() {
        ObjectNode written = claim.request();
        return new Attempt(deployment, party, patience, claim, written.get("path"), CouponPattern.read(written));
    }

    /** Whether a code was sent and it is not known what became of it. */
    boolean unknown() {
        return claim != null && claim.unknown() && claim.request() != null;
    }

    /** Whether the code was last sent in a file: that can be sent again at any time (contract 6.1, step 3). */
    boolean wasImported() {
        return claim.request().path(WAY).asText("").equals(IMPORT);
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

    /** When the claim was made, in milliseconds since 1970 UTC. */
    long begun() {
        return claim == null ? begun : claim.created();
    }

    /** Whether a coupon is what this work made: as it was asked for, and nobody else's. */
    boolean ours(JsonNode coupon, JsonNode body) {
        return CouponLookup.ours(coupon, body, deployment.clock().earliest(Instant.ofEpochMilli(begun())))
                && (claim == null || !claim.belongsToAnother(deployment.name(), coupon));
    }

    /** What is written down before a code is sent with createCoupons. */
    private ObjectNode content(ObjectNode body) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("operation", "createCoupons");
        content.set("path", path);
        content.set("body", body);
        pattern.write(content);
        return content;
    }

    /** What is written down before a code is sent in a file. */
    ObjectNode importContent(ObjectNode body) {
        return content(body).put(WAY, IMPORT);
    }

    void writeDown(ObjectNode body) {
        if (claim != null) {
            claim.sending(content(body));
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
