package dev.partnergateway;

import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Alive = what is done beside calls is still done. All else that cannot be mended ends the process by itself. */
final class LiveCheck extends AbstractHealthCheck {

    private final Chores chores;

    LiveCheck(Chores chores) {
        super("gateway", "live");
        this.chores = chores;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Optional<String> dead = chores.dead();
        if (dead.isPresent()) {
            builder.message("the " + dead.get() + " does not come to its end").down();
        } else {
            builder.up();
        }
    }
}
