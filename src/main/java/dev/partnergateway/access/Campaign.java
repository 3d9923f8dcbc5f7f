package dev.partnergateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the gateway needs to know of a campaign.
 *
 * @param id its id
 * @param application id of the Application it belongs to
 * @param features what it can do; coupons need {@code coupons}
 * @param couponPattern pattern of its codes; empty = none set
 * @param couponCharacters characters that stand for {@code #} in it; empty = none set
 * @param referralPattern pattern of its referral codes; empty = none set
 */
public record Campaign(
        long id,
        long application,
        List<String> features,
        String couponPattern,
        List<String> couponCharacters,
        String referralPattern) {

    static Campaign of(JsonNode json) {
        return new Campaign(
                json.path("id").asLong(),
                json.path("applicationId").asLong(),
                texts(json.path("features")),
                json.path("couponSettings").path("couponPattern").asText(""),
                texts(json.path("couponSettings").path("validCharacters")),
                json.path("referralSettings").path("couponPattern").asText(""));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return List.copyOf(texts);
    }
}
