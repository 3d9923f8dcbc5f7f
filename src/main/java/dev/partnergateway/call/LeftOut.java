package dev.partnergateway.call;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a route leaves out of a call without refusing it (contract D21): the route counts it in its variable
 * {@code leftOut} ({@code {"count": …, "what": …}}), the log tells it.
 */
public final class LeftOut {

    private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);

    private static final String VARIABLE = "leftOut";

    private LeftOut() {}

    /** Tells what the route of an exchange has left out, if there is anything. */
    public static void tell(Exchange exchange, PartnerCall call) {
        if (exchange.getVariable(VARIABLE) instanceof JsonNode leftOut
                && leftOut.path("count").asInt() > 0) {
            LOG.info(
                    "{} left out {} {}",
                    call,
                    leftOut.path("count").asInt(),
                    leftOut.path("what").asText());
        }
    }
}
