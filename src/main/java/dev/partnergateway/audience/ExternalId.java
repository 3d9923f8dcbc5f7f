package dev.partnergateway.audience;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a partner calls an audience.
 *
 * @param integration whose id it is; Talon.One's {@code integration}
 * @param id the id there; Talon.One's {@code integrationId}
 */
record ExternalId(String integration, String id) {

    /** The id in an audience of Talon.One, or in a route's reference to one. */
    static ExternalId of(JsonNode node) {
        return new ExternalId(
                node.path("integration").asText(""), node.path("integrationId").asText(""));
    }
}
