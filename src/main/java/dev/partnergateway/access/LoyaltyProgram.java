package dev.partnergateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the gateway needs to know of a loyalty program.
 *
 * @param applications ids of the Applications that take part in it
 * @param cardBased whether cards hold its points, not profiles
 */
record LoyaltyProgram(List<Long> applications, boolean cardBased) {

    static LoyaltyProgram of(JsonNode json) {
        List<Long> applications = new ArrayList<>();
        json.path("subscribedApplications").forEach(id -> applications.add(id.asLong()));
        return new LoyaltyProgram(
                List.copyOf(applications), json.path("cardBased").asBoolean());
    }
}
