package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.Exchange;

/** How a route's {@code talon-one:<operationId>} is carried out. */
@FunctionalInterface
public interface UpstreamStep {

    /**
     * Carries it out.
     *
     * @param exchange the partner's call
     * @param request what the route asks for: {@code {path, query, body}}
     * @return the answer that the route maps
     * @throws dev.partnergateway.call.Refusal when there is none
     */
    JsonNode run(Exchange exchange, ObjectNode request);
}
