package dev.partnergateway.edge;

import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.service.ServiceSupport;

/** Puts Camel's platform-http endpoints, and so every integration, on the partner port. */
public final class PartnerEngine extends ServiceSupport implements PlatformHttpEngine {

    private final PartnerServer server;

    /** Makes the engine of a port. */
    public PartnerEngine(PartnerServer server) {
        this.server = server;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new PartnerConsumer(endpoint, processor, server);
    }

    @Override
    public int getServerPort() {
        return server.settings().port();
    }
}
