package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;

/** Completes what a route asks for, before it is carried out. */
@FunctionalInterface
public interface RequestPreparation {

    /**
     * Changes the request in place.
     *
     * @param request {@code {path, query, body}}; the route's own, nobody else sees it
     */
    void prepare(PartnerCall call, UpstreamOperation operation, ObjectNode request);
}
