package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Refusal;
import org.apache.camel.Exchange;

/** Takes what a call left out because it was refused for good, so that somebody can do it later. */
@FunctionalInterface
public interface RefusedItems {

    /**
     * Takes one.
     *
     * @param exchange the partner's call, or the part of it that was refused
     * @param operation what was asked for
     * @param request the route's own request, not completed
     * @throws Refusal 503 when it could not be taken: the call may be repeated as a whole
     */
    void take(Exchange exchange, UpstreamOperation operation, ObjectNode request, Refusal refusal);
}
