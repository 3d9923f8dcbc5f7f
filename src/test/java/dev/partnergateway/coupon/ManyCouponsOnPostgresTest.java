package dev.partnergateway.coupon;

import dev.partnergateway.harness.Postgres;
import java.util.Map;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Many coupons at once, with the store in PostgreSQL, where the calls to Talon.One are counted, too. */
@Execution(ExecutionMode.CONCURRENT)
class ManyCouponsOnPostgresTest extends ManyCoupons {

    @Override
    Map<String, String> newStore() {
        return Postgres.newStore();
    }
}
