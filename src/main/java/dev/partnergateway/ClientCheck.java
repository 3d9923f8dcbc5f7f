package dev.partnergateway;

import dev.partnergateway.talonone.TalonOne;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether deployments can be called at all. A client that an Error has closed stays closed until the process ends: it is
 * neither ready nor alive.
 */
final class ClientCheck extends AbstractHealthCheck {

    private final TalonOne talonOne;

    ClientCheck(TalonOne talonOne) {
        super("gateway", "client");
        this.talonOne = talonOne;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (talonOne.usable()) {
            builder.up();
        } else {
            builder.message("the client towards Talon.One is closed").down();
        }
    }
}
