package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Answers that tell the state after a call. No rules run here, so nothing was triggered, awarded or created. */
final class States {

    private final World world;
    private final Loyalty loyalty;

    States(World world, Loyalty loyalty) {
        this.world = world;
        this.loyalty = loyalty;
    }

    /**
     * A state with the parts that need no more than a profile.
     *
     * @param profile the profile, or null for an anonymous session
     */
    ObjectNode state(Call call, Profile profile) {
        ObjectNode state = Json.object();
        if (profile != null && asked(call, "customerProfile")) {
            state.set("customerProfile", profile.json(world.audiences));
        }
        if (profile != null && asked(call, "loyalty")) {
            state.set("loyalty", loyalty.of(profile, call.application()));
        }
        for (String list : new String[] {"triggeredCampaigns", "ruleFailureReasons", "awardedGiveaways"}) {
            if (asked(call, list)) {
                state.putArray(list);
            }
        }
        state.putArray("effects");
        state.putArray("createdCoupons");
        state.putArray("createdReferrals");
        return state;
    }

    static boolean asked(Call call, String part) {
        for (JsonNode wanted : call.body().path("responseContent")) {
            if (wanted.asText().equals(part)) {
                return true;
            }
        }
        return false;
    }

    /** An event as Talon.One answers it. */
    ObjectNode event(int application, String profile, String type, JsonNode attributes) {
        ObjectNode event = Json.object()
                .put("id", world.nextId("event"))
                .put("created", world.now())
                .put("applicationId", application)
                .put("profileId", profile)
                .put("type", type);
        event.set("attributes", attributes.isObject() ? attributes : Json.object());
        event.putArray("effects");
        return event;
    }
}
