package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:createCoupons}: exactly one coupon for a claim, whatever is killed and whenever (contract
 * 6). The literal code is committed before it is sent, so an unknown outcome is looked up, never repeated blindly.
 *
 * <p>Takes {@code {path: {applicationId, campaignId}, body}} where the body is that of createCoupons with a pattern; gives
 * the one coupon.
 */
public final class CouponCreation implements UpstreamStep {

    private static final int MOST_CODES = 5;

    /** Talon.One may list a coupon a while after it was made (contract 6, step 5). */
    private static final Duration SETTLE_TIME = Duration.ofSeconds(30);

    private final TalonOne talonOne;
    private final Access access;
    private final CouponLookup lookup;
    private final UpstreamOperation create;

    /** Puts the step together. */
    public CouponCreation(TalonOne talonOne, Access access) {
        this.talonOne = talonOne;
        this.access = access;
        this.lookup = new CouponLookup(talonOne);
        this.create = talonOne.contract().operation("createCoupons");
    }

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        ObjectNode fields = ((ObjectNode) request.get("body")).deepCopy();
        CouponPattern pattern = CouponPattern.of(fields, access.campaign(call));
        fields.remove("validCharacters");
        fields.put("numberOfCoupons", 1);
        if (call.checked().dryRun()) {
            return rehearsed(request, fields, pattern);
        }
        Attempt attempt = new Attempt(call, Claim.of(exchange).orElse(null), request, pattern);
        if (attempt.claim != null && attempt.claim.outcome().isPresent()) {
            return whole(attempt.claim.outcome().get());
        }
        JsonNode coupon = attempt.resumes() ? resume(attempt) : create(attempt, fields, attempt.firstCode(), false);
        if (attempt.claim != null) {
            attempt.claim.settled(coupon);
        }
        return whole(coupon);
    }

    /** A whole discount limit is given without a fraction (D31). */
    private static JsonNode whole(JsonNode coupon) {
        JsonNode limit = coupon.path("discountLimit");
        if (!limit.isFloatingPointNumber()
                || limit.decimalValue().stripTrailingZeros().scale() > 0) {
            return coupon;
        }
        return ((ObjectNode) coupon.deepCopy())
                .put("discountLimit", limit.decimalValue().longValue());
    }

    /** What a dry run is told (contract 2.7): the coupon as it would be, with the pattern in place of a code. */
    private static JsonNode rehearsed(ObjectNode request, ObjectNode fields, CouponPattern pattern) {
        ObjectNode coupon = JsonNodeFactory.instance.objectNode();
        coupon.put("id", 0);
        coupon.set("campaignId", request.path("path").path("campaignId"));
        coupon.put("value", pattern.text());
        fields.remove("numberOfCoupons");
        fields.remove("couponPattern");
        coupon.setAll(fields);
        return coupon;
    }

    /**
     * Sends codes until one is free.
     *
     * @param sentBefore whether the first code may have been sent already: then a taken code may be the call's own
     */
    private JsonNode create(Attempt attempt, ObjectNode fields, String firstCode, boolean sentBefore) {
        String code = firstCode;
        for (int drawn = 1; ; drawn++) {
            ObjectNode body = fields.deepCopy().put("couponPattern", code);
            attempt.writeDown(code, body);
            Optional<JsonNode> coupon = send(attempt, code, body);
            if (coupon.isPresent()) {
                return coupon.get();
            }
            if (sentBefore && drawn == 1) {
                return find(attempt, code, body, Refusal.unknown(503, "The coupon is not listed yet: try again"));
            }
            attempt.wasRefused();
            if (attempt.pattern.fixed()) {
                throw Refusal.of(400, "/couponPattern: a coupon with this code exists already");
            }
            if (drawn == MOST_CODES) {
                throw Refusal.retry(
                        503, "No free coupon code was found: give a longer couponPattern", Duration.ofSeconds(1));
            }
            code = attempt.pattern.draw();
        }
    }

    /** Sends one literal code; empty when another coupon has it. */
    private Optional<JsonNode> send(Attempt attempt, String code, ObjectNode body) {
        attempt.call.phase(PartnerCall.Phase.SENDING);
        ObjectNode request = attempt.request.deepCopy();
        request.set("body", body);
        request.putObject("query").put("silent", "no");
        UpstreamAnswer answer;
        try {
            answer = talonOne.send(UpstreamCall.of(
                    create, attempt.call.deployment(), null, request, null, attempt.call.upstreamWait()));
        } catch (Unanswered e) {
            if (!e.sent()) {
                attempt.wasPostponed();
                throw TalonOne.refusal(create, e);
            }
            return Optional.of(find(attempt, code, body, TalonOne.refusal(create, e)));
        }
        JsonNode coupon = answer.body().path("data").path(0);
        if (answer.ok() && coupon.path("value").asText("").equalsIgnoreCase(code)) {
            return Optional.of(coupon);
        }
        if (answer.status() == 429) {
            attempt.wasPostponed();
            throw TalonOne.refusal(create, answer);
        }
        if (codeIsTaken(answer)) {
            return Optional.empty();
        }
        if (answer.status() >= 400 && answer.status() < 500) {
            attempt.wasRefused();
            throw TalonOne.refusal(create, answer);
        }
        return Optional.of(
                find(attempt, code, body, Refusal.unknown(502, "Talon.One's answer could not be read; try again")));
    }

    /** How Talon.One says that a code is taken is not documented: several ways are understood. */
    private static boolean codeIsTaken(UpstreamAnswer answer) {
        if (answer.status() == 409) {
            return true;
        }
        if (answer.status() != 400) {
            return false;
        }
        String said = answer.body().toString().toLowerCase(Locale.ROOT);
        return said.contains("unique") || said.contains("already exists") || said.contains("duplicate");
    }

    /** Looks the code up after an unknown outcome, when there is time; else the next repeat does. */
    private JsonNode find(Attempt attempt, String code, ObjectNode body, Refusal otherwise) {
        try {
            return lookup.find(attempt.call, attempt.request, code)
                    .filter(coupon -> CouponLookup.ours(coupon, body, attempt.begun()))
                    .orElseThrow(() -> otherwise);
        } catch (Refusal e) {
            throw otherwise;
        }
    }

    /** Finishes what an earlier call of the same key left with an unknown outcome (contract 6, step 5). */
    private JsonNode resume(Attempt attempt) {
        String code = attempt.claim.code();
        ObjectNode body = attempt.claim.request();
        Optional<JsonNode> found;
        try {
            found = lookup.find(attempt.call, attempt.request, code);
        } catch (Refusal e) {
            throw Refusal.unknown(e.status(), e.getMessage());
        }
        if (found.isPresent() && CouponLookup.ours(found.get(), body, attempt.begun())) {
            return found.get();
        }
        ObjectNode fields = body.deepCopy();
        if (found.isPresent()) {
            attempt.wasRefused();
            if (attempt.pattern.fixed()) {
                throw Refusal.of(400, "/couponPattern: a coupon with this code exists already");
            }
            return create(attempt, fields, attempt.pattern.draw(), false);
        }
        if (System.currentTimeMillis() - attempt.claim.sent() < SETTLE_TIME.toMillis()) {
            throw Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon: try again");
        }
        return create(attempt, fields, code, true);
    }

    /** One call's work on its coupon. A call without a claim keeps nothing beyond itself. */
    private static final class Attempt {

        private final PartnerCall call;
        private final Claim claim;
        private final ObjectNode request;
        private final CouponPattern pattern;
        private final long begun = System.currentTimeMillis();

        Attempt(PartnerCall call, Claim claim, ObjectNode request, CouponPattern pattern) {
            this.call = call;
            this.claim = claim;
            this.request = request;
            this.pattern = pattern;
        }

        boolean resumes() {
            return claim != null && claim.unknown() && claim.code() != null;
        }

        /** A code that was drawn before but not used is used now. */
        String firstCode() {
            return claim != null && claim.code() != null ? claim.code() : pattern.draw();
        }

        long begun() {
            return claim == null ? begun : claim.created();
        }

        void writeDown(String code, ObjectNode body) {
            if (claim != null) {
                claim.sending(code, body);
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
    }
}
