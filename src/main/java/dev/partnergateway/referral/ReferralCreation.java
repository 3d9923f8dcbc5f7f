package dev.partnergateway.referral;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.access.Campaign;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:createReferral}: takes {@code {body}} of createReferral, gives the referral. Talon.One has
 * no dry run of its own (contract 2.7): a caller that asked for one gets the referral as it would be.
 */
public final class ReferralCreation implements UpstreamStep {

    private final TalonOne talonOne;
    private final Access access;
    private final UpstreamOperation create;

    /** Puts the step together. */
    public ReferralCreation(TalonOne talonOne, Access access) {
        this.talonOne = talonOne;
        this.access = access;
        this.create = talonOne.contract().operation("createReferral");
    }

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        if (call.checked().dryRun()) {
            return rehearsed(call, (ObjectNode) request.get("body"));
        }
        Claim claim = Claim.of(exchange).orElse(null);
        if (claim != null && claim.outcome().isPresent()) {
            return claim.outcome().get();
        }
        call.phase(PartnerCall.Phase.SENDING);
        JsonNode referral = talonOne.call(
                UpstreamCall.of(create, call.deployment(), call.credential(), request, null, call.upstreamWait()));
        if (claim != null) {
            claim.settled(referral);
        }
        return referral;
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
