package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Credential;
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
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:createCoupons}: exactly one coupon for a claim, whatever is killed and whenever. The literal
 * code is committed before it is sent, so an unknown outcome is looked up, never repeated blindly.
 *
 * <p>Takes {@code {path: {applicationId, campaignId}, body}} where the body is that of createCoupons with a pattern; gives
 * the one coupon.
 */
public final class CouponCreation implements UpstreamStep, Finisher, AutoCloseable {

    private static final int MOST_CODES = 5;
    private static final Duration UNHURRIED = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** From then on one is only looked for, so that it comes to an end. */
    private static final Duration NOT_SENT_AGAIN = Duration.ofHours(23);

    private final TalonOne talonOne;
    private final Access access;
    private final ReplayingRepository answers;
    private final CouponLookup lookup;
    private final CouponFiles files;
    private final UpstreamOperation create;
    private final Duration settleTime;

    /**
     * Puts the step together.
     *
     * @param settleTime how long Talon.One may take to list a coupon that it has created
     * @param files sends files and finds out what became of them
     * @param lists asks what there is; nothing that waits for it may take its threads
     */
    public CouponCreation(
            TalonOne talonOne,
            Access access,
            ReplayingRepository answers,
            Duration settleTime,
            Executor files,
            Executor lists,
            MeterRegistry meters) {
        this.talonOne = talonOne;
        this.access = access;
        this.answers = answers;
        this.lookup = new CouponLookup(talonOne, lists);
        this.files = new CouponFiles(talonOne, lookup, answers.waiting(), files, meters);
        this.create = talonOne.contract().operation("createCoupons");
        this.settleTime = settleTime;
    }

    /**
     * One piece of work on a coupon.
     *
     * @param party whose turn it uses at Talon.One; null = the gateway's own
     * @param patience longest wait for Talon.One, asked for before each call
     */
    private record Work(Claim claim, Deployment deployment, Credential party, Supplier<Duration> patience) {

        Instant earliest() {
            return CouponMatch.earliest(claim, deployment);
        }

        String partyName() {
            return party == null ? "" : party.hash();
        }
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
        boolean repeatable = Claim.of(exchange).isPresent();
        Claim claim = Claim.of(exchange).orElseGet(() -> answers.record(exchange));
        if (claim.outcome().isPresent()) {
            return whole(claim.outcome().get());
        }
        call.sends(repeatable ? PartnerCall.Phase.SENDING : PartnerCall.Phase.SENDING_ONCE);
        Work work = new Work(claim, call.deployment(), call.credential(), call::upstreamWait);
        // A code that was drawn before but not used is used now.
        String code = claim.request() == null
                ? pattern.draw()
                : CouponRequest.read(claim.request()).code();
        JsonNode coupon = claim.unknown()
                ? resume(work)
                : first(work, CouponRequest.of(request.path("path"), fields, pattern, code, repeatable));
        claim.settled(coupon);
        return whole(coupon);
    }

    @Override
    public void finish(Deployment deployment, Claim claim) {
        Work work = new Work(claim, deployment, null, () -> UNHURRIED);
        CouponRequest request = CouponRequest.read(claim.request());
        if (safeInFile(work, request)) {
            files.create(claim, deployment, request);
            return;
        }
        Optional<JsonNode> found = find(work, request);
        if (found.isPresent()) {
            claim.settled(found.get());
        } else if (request.again()) {
            CouponRequest next = CouponRequest.read(claim.request());
            if (inFiles(work, next)) {
                files.create(claim, deployment, next);
            } else {
                claim.settled(send(work, next, true, Optional.empty()));
            }
        }
    }

    /** Waits until all is told that is worked on for other gateways. */
    @Override
    public void close() {
        files.close();
    }

    /** What a dry run is told: the coupon as it would be, with the pattern in place of a code. */
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

    /** A whole discount limit is given without a fraction: partners read an integer there. */
    private static JsonNode whole(JsonNode coupon) {
        JsonNode limit = coupon.path("discountLimit");
        if (!limit.isFloatingPointNumber()
                || limit.decimalValue().stripTrailingZeros().scale() > 0) {
            return coupon;
        }
        return ((ObjectNode) coupon.deepCopy())
                .put("discountLimit", limit.decimalValue().longValue());
    }

    private static boolean inFiles(Work work, CouponRequest request) {
        return work.deployment.batching() && request.fitsFile();
    }

    /** A lone coupon is created at once, with one call; what comes in numbers is created in files. */
    private JsonNode first(Work work, CouponRequest request) {
        if (!inFiles(work, request)) {
            return send(work, request, false, Optional.empty());
        }
        Optional<Turn> alone = files.alone(work.deployment);
        return alone.isPresent() ? send(work, request, false, alone) : inFile(work, request);
    }

    private JsonNode inFile(Work work, CouponRequest request) {
        return files.create(work.claim, work.deployment, work.partyName(), work.patience.get(), request);
    }

    /** What was sent in a file can be sent in another one at any time. */
    private boolean safeInFile(Work work, CouponRequest request) {
        return request.wasInFile()
                && request.again()
                && inFiles(work, request)
                && work.claim.sinceSent().compareTo(settleTime) < 0
                && work.claim.age().compareTo(NOT_SENT_AGAIN) < 0;
    }

    /** Finishes what an earlier call of the same key left with an unknown outcome. */
    private JsonNode resume(Work work) {
        CouponRequest request = CouponRequest.read(work.claim.request());
        if (safeInFile(work, request)) {
            work.claim.note("sent again in a file, which is safe");
            return inFile(work, request);
        }
        Optional<JsonNode> found = find(work, request);
        if (found.isPresent()) {
            return found.get();
        }
        CouponRequest next = CouponRequest.read(work.claim.request());
        return inFiles(work, next) ? inFile(work, next) : send(work, next, true, Optional.empty());
    }

    /**
     * Looks for what was sent before. When it is not there, nothing is under way any more: what is sent next is the
     * claim's request, with another code where another coupon has the first.
     *
     * @throws Refusal when it is not known
     */
    private Optional<JsonNode> find(Work work, CouponRequest request) {
        Claim claim = work.claim;
        // What becomes visible while it is being looked for may be missed: the look counts from its beginning.
        boolean settled = claim.sinceSent().compareTo(settleTime) >= 0;
        Optional<JsonNode> found;
        try {
            found = lookup.find(work.deployment, work.patience.get(), request.path(), request.code(), work.earliest());
        } catch (Refusal e) {
            throw Refusal.unknown(e.status(), e.getMessage());
        }
        if (found.isEmpty()) {
            if (!settled) {
                throw unknown();
            }
            claim.note("not found: the same code is sent again");
            claim.absent();
            return found;
        }
        switch (CouponMatch.of(found.get(), request, claim, work.deployment)) {
            case OURS -> {
                claim.note("found by its code");
                return found;
            }
            case OLDER -> {
                claim.parked("a coupon that is as wanted and has the code was there before, by the clocks");
                throw unknown();
            }
            default -> {
                claim.note("the code was taken");
                claim.absent();
                claim.request(another(request).content());
                return Optional.empty();
            }
        }
    }

    private static Refusal unknown() {
        return Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon");
    }

    /** The same with another code. */
    private static CouponRequest another(CouponRequest request) {
        if (request.pattern().fixed()) {
            throw Refusal.of(400, "/couponPattern: a coupon with this code exists already");
        }
        if (request.drawn() >= MOST_CODES) {
            throw Refusal.retry(503, "No free coupon code was found: give a longer couponPattern", SOON);
        }
        return request.redrawn();
    }

    /**
     * Sends codes with createCoupons until one is free.
     *
     * @param sentBefore whether the first code was sent before: when it is taken, the coupon may be the claim's own
     * @param first turn for the first code; empty = it has to be waited for
     */
    private JsonNode send(Work work, CouponRequest coupon, boolean sentBefore, Optional<Turn> first) {
        CouponRequest request = coupon;
        Optional<Turn> given = first;
        for (boolean perhapsOurs = sentBefore; ; perhapsOurs = false) {
            // Nothing is written down for a call whose turn does not come.
            Turn turn = given.orElseGet(() -> talonOne.turn(work.deployment, create, work.party, work.patience.get()));
            given = Optional.empty();
            UpstreamCall call;
            try {
                long sendBy = work.claim.sending(request.content());
                call = call(work, request).sentBy(sendBy);
            } catch (RuntimeException e) {
                turn.unused();
                throw e;
            }
            Optional<JsonNode> made = send(work, request, call, turn);
            if (made.isPresent()) {
                return made.get();
            }
            if (perhapsOurs) {
                JsonNode there = lookup.find(work.deployment, work.patience.get(), request.path(), request.code(), null)
                        .orElseThrow(CouponCreation::unknown);
                if (CouponMatch.of(there, request, work.claim, work.deployment) == CouponMatch.OURS) {
                    return there;
                }
            }
            work.claim.absent();
            work.claim.note("the code was taken");
            request = another(request);
        }
    }

    private UpstreamCall call(Work work, CouponRequest request) {
        ObjectNode parts = JsonNodeFactory.instance.objectNode();
        parts.set("path", request.path());
        parts.set("body", request.body());
        parts.putObject("query").put("silent", "no");
        return UpstreamCall.of(create, work.deployment, null, parts, null, work.patience.get());
    }

    /**
     * Sends one literal code.
     *
     * @return empty when another coupon has it
     */
    private Optional<JsonNode> send(Work work, CouponRequest request, UpstreamCall call, Turn turn) {
        Claim claim = work.claim;
        UpstreamAnswer answer;
        try {
            answer = talonOne.send(call, turn);
        } catch (Refusal e) {
            claim.postponed();
            throw e;
        } catch (Unanswered e) {
            if (!e.sent()) {
                claim.postponed();
                throw TalonOne.refusal(create, e);
            }
            claim.note("no answer");
            return Optional.of(findNow(work, request, TalonOne.refusal(create, e)));
        }
        JsonNode coupon = answer.body().path("data").path(0);
        if (answer.ok()
                && CouponRequest.caseless(coupon.path("value").asText("")).equals(request.caselessCode())) {
            return Optional.of(coupon);
        }
        if (codeIsTaken(answer)) {
            return Optional.empty();
        }
        if (answer.status() == 429) {
            claim.postponed();
            throw TalonOne.refusal(create, answer);
        }
        if (!answer.ok() && !answer.doubtful()) {
            if (!claim.refused()) {
                throw unknown();
            }
            throw TalonOne.refusal(create, answer);
        }
        claim.note("answered " + answer.status());
        // A success without the coupon is as unclear as an answer nobody can read.
        return Optional.of(findNow(
                work,
                request,
                answer.ok()
                        ? Refusal.unknown(502, "Talon.One's answer could not be read")
                        : TalonOne.refusal(create, answer)));
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

    /** Looks the code up right after an unknown outcome, when there is time; else the sweeper or the next repeat does. */
    private JsonNode findNow(Work work, CouponRequest request, Refusal otherwise) {
        try {
            return lookup.find(work.deployment, work.patience.get(), request.path(), request.code(), work.earliest())
                    .filter(coupon -> CouponMatch.of(coupon, request, work.claim, work.deployment) == CouponMatch.OURS)
                    .orElseThrow(() -> otherwise);
        } catch (Refusal e) {
            throw otherwise;
        }
    }
}
