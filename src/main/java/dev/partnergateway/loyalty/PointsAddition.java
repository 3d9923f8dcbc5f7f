package dev.partnergateway.loyalty;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.KnownKeys;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.idempotency.Finisher;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:addLoyaltyPoints}: takes {@code {path, body}} of addLoyaltyPoints, gives nothing. Talon.One
 * takes no key for it and tells no id: what is sent is written down before, and an unknown outcome is looked up among the
 * profile's transactions (docs/behaviour.md#points). What a partner can repeat, because it gave an {@code Idempotency-Key}, is sent
 * once more when it is certain that it is not there. What it cannot repeat is never sent again: it has been told that
 * the outcome is not known, and may have acted on that.
 */
public final class PointsAddition implements UpstreamStep, Finisher {

    private static final Duration UNHURRIED = Duration.ofSeconds(5);

    private final TalonOne talonOne;
    private final ReplayingRepository answers;
    private final PointsLookup lookup;
    private final UpstreamOperation add;
    private final KnownKeys keys;
    private final Duration settleTime;

    /**
     * Puts the step together.
     *
     * @param answers writes down calls that came without a key of their own
     * @param keys transactions can be looked up with no other
     * @param settleTime how long Talon.One may take to list a transaction that it has made
     */
    public PointsAddition(TalonOne talonOne, ReplayingRepository answers, KnownKeys keys, Duration settleTime) {
        this.talonOne = talonOne;
        this.answers = answers;
        this.keys = keys;
        this.lookup = new PointsLookup(talonOne, settleTime);
        this.add = talonOne.contract().operation("addLoyaltyPoints");
        this.settleTime = settleTime;
    }

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        keys.remember(call.credential());
        boolean repeatable = Claim.of(exchange).isPresent();
        Claim claim = Claim.of(exchange).orElseGet(() -> answers.record(exchange));
        if (claim.outcome().isEmpty()) {
            call.sends(repeatable ? PartnerCall.Phase.SENDING : PartnerCall.Phase.SENDING_ONCE);
            if (claim.unknown()) {
                resume(call.deployment(), claim, call::upstreamWait);
            } else {
                ObjectNode content = request.deepCopy();
                content.put("operation", add.id());
                content.put("key", call.credential().hash());
                content.put("sendAgain", repeatable);
                send(call.deployment(), claim, content, call::upstreamWait);
            }
        }
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void finish(Deployment deployment, Claim claim) {
        resume(deployment, claim, () -> UNHURRIED);
    }

    private void send(Deployment deployment, Claim claim, ObjectNode content, Supplier<Duration> patience) {
        Points points = new Points(content);
        UpstreamCall upstream = UpstreamCall.of(add, deployment, null, content, null, patience.get());
        AtomicBoolean written = new AtomicBoolean();
        UpstreamAnswer answer;
        try {
            answer = talonOne.sendOnce(upstream, () -> {
                long sendBy = claim.sending(content, points.name());
                written.set(true);
                return sendBy;
            });
        } catch (Unanswered e) {
            if (!e.sent()) {
                claim.refused();
                throw TalonOne.refusal(add, e);
            }
            claim.note("no answer");
            recognise(deployment, claim, points, unknown(504, points), patience);
            return;
        } catch (Refusal refusal) {
            // Nothing was sent; what an earlier call has written down stays unknown.
            if (written.get()) {
                claim.refused();
            } else if (claim.unknown()) {
                throw Refusal.unknown(refusal.status(), refusal.getMessage());
            }
            throw refusal;
        }
        if (answer.ok()) {
            claim.settled(points.madeWithoutId());
        } else if (!answer.doubtful()) {
            claim.refused();
            throw TalonOne.refusal(add, answer);
        } else {
            claim.note("answered " + answer.status());
            Refusal refusal = TalonOne.refusal(add, answer);
            recognise(deployment, claim, points, refusal.isBusy() ? refusal : unknown(502, points), patience);
        }
    }

    /** Looks right away, when there is time; the sweeper or a repeat looks again. */
    private void recognise(
            Deployment deployment, Claim claim, Points points, Refusal otherwise, Supplier<Duration> patience) {
        PointsLookup.Found found;
        try {
            found = lookup.find(deployment, key(points), claim, points, patience.get());
        } catch (Refusal refusal) {
            throw otherwise;
        }
        if (found.certain()) {
            claim.note("found among the profile's transactions");
            claim.settled(found.transaction());
        } else {
            parkIfSeveral(claim, found);
            throw otherwise;
        }
    }

    private void resume(Deployment deployment, Claim claim, Supplier<Duration> patience) {
        Points points = new Points(claim.request());
        PointsLookup.Found found;
        // What becomes visible while it is being looked for may be missed: the look counts from its beginning.
        boolean settled = claim.sinceSent().compareTo(settleTime) >= 0;
        try {
            found = lookup.find(deployment, key(points), claim, points, patience.get());
        } catch (Refusal refusal) {
            throw Refusal.unknown(refusal.status(), refusal.getMessage());
        }
        if (found.certain()) {
            claim.note("found among the profile's transactions");
            claim.settled(found.transaction());
            return;
        }
        parkIfSeveral(claim, found);
        if (found.none() && settled && points.mayBeSentAgain()) {
            claim.note("not found: it is sent once more");
            claim.absent();
            send(deployment, claim, points.lastTime(), patience);
            return;
        }
        if (found.none() && settled) {
            claim.parked("Talon.One lists no such points; it is not sent again, because its caller was told so, or"
                    + " because it was sent twice");
        }
        throw unknown(found.soon() || found.none() && !settled ? 503 : 504, points);
    }

    private static void parkIfSeveral(Claim claim, PointsLookup.Found found) {
        if (found.several()) {
            claim.parked("Talon.One lists equal points that were added at the same time: it cannot be told whose");
        }
    }

    private Credential key(Points points) {
        return keys.find(points.keyHash())
                .orElseThrow(
                        () -> Refusal.unknown(503, "The partner's key has not been used since this gateway started"));
    }

    private static Refusal unknown(int status, Points points) {
        return points.repeatable()
                ? Refusal.unknown(status, "It is not known yet whether the points were added")
                : Refusal.unknownForGood(
                        status,
                        "It is not known whether the points were added, and sending this again may add them a second"
                                + " time: the operator has a record of it");
    }
}
