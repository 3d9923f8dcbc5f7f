package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;

/** Customer sessions. Members that are left out keep what they held. */
final class Sessions {

    private static final int MOST_ITEMS = 1000;
    private static final int MOST_PIECES = 10_000;

    private final World world;
    private final Attributes attributes;
    private final States states;

    Sessions(World world, Attributes attributes, States states) {
        this.world = world;
        this.attributes = attributes;
        this.states = states;
    }

    Answer update(Call call) {
        JsonNode wanted = call.body().path("customerSession");
        require(wanted);
        String id = call.path().get("customerSessionId");
        ObjectNode session =
                world.sessions.computeIfAbsent(call.application() + " " + id, key -> fresh(call.application(), id));
        boolean wasClosed = session.path("state").asText().equals("closed");
        for (Map.Entry<String, JsonNode> member : wanted.properties()) {
            if (member.getKey().equals("attributes")) {
                Profile.merge((ObjectNode) session.get("attributes"), member.getValue());
            } else {
                session.set(member.getKey(), member.getValue());
            }
        }
        totals(session);
        session.put("updated", world.now())
                .put("updateCount", session.path("updateCount").asInt() + 1);
        String profileId = session.path("profileId").asText();
        Profile profile = profileId.isEmpty() ? null : world.profile(profileId);
        if (profile != null) {
            profile.active(world.now());
            if (!wasClosed && session.path("state").asText().equals("closed")) {
                profile.bought(session.path("total"));
            }
        }
        return Answer.ok(state(call, session, profile));
    }

    private void require(JsonNode wanted) {
        ArrayNode errors = Json.array();
        attributes.check("CustomerSession", null, true, wanted.path("attributes"), "/attributes", errors);
        JsonNode items = wanted.path("cartItems");
        long pieces = 0;
        for (int i = 0; i < items.size(); i++) {
            String at = "/cartItems/" + i + "/attributes";
            attributes.check("CartItem", null, true, items.get(i).path("attributes"), at, errors);
            pieces += items.get(i).path("quantity").asLong();
        }
        if (items.size() > MOST_ITEMS || pieces > MOST_PIECES) {
            Refusal.add(errors, "Invalid", "At most 1000 items and 10000 pieces", "pointer", "/cartItems");
        }
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(errors);
        }
    }

    private ObjectNode fresh(int application, String id) {
        ObjectNode session = Json.object()
                .put("id", world.nextId("session"))
                .put("created", world.now())
                .put("integrationId", id)
                .put("applicationId", application)
                .put("profileId", "")
                .put("firstSession", true)
                .put("updateCount", -1)
                .put("state", "open");
        session.putArray("couponCodes");
        session.put("referralCode", "");
        session.putArray("cartItems");
        session.putObject("attributes");
        return session;
    }

    private static void totals(ObjectNode session) {
        BigDecimal items = BigDecimal.ZERO;
        BigDecimal itemCosts = BigDecimal.ZERO;
        for (JsonNode item : session.path("cartItems")) {
            BigDecimal pieces = item.path("quantity").decimalValue();
            items = items.add(item.path("price").decimalValue().multiply(pieces));
            itemCosts = itemCosts.add(costs(item).multiply(pieces));
        }
        BigDecimal costs = costs(session);
        session.put("cartItemTotal", items);
        session.put("cartItemAdditionalCostTotal", itemCosts);
        session.put("additionalCostTotal", costs.add(itemCosts));
        session.put("total", items.add(costs).add(itemCosts));
    }

    private static BigDecimal costs(JsonNode of) {
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode cost : of.path("additionalCosts")) {
            sum = sum.add(cost.path("price").decimalValue());
        }
        return sum;
    }

    private ObjectNode state(Call call, ObjectNode session, Profile profile) {
        ObjectNode state = Json.object();
        if (States.asked(call, "customerSession")) {
            state.set("customerSession", session);
        }
        state.setAll(states.state(call, profile));
        if (States.asked(call, "event")) {
            ObjectNode event = states.event(
                    call.application(), session.path("profileId").asText(), "talang_session_updated", Json.object());
            state.set(
                    "event",
                    event.put("sessionId", session.path("integrationId").asText()));
        }
        if (States.asked(call, "coupons")) {
            ArrayNode coupons = state.putArray("coupons");
            for (JsonNode code : session.path("couponCodes")) {
                Coupon coupon = world.coupon(code.asText());
                if (coupon != null && world.applicationOf(coupon.campaign()) == call.application()) {
                    coupons.add(coupon.json().deepCopy().put("profileRedemptionCount", 0));
                }
            }
        }
        if (States.asked(call, "referral")
                && !session.path("referralCode").asText().isEmpty()) {
            referral(session.path("referralCode").asText(), state);
        }
        if (States.asked(call, "previousReturns")) {
            state.putArray("previousReturns");
        }
        return state;
    }

    private void referral(String code, ObjectNode state) {
        for (ObjectNode referral : World.all(world.referralsByAdvocate)) {
            if (referral.path("code").asText().equalsIgnoreCase(code)) {
                state.set("referral", referral.deepCopy().set("referredCustomers", Json.array()));
            }
        }
    }
}
