package dev.partnergateway.coupon;

import dev.partnergateway.harness.Postgres;
import java.util.Map;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Many coupons at once, with the store in PostgreSQL, where the calls to Talon.One are counted, too. Beside other
 * classes; the lock keeps its own tests one after another, for they share a sandbox.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("many coupons on PostgreSQL")
class ManyCouponsOnPostgresTest extends ManyCoupons {

    @Override
    Map<String, String> newStore() {
        return Postgres.newStore();
    }
}
