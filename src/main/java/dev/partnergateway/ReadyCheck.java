package dev.partnergateway;

import dev.partnergateway.edge.PartnerServer;
import dev.partnergateway.store.Store;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready = calls are taken and the store answers. Goes down first when the gateway stops. */
final class ReadyCheck extends AbstractHealthCheck {

    private final PartnerServer server;
    private final Store store;

    ReadyCheck(PartnerServer server, Store store) {
        super("gateway", "ready");
        this.server = server;
        this.store = store;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (!server.ready()) {
            builder.message("the partner port takes no calls").down();
        } else if (!store.writable()) {
            builder.message("the store does not answer").down();
        } else {
            builder.up();
        }
    }
}
