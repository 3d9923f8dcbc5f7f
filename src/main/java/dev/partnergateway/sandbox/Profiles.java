package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Customer profiles: updates, events and what a profile holds. */
final class Profiles {

    private static final int MOST_AT_ONCE = 1000;

    private final World world;
    private final Attributes attributes;
    private final Loyalty loyalty;
    private final States states;
    private final Limits limits;

    Profiles(World world, Attributes attributes, Loyalty loyalty, States states, Limits limits) {
        this.world = world;
        this.attributes = attributes;
        this.loyalty = loyalty;
        this.states = states;
        this.limits = limits;
    }

    Answer update(Call call) {
        boolean rules = call.is("runRuleEngine");
        if (!rules && call.body().has("responseContent")) {
            throw Refusal.badRequest("Invalid", "Not without runRuleEngine=true", "pointer", "/responseContent");
        }
        attributes.require("CustomerProfile", null, true, call.body().path("attributes"));
        JsonNode changes = call.body().path("audiencesChanges");
        requireAudiences(changes.path("adds"), "/audiencesChanges/adds");
        requireAudiences(changes.path("deletes"), "/audiencesChanges/deletes");
        Profile profile = world.profile(call.path().get("integrationId"));
        profile.active(world.now());
        profile.change(call.body().path("attributes"));
        // Without the rules Talon.One leaves the audiences as they are.
        if (rules) {
            changes.path("adds").forEach(id -> profile.audiences().add(id.intValue()));
            changes.path("deletes").forEach(id -> profile.audiences().remove(id.intValue()));
        }
        ObjectNode state = states.state(call, profile);
        if (States.asked(call, "event")) {
            ObjectNode event = states.event(
                    call.application(), profile.integrationId(), "talang_customer_profile_updated", Json.object());
            state.set("event", event);
        }
        return Answer.ok(state);
    }

    private void requireAudiences(JsonNode ids, String at) {
        for (int i = 0; i < ids.size(); i++) {
            if (!world.audiences.containsKey(ids.get(i).intValue())) {
                throw Refusal.badRequest("Unknown", "There is no such audience", "pointer", at + "/" + i);
            }
        }
    }

    Answer updateMany(Call call) {
        JsonNode all = call.body().path("customerProfiles");
        if (all.size() > MOST_AT_ONCE) {
            throw Refusal.badRequest("Invalid", "At most 1000 profiles", "pointer", "/customerProfiles");
        }
        ArrayNode errors = Json.array();
        for (int i = 0; i < all.size(); i++) {
            String at = "/customerProfiles/" + i + "/attributes";
            attributes.check("CustomerProfile", null, true, all.get(i).path("attributes"), at, errors);
        }
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(errors);
        }
        ObjectNode body = Json.object();
        ArrayNode integrationStates = body.putArray("integrationStates");
        for (JsonNode one : all) {
            Profile profile = world.profile(one.path("integrationId").asText());
            profile.active(world.now());
            profile.change(one.path("attributes"));
            integrationStates.addObject().set("customerProfile", profile.json(world.audiences));
        }
        return call.silent() ? Answer.nothing() : Answer.ok(body);
    }

    Answer event(Call call) {
        JsonNode wanted = call.body();
        if (wanted.path("profileId").asText("").isEmpty()) {
            throw Refusal.badRequest("Invalid", "An event needs a profile", "pointer", "/profileId");
        }
        String type = wanted.path("type").asText();
        if (!world.eventTypes.contains(type)) {
            throw Refusal.badRequest("Unknown", "There is no event type '" + type + "'", "pointer", "/type");
        }
        attributes.require("Event", type, false, wanted.path("attributes"));
        Profile profile = world.profile(wanted.path("profileId").asText());
        profile.active(world.now());
        ObjectNode event = states.event(call.application(), profile.integrationId(), type, wanted.path("attributes"));
        world.events.add(event);
        if (call.silent()) {
            return Answer.nothing();
        }
        ObjectNode state = states.state(call, profile);
        if (States.asked(call, "event")) {
            state.set("event", event);
        }
        return Answer.ok(state);
    }

    Answer inventory(Call call) {
        Profile profile = world.profiles.get(call.path().get("integrationId"));
        if (profile == null) {
            throw Refusal.notFound("Customer profile");
        }
        ObjectNode body = Json.object();
        if (call.is("profile")) {
            body.set("profile", profile.json(world.audiences));
        }
        if (call.is("loyalty")) {
            body.set("loyalty", loyalty.of(profile, call.application()));
        }
        if (call.is("referrals")) {
            referrals(call, profile, body.putArray("referrals"));
        }
        if (call.is("coupons")) {
            coupons(call, profile, body.putArray("coupons"));
        }
        return Answer.ok(body);
    }

    private void referrals(Call call, Profile profile, ArrayNode to) {
        Instant listed = world.clock.instant().minusMillis(limits.listingLagMillis());
        for (ObjectNode referral : world.referralsByAdvocate.getOrDefault(profile.integrationId(), List.of())) {
            boolean late = Times.read(referral.path("created").asText()).isAfter(listed);
            if (!late && world.applicationOf(referral.path("campaignId").asInt()) == call.application()) {
                to.add(referral.deepCopy().set("referredCustomers", Json.array()));
            }
        }
    }

    private void coupons(Call call, Profile profile, ArrayNode to) {
        Instant now = world.clock.instant();
        for (Coupon coupon : world.couponsOf(profile.integrationId())) {
            ObjectNode campaign = world.campaigns.get(coupon.campaign());
            if (campaign.path("applicationId").asInt() == call.application()) {
                ObjectNode json = coupon.json().deepCopy();
                json.put("profileRedemptionCount", 0).put("state", coupon.state(campaign, now));
                to.add(json);
            }
        }
    }
}
