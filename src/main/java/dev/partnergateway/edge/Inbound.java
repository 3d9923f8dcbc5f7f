package dev.partnergateway.edge;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * What came in over HTTP, for the contract check alone: routes never see it.
 *
 * @param path the values of path parameters as they came
 * @param query the query as it came, or null
 * @param headers the headers as they came
 * @param body the body's bytes; empty when there was none
 */
record Inbound(Map<String, String> path, String query, MultiMap headers, byte[] body) {

    private static final String PROPERTY = Inbound.class.getName();

    void on(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** Takes it off the exchange. */
    static Inbound take(Exchange exchange) {
        return (Inbound) exchange.removeProperty(PROPERTY);
    }

    List<String> header(String name) {
        return headers.getAll(name);
    }
}
