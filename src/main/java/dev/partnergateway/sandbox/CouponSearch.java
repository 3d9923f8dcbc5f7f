package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Lists of a campaign's coupons. */
final class CouponSearch {

    private final World world;
    private final Attributes attributes;
    private final Limits limits;

    CouponSearch(World world, Attributes attributes, Limits limits) {
        this.world = world;
        this.attributes = attributes;
        this.limits = limits;
    }

    Answer list(Call call) {
        return page(call, coupon -> true);
    }

    Answer byAttributes(Call call) {
        ArrayNode errors = Json.array();
        attributes.check("Coupon", null, false, call.body(), "", errors);
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(errors);
        }
        return page(call, coupon -> {
            JsonNode own = coupon.json().path("attributes");
            for (Map.Entry<String, JsonNode> wanted : call.body().properties()) {
                if (!same(wanted.getValue(), own.path(wanted.getKey()))) {
                    return false;
                }
            }
            return true;
        });
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue()) == 0
                : one.equals(other);
    }

    private Answer page(Call call, Predicate<Coupon> also) {
        ObjectNode campaign = world.campaign(call.id("applicationId"), call.id("campaignId"));
        Predicate<Coupon> wanted = filter(call).and(also);
        List<Coupon> coupons = world.coupons(campaign.path("id").asInt());
        List<ObjectNode> found = new ArrayList<>();
        if (call.is("exactMatch") && call.query().containsKey("value")) {
            Coupon one = world.coupon(call.query().get("value"));
            coupons = one == null || one.campaign() != campaign.path("id").asInt() ? List.of() : List.of(one);
        }
        Instant listed = world.clock.instant().minusMillis(limits.listingLagMillis());
        for (Coupon coupon : coupons) {
            if (!coupon.created().isAfter(listed) && wanted.test(coupon)) {
                found.add(coupon.json());
            }
        }
        if (descending(call)) {
            Collections.reverse(found);
        }
        return Answer.page(found, call.number("skip", 0), call.number("pageSize", 1000));
    }

    private static boolean descending(Call call) {
        String sort = call.query().getOrDefault("sort", "id");
        // Ids and creation times rise together, so both mean the order in which coupons are kept.
        if (!sort.matches("-?(id|created)")) {
            throw Refusal.badRequest("Invalid", "The sandbox sorts by id or created only", "parameter", "sort");
        }
        return sort.startsWith("-");
    }

    private static Predicate<Coupon> filter(Call call) {
        String value = call.query().get("value");
        Instant after = call.time("createdAfter");
        Instant before = call.time("createdBefore");
        Predicate<Coupon> filter = coupon -> true;
        if (value != null && !call.is("exactMatch")) {
            String part = value.toLowerCase(Locale.ROOT);
            filter = filter.and(c -> c.code().toLowerCase(Locale.ROOT).contains(part));
        }
        if (after != null) {
            filter = filter.and(c -> c.created().isAfter(after));
        }
        if (before != null) {
            filter = filter.and(c -> c.created().isBefore(before));
        }
        return filter.and(equal(call, "recipientIntegrationId")).and(equal(call, "batchId"));
    }

    private static Predicate<Coupon> equal(Call call, String name) {
        String value = call.query().get(name);
        return coupon -> value == null || coupon.json().path(name).asText("").equals(value);
    }
}
