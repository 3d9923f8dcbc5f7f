package dev.partnergateway.model;

import dev.partnergateway.talonone.Allowance;
import java.time.Duration;

/** An allowance under which coupons are created in files: single ones have no turn, everything else has one at once. */
final class FilesOnly implements Allowance {

    private static final Grant GIVEN = new Grant(Duration.ZERO, made -> {});
    private static final Grant NOT_NOW = new Grant(Duration.ofHours(1), null);

    @Override
    public Grant take(String endpoint, int perSecond) {
        return endpoint.endsWith("createCoupons") ? NOT_NOW : GIVEN;
    }

    @Override
    public void pause(String endpoint, Duration pause) {
        // Talon.One says of no call here that it is one too many.
    }

    @Override
    public int left(String endpoint, int perSecond) {
        return endpoint.endsWith("createCoupons") ? 0 : perSecond;
    }
}
