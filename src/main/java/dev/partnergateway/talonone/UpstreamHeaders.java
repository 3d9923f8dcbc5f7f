package dev.partnergateway.talonone;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** Lets only a handful of headers pass between the gateway and a deployment. */
public final class UpstreamHeaders implements HeaderFilterStrategy {

    private static final Set<String> SENT = Set.of("authorization", "accept", "content-type", "idempotency-key");
    private static final Set<String> TAKEN = Set.of("content-type", "retry-after", "date");

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !SENT.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !TAKEN.contains(name.toLowerCase(Locale.ROOT));
    }
}
