package dev.partnergateway.referral;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.access.Campaign;
import dev.partnergateway.access.KnownKeys;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.idempotency.Finisher;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Timestamps;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:createReferral}: takes {@code {body}} of createReferral, gives the referral. Talon.One takes
 * no key for it: an unknown outcome is looked up among the advocate's referrals (docs/behaviour.md#referrals). It has no
 * dry run either: a caller that asked for one gets the referral as it would be.
 */
public final class ReferralCreation implements UpstreamStep, Finisher {

    private static final Duration UNHURRIED = Duration.ofSeconds(5);

    private final TalonOne talonOne;
    private final Access access;
    private final ReplayingRepository answers;
    private final KnownKeys keys;
    private final Duration settleTime;
    private final UpstreamOperation create;
    private final UpstreamOperation inventory;

    /**
     * Puts the step together.
     *
     * @param answers writes down calls that came without a key of their own
     * @param keys referrals can be looked up with no other
     * @param settleTime how long after it was sent Talon.One may take to list a referral
     */
    public ReferralCreation(
            TalonOne talonOne, Access access, ReplayingRepository answers, KnownKeys keys, Duration settleTime) {
        this.talonOne = talonOne;
        this.access = access;
        this.answers = answers;
        this.keys = keys;
        this.settleTime = settleTime;
        this.create = talonOne.contract().operation("createReferral");
        this.inventory = talonOne.contract().operation("getCustomerInventory");
    }

    /** Whom Talon.One is asked for, with which key, and how long it may take. */
    private record Party(Deployment deployment, Credential key, Supplier<Duration> patience) {}

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        if (call.checked().dryRun()) {
            return rehearsed(call, (ObjectNode) request.get("body"));
        }
        keys.remember(call.credential());
        Party party = new Party(call.deployment(), call.credential(), call::upstreamWait);
        boolean repeatable = Claim.of(exchange).isPresent();
        Claim claim = Claim.of(exchange).orElseGet(() -> answers.record(exchange));
        call.sends(repeatable ? PartnerCall.Phase.SENDING : PartnerCall.Phase.SENDING_ONCE);
        JsonNode referral = claim.outcome().orElseGet(() -> once(party, claim, request));
        claim.settled(referral);
        return referral;
    }

    /** Looks only: what is not there is sent when the partner still wants it, and not before. */
    @Override
    public void finish(Deployment deployment, Claim claim) {
        Credential key = keys.find(claim.request().path("key").asText())
                .orElseThrow(
                        () -> Refusal.unknown(503, "The partner's key has not been used since this gateway started"));
        look(new Party(deployment, key, () -> UNHURRIED), claim).ifPresent(claim::settled);
    }

    private JsonNode once(Party party, Claim claim, ObjectNode request) {
        if (claim.unknown()) {
            Optional<JsonNode> found = look(party, claim);
            if (found.isPresent()) {
                return found.get();
            }
            claim.note("not found: it is sent again");
        }
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("operation", create.id());
        content.put("key", party.key().hash());
        content.set("body", request.get("body"));
        UpstreamCall call = UpstreamCall.of(
                create,
                party.deployment(),
                party.key(),
                request,
                null,
                party.patience().get());
        long sendBy = claim.sending(content);
        try {
            return talonOne.call(call.sentBy(sendBy));
        } catch (Refusal refusal) {
            if (refusal.effect() == Refusal.Effect.NONE) {
                claim.refused();
            }
            throw refusal;
        }
    }

    /**
     * Looks for what was sent. When it is not there, nothing is under way any more.
     *
     * @throws Refusal when that is not known yet
     */
    private Optional<JsonNode> look(Party party, Claim claim) {
        // What becomes visible while it is being looked for may be missed: the look counts from its beginning.
        boolean settled = claim.sinceSent().compareTo(settleTime) >= 0;
        Optional<JsonNode> found = find(party, claim);
        if (found.isEmpty() && !settled) {
            throw Refusal.unknown(503, "It is not known yet whether Talon.One created the referral");
        }
        if (found.isEmpty()) {
            claim.absent();
        }
        return found;
    }

    private Optional<JsonNode> find(Party party, Claim claim) {
        JsonNode wanted = claim.request().path("body");
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.putObject("path")
                .put(
                        "integrationId",
                        wanted.path("advocateProfileIntegrationId").asText());
        request.putObject("query").put("referrals", "true");
        JsonNode answer;
        try {
            answer = talonOne.call(UpstreamCall.of(
                    inventory,
                    party.deployment(),
                    party.key(),
                    request,
                    null,
                    party.patience().get()));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw Refusal.unknown(refusal.status(), refusal.getMessage());
        }
        Instant earliest = party.deployment().clock().earliest(Instant.now().minus(claim.age()));
        for (JsonNode referral : answer.path("referrals")) {
            if (same(referral, wanted)
                    && !Timestamps.of(referral.path("created")).isBefore(earliest)
                    && !claim.belongsToAnother(party.deployment().name(), referral)) {
                claim.note("found among the advocate's referrals");
                return Optional.of(referral);
            }
        }
        return Optional.empty();
    }

    private static boolean same(JsonNode referral, JsonNode wanted) {
        for (String name : List.of("campaignId", "friendProfileIntegrationId")) {
            if (!referral.path(name).asText("").equals(wanted.path(name).asText(""))) {
                return false;
            }
        }
        for (String name : List.of("startDate", "expiryDate")) {
            if (wanted.has(name) && !Timestamps.of(referral.path(name)).equals(Timestamps.of(wanted.path(name)))) {
                return false;
            }
        }
        if (wanted.has("usageLimit")
                && wanted.path("usageLimit").asLong()
                        != referral.path("usageLimit").asLong()) {
            return false;
        }
        for (Map.Entry<String, JsonNode> attribute : wanted.path("attributes").properties()) {
            if (!sameValue(attribute.getValue(), referral.path("attributes").path(attribute.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Numbers and times may come back in another spelling; lists and places are not looked into. */
    private static boolean sameValue(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        boolean times =
                !Timestamps.of(one).equals(Instant.EPOCH) && Timestamps.of(one).equals(Timestamps.of(other));
        return times || one.isContainerNode() || one.equals(other);
    }

    private JsonNode rehearsed(PartnerCall call, ObjectNode fields) {
        Campaign campaign =
                access.runningCampaign(call, fields.path("campaignId").asLong());
        ObjectNode referral = JsonNodeFactory.instance.objectNode();
        referral.put("id", 0);
        referral.setAll(fields);
        referral.put("code", campaign.referralPattern());
        referral.put("usageCounter", 0);
        referral.put("dryRun", true);
        return referral;
    }
}
