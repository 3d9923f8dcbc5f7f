package dev.partnergateway.coupon;

import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.Postgres;
import java.util.Map;

/**
 * Many coupons at once, with the store in PostgreSQL, where the calls to Talon.One are counted, too. Beside other
 * classes; the lock keeps its own tests one after another, for they share a sandbox.
 */
@BesideOthers
class ManyCouponsOnPostgresTest extends ManyCoupons {

    @Override
    Map<String, String> newStore() {
        return Postgres.newStore();
    }
}
