package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Creation of referrals. */
final class Referrals {

    private final World world;
    private final Attributes attributes;

    Referrals(World world, Attributes attributes) {
        this.world = world;
        this.attributes = attributes;
    }

    Answer create(Call call) {
        JsonNode wanted = call.body();
        ObjectNode campaign = world.campaigns.get(wanted.path("campaignId").intValue());
        // The operation documents no 404.
        if (campaign == null || campaign.path("applicationId").asInt() != call.application()) {
            throw Refusal.badRequest("Invalid", "There is no such campaign", "pointer", "/campaignId");
        }
        if (!World.offers(campaign, "referrals")) {
            throw Refusal.badRequest("Invalid", "The campaign has no referrals", "pointer", "/campaignId");
        }
        Coupons.requireOrder(wanted);
        attributes.require("Referral", null, false, wanted.path("attributes"));
        Profile advocate =
                world.profile(wanted.path("advocateProfileIntegrationId").asText());
        ObjectNode referral = Json.object()
                .put("id", world.nextId("referral"))
                .put("created", world.now())
                .put("campaignId", campaign.path("id").asInt())
                .put("advocateProfileIntegrationId", advocate.integrationId());
        Json.copy(wanted, referral, "friendProfileIntegrationId", "startDate", "expiryDate");
        referral.put("usageLimit", wanted.path("usageLimit").asInt());
        referral.putObject("attributes");
        Json.copy(wanted, referral, "attributes");
        referral.put("code", code(campaign.path("referralSettings"))).put("usageCounter", 0);
        referral.put("batchId", "batch-" + world.nextId("batch"));
        world.addReferral(referral);
        return Answer.created(referral);
    }

    private String code(JsonNode settings) {
        String code;
        do {
            code = world.expand(settings.path("couponPattern").asText(), settings.path("validCharacters"));
        } while (!world.claimReferralCode(code));
        return code;
    }
}
