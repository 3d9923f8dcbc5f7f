package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/** A coupon and the profiles it is reserved for. */
final class Coupon {

    private final ObjectNode json;
    private final Instant created;
    private final Set<String> reservedFor = new LinkedHashSet<>();

    /**
     * @param json the coupon as Talon.One answers it
     */
    Coupon(ObjectNode json) {
        this.json = json;
        // Read once: a list goes over many thousands of coupons.
        this.created = Times.read(json.path("created").asText());
    }

    ObjectNode json() {
        return json;
    }

    String code() {
        return json.path("value").asText();
    }

    int campaign() {
        return json.path("campaignId").asInt();
    }

    Instant created() {
        return created;
    }

    void reserve(String profile) {
        reservedFor.add(profile);
        json.put("reservationCounter", reservedFor.size());
    }

    /** One of disabled, used, expired, pending, active. */
    String state(ObjectNode campaign, Instant now) {
        if (!campaign.path("frontendState").asText().equals("running")) {
            return "disabled";
        }
        int limit = json.path("usageLimit").asInt();
        if (limit > 0 && json.path("usageCounter").asInt() >= limit) {
            return "used";
        }
        if (over(json.path("expiryDate"), now)) {
            return "expired";
        }
        return json.has("startDate") && !over(json.path("startDate"), now) ? "pending" : "active";
    }

    private static boolean over(JsonNode date, Instant now) {
        return date.isTextual() && !Times.read(date.asText()).isAfter(now);
    }

    /** The coupon with what only the sandbox tells. */
    ObjectNode ledger() {
        ObjectNode ledger = json.deepCopy();
        ledger.set("reservedFor", Json.texts(reservedFor.toArray(String[]::new)));
        return ledger;
    }
}
