package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;

/** Completes what a route asks for, before it is carried out, and may learn what became of it. */
@FunctionalInterface
public interface RequestPreparation {

    /**
     * Changes the request in place. All requests of a list are prepared before the first of them is sent.
     *
     * @param request {@code {path, query, body}}; the route's own, nobody else sees it
     * @throws dev.partnergateway.call.Refusal when it cannot be carried out
     */
    void prepare(PartnerCall call, UpstreamOperation operation, ObjectNode request);

    /** Learns that Talon.One did what was prepared. */
    default void answered(PartnerCall call, UpstreamOperation operation, ObjectNode request, JsonNode answer) {}

    /** Learns that Talon.One did not do what was prepared. */
    default void refused(PartnerCall call, UpstreamOperation operation, ObjectNode request, Refusal refusal) {}
}
