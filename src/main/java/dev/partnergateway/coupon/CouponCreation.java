package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.idempotency.Finisher;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:createCoupons}: exactly one coupon for a claim, whatever is killed and whenever (contract
 * 6). The literal code is committed before it is sent, so an unknown outcome is looked up, never repeated blindly.
 *
 * <p>Takes {@code {path: {applicationId, campaignId}, body}} where the body is that of createCoupons with a pattern; gives
 * the one coupon. What is written down for a claim is {@code {operation, path, body, pattern, characters}}; the body's
 * {@code couponPattern} is the literal code.
 */
public final class CouponCreation implements UpstreamStep, Finisher, AutoCloseable {

    private static final int MOST_CODES = 5;
    private static final Duration UNHURRIED = Duration.ofSeconds(5);

    private final TalonOne talonOne;
    private final Access access;
    private final CouponLookup lookup;
    private final CouponBatches batches;
    private final UpstreamOperation create;
    private final Duration settleTime;

    /**
     * Puts the step together.
     *
     * @param settleTime how long Talon.One may take to list a coupon that it has created (contract 6, step 5)
     * @param executor carries out what several calls share
     * @param shared where gateways find each other's coupons; empty = there are no others
     */
    public CouponCreation(
            TalonOne talonOne,
            Access access,
            ReplayingRepository answers,
            Duration settleTime,
            Executor executor,
            MeterRegistry meters,
            Optional<CouponRows> shared) {
        this.talonOne = talonOne;
        this.access = access;
        this.lookup = new CouponLookup(talonOne, executor);
        this.batches = new CouponBatches(
                talonOne,
                lookup,
                executor,
                meters,
                desk -> shared.isEmpty()
                        ? Sharing.ALONE
                        : new SharedRows(desk, shared.get(), answers::onBehalf, executor, meters));
        this.create = talonOne.contract().operation("createCoupons");
        this.settleTime = settleTime;
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
        Claim claim = Claim.of(exchange).orElse(null);
        if (claim != null && claim.outcome().isPresent()) {
            return whole(claim.outcome().get());
        }
        Attempt attempt = new Attempt(
                call.deployment(), call.credential(), call::upstreamWait, claim, request.path("path"), pattern);
        call.sends(claim == null ? PartnerCall.Phase.SENDING_ONCE : PartnerCall.Phase.SENDING);
        JsonNode coupon = attempt.unknown() ? resume(attempt.asWrittenDown()) : create(attempt, fields);
        if (claim != null) {
            claim.settled(coupon);
        }
        return whole(coupon);
    }

    @Override
    public void finish(Deployment deployment, Claim claim) {
        Attempt attempt = new Attempt(deployment, null, () -> UNHURRIED, claim, null, null).asWrittenDown();
        claim.settled(resume(attempt));
    }

    /** Waits until all is told that is worked on for other gateways. */
    @Override
    public void close() {
        batches.close();
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

    /** A lone coupon is created at once, with one call; what comes in numbers is created in batches (contract 6.1). */
    private JsonNode create(Attempt attempt, ObjectNode fields) {
        String code = attempt.firstCode();
        if (!batched(attempt, fields)) {
            return create(attempt, fields, code, false, Optional.empty());
        }
        Optional<Turn> alone = batches.alone(attempt.deployment);
        return alone.isPresent()
                ? create(attempt, fields, code, false, alone)
                : batches.create(attempt, fields, code, false);
    }

    /** A fixed code gives one coupon ever, and only createCoupons says for certain whose it is. */
    private static boolean batched(Attempt attempt, ObjectNode fields) {
        return attempt.deployment.batching()
                && !attempt.pattern.fixed()
                && CouponFile.takes(fields, attempt.pattern.text());
    }

    /**
     * Sends codes until one is free.
     *
     * @param sentBefore whether the first code may have been sent already: then a taken code may be the call's own
     * @param first turn for the first code; empty = it has to be waited for
     */
    private JsonNode create(
            Attempt attempt, ObjectNode fields, String firstCode, boolean sentBefore, Optional<Turn> first) {
        String code = firstCode;
        Optional<Turn> given = first;
        for (int drawn = 1; ; drawn++) {
            ObjectNode body = fields.deepCopy().put("couponPattern", code);
            // Nothing is written down for a call whose turn does not come.
            Turn turn = given.orElseGet(
                    () -> talonOne.turn(attempt.deployment, create, attempt.party, attempt.patience.get()));
            given = Optional.empty();
            try {
                attempt.writeDown(body);
            } catch (RuntimeException e) {
                turn.unused();
                throw e;
            }
            boolean doubtful = sentBefore && drawn == 1;
            Optional<JsonNode> coupon = send(attempt, code, body, doubtful, turn);
            if (coupon.isPresent()) {
                return coupon.get();
            }
            if (doubtful) {
                Refusal otherwise = Refusal.unknown(503, "The coupon is not listed yet");
                JsonNode there = lookup.find(attempt.deployment, attempt.patience.get(), attempt.path, code, 0)
                        .orElseThrow(() -> otherwise);
                if (attempt.ours(there, body)) {
                    return there;
                }
            }
            attempt.wasRefused();
            attempt.note("the code was taken");
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

    /**
     * Sends one literal code.
     *
     * @param doubtful whether it may have been sent already: then it stays unknown when Talon.One has no time for it
     * @return empty when another coupon has it
     */
    private Optional<JsonNode> send(Attempt attempt, String code, ObjectNode body, boolean doubtful, Turn turn) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.set("path", attempt.path);
        request.set("body", body);
        request.putObject("query").put("silent", "no");
        UpstreamAnswer answer;
        try {
            Duration patience = patience(attempt, turn);
            answer = talonOne.send(UpstreamCall.of(create, attempt.deployment, null, request, null, patience), turn);
        } catch (Refusal e) {
            postpone(attempt, doubtful);
            throw e;
        } catch (Unanswered e) {
            if (!e.sent()) {
                postpone(attempt, doubtful);
                throw TalonOne.refusal(create, e);
            }
            attempt.note("no answer");
            return Optional.of(find(attempt, code, body, TalonOne.refusal(create, e)));
        }
        JsonNode coupon = answer.body().path("data").path(0);
        if (answer.ok() && coupon.path("value").asText("").equalsIgnoreCase(code)) {
            return Optional.of(coupon);
        }
        if (answer.status() == 429) {
            postpone(attempt, doubtful);
            throw TalonOne.refusal(create, answer);
        }
        if (codeIsTaken(answer)) {
            return Optional.empty();
        }
        if (!answer.ok() && !answer.doubtful()) {
            attempt.wasRefused();
            throw TalonOne.refusal(create, answer);
        }
        attempt.note("answered " + answer.status());
        return Optional.of(find(attempt, code, body, unknown(answer)));
    }

    /** What is told of a coupon that is not found: a success without it is as unclear as an answer nobody can read. */
    private Refusal unknown(UpstreamAnswer answer) {
        return answer.ok()
                ? Refusal.unknown(502, "Talon.One's answer could not be read")
                : TalonOne.refusal(create, answer);
    }

    private static void postpone(Attempt attempt, boolean doubtful) {
        if (!doubtful) {
            attempt.wasPostponed();
        }
    }

    private static Duration patience(Attempt attempt, Turn turn) {
        try {
            return attempt.patience.get();
        } catch (Refusal e) {
            turn.unused();
            throw e;
        }
    }

    /** How Talon.One says that a code is taken is not documented: several ways are understood. */
    private static boolean codeIsTaken(UpstreamAnswer answer) {
        if (!answer.readable()) {
            return false;
        }
        if (answer.status() == 409) {
            return true;
        }
        if (answer.status() != 400) {
            return false;
        }
        String said = answer.body().toString().toLowerCase(Locale.ROOT);
        return said.contains("unique") || said.contains("already exists") || said.contains("duplicate");
    }

    /** Looks the code up after an unknown outcome, when there is time; else the sweeper or the next repeat does. */
    private JsonNode find(Attempt attempt, String code, ObjectNode body, Refusal otherwise) {
        try {
            return lookup.find(attempt.deployment, attempt.patience.get(), attempt.path, code, attempt.begun())
                    .filter(coupon -> attempt.ours(coupon, body))
                    .orElseThrow(() -> otherwise);
        } catch (Refusal e) {
            throw otherwise;
        }
    }

    /** Finishes what an earlier call of the same key left with an unknown outcome (contract 6, step 5). */
    private JsonNode resume(Attempt attempt) {
        ObjectNode body = attempt.body();
        String code = body.path("couponPattern").asText();
        boolean batched = batched(attempt, body);
        if (batched && attempt.wasImported()) {
            attempt.note("sent again in a file, which is safe");
            return batches.create(attempt, body, code, true);
        }
        Optional<JsonNode> found;
        // What becomes visible while it is being looked for may be missed: the look counts from its beginning.
        long asked = System.currentTimeMillis();
        try {
            found = lookup.find(attempt.deployment, attempt.patience.get(), attempt.path, code, attempt.begun());
        } catch (Refusal e) {
            throw Refusal.unknown(e.status(), e.getMessage());
        }
        if (found.isPresent() && attempt.ours(found.get(), body)) {
            attempt.note("found by its code");
            return found.get();
        }
        if (found.isPresent()) {
            attempt.wasRefused();
            attempt.note("the code was taken");
            if (attempt.pattern.fixed()) {
                throw Refusal.of(400, "/couponPattern: a coupon with this code exists already");
            }
            return create(attempt, body, attempt.pattern.draw(), false, Optional.empty());
        }
        if (asked - attempt.claim.sent() < settleTime.toMillis()) {
            throw Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon");
        }
        attempt.note("not found: the same code is sent again");
        return batched
                ? batches.create(attempt, body, code, true)
                : create(attempt, body, code, true, Optional.empty());
    }
}
