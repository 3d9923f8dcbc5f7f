package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Creation and reservation of coupons. */
final class Coupons {

    static final String DUPLICATE = "Coupon code must be unique";

    private static final int MOST_AT_ONCE = 20_000;
    private static final int SHORTEST_CODE = 4;
    private static final int DRAWS = 20;

    private final World world;
    private final Attributes attributes;

    Coupons(World world, Attributes attributes) {
        this.world = world;
        this.attributes = attributes;
    }

    Answer create(Call call) {
        JsonNode wanted = call.body();
        int count = wanted.path("numberOfCoupons").intValue();
        if (count < 1 || count > MOST_AT_ONCE) {
            throw Refusal.badRequest("Invalid", "Must be from 1 to " + MOST_AT_ONCE, "pointer", "/numberOfCoupons");
        }
        List<String> recipients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            recipients.add(wanted.path("recipientIntegrationId").asText(""));
        }
        return create(call, recipients);
    }

    Answer createForRecipients(Call call) {
        List<String> recipients = new ArrayList<>();
        call.body().path("recipientsIntegrationIds").forEach(id -> recipients.add(id.asText()));
        return create(call, recipients);
    }

    private Answer create(Call call, List<String> recipients) {
        ObjectNode campaign = campaignWithCoupons(call);
        JsonNode wanted = call.body();
        requireOrder(wanted);
        attributes.require("Coupon", null, false, wanted.path("attributes"));
        JsonNode settings = campaign.path("couponSettings");
        String pattern = wanted.path("couponPattern")
                .asText(settings.path("couponPattern").asText("####-####"));
        List<String> codes = draw(pattern, characters(wanted, settings), recipients.size());
        String batch = "batch-" + world.nextId("batch");
        List<ObjectNode> created = new ArrayList<>();
        for (int i = 0; i < codes.size(); i++) {
            ObjectNode coupon = coupon(campaign.path("id").asInt(), codes.get(i), wanted);
            if (!recipients.get(i).isEmpty()) {
                coupon.put("recipientIntegrationId", recipients.get(i));
            }
            coupon.put("batchId", batch);
            world.addCoupon(new Coupon(coupon));
            created.add(coupon);
        }
        if (call.silent()) {
            return Answer.nothing();
        }
        ObjectNode body = Json.object().put("totalResultSize", created.size());
        body.set("data", Json.array(created));
        return Answer.ok(body);
    }

    /**
     * @throws Refusal 404 when there is no such campaign, 400 when it has no coupons
     */
    ObjectNode campaignWithCoupons(Call call) {
        ObjectNode campaign = world.campaign(call.id("applicationId"), call.id("campaignId"));
        if (!World.offers(campaign, "coupons")) {
            throw Refusal.badRequest("Invalid", "The campaign has no coupons", "resource", "campaign");
        }
        return campaign;
    }

    private static JsonNode characters(JsonNode wanted, JsonNode settings) {
        JsonNode own = wanted.path("validCharacters");
        if (!own.isEmpty()) {
            return own;
        }
        JsonNode common = settings.path("validCharacters");
        return common.isEmpty() ? Seed.characters() : common;
    }

    private List<String> draw(String pattern, JsonNode characters, int count) {
        if (!pattern.contains("#") && (count > 1 || world.coupon(pattern) != null)) {
            throw Refusal.badRequest(DUPLICATE, "There is a coupon '" + pattern + "'", "pointer", "/couponPattern");
        }
        List<String> codes = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        while (codes.size() < count) {
            String code = drawOne(pattern, characters, taken);
            if (code.length() < SHORTEST_CODE) {
                throw Refusal.badRequest("Invalid", "A code has at least 4 characters", "pointer", "/couponPattern");
            }
            codes.add(code);
        }
        return codes;
    }

    private String drawOne(String pattern, JsonNode characters, Set<String> taken) {
        for (int i = 0; i < DRAWS; i++) {
            String code = world.expand(pattern, characters);
            if (world.coupon(code) == null && taken.add(code.toLowerCase(Locale.ROOT))) {
                return code;
            }
        }
        throw Refusal.badRequest(DUPLICATE, "The pattern gives no more codes", "pointer", "/couponPattern");
    }

    /** A new coupon with the limits, dates and attributes that were wanted. */
    ObjectNode coupon(int campaign, String code, JsonNode wanted) {
        ObjectNode coupon = Json.object()
                .put("id", world.nextId("coupon"))
                .put("created", world.now())
                .put("campaignId", campaign)
                .put("value", code);
        Json.copy(
                wanted, coupon, "usageLimit", "discountLimit", "reservationLimit", "startDate", "expiryDate", "limits");
        coupon.put("usageCounter", 0);
        if (coupon.has("discountLimit")) {
            coupon.put("discountCounter", 0);
            coupon.set("discountRemainder", coupon.get("discountLimit"));
        }
        if (coupon.has("reservationLimit")) {
            coupon.put("reservationCounter", 0);
        }
        coupon.putObject("attributes");
        Json.copy(wanted, coupon, "attributes");
        coupon.put(
                "isReservationMandatory", wanted.path("isReservationMandatory").asBoolean());
        Json.copy(wanted, coupon, "implicitlyReserved");
        return coupon;
    }

    /**
     * @throws Refusal 400 when the end is not after the start
     */
    static void requireOrder(JsonNode wanted) {
        if (wanted.hasNonNull("startDate")
                && wanted.hasNonNull("expiryDate")
                && !Times.read(wanted.get("startDate").asText())
                        .isBefore(Times.read(wanted.get("expiryDate").asText()))) {
            throw Refusal.badRequest("Invalid", "Must be later than startDate", "pointer", "/expiryDate");
        }
    }

    Answer reserve(Call call) {
        Coupon coupon = world.coupon(call.path().get("couponValue"));
        if (coupon == null || world.applicationOf(coupon.campaign()) != call.application()) {
            throw Refusal.notFound("Coupon");
        }
        for (JsonNode id : call.body().path("integrationIDs")) {
            world.reserve(coupon, world.profile(id.asText()).integrationId());
        }
        ObjectNode body = coupon.json().deepCopy();
        return Answer.created(body.put("reservation", true).put("implicitlyReserved", false));
    }
}
