package dev.partnergateway.edge;

import io.vertx.core.MultiMap;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * What came in over HTTP, for the contract check alone: routes never see it.
 *
 * @param query the query as it came, or null
 * @param headers the headers as they came
 * @param body the body's bytes; empty when there was none
 */
record Inbound(String query, MultiMap headers, byte[] body) {

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
