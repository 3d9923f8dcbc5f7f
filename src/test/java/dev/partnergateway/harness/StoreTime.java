package dev.partnergateway.harness;

import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;

/** Lets time pass for what is stored, whose times are those of the database's clock: nobody can turn that. */
public final class StoreTime {

    private static final Sql PASS = new Sql("UPDATE answer SET lease_until = lease_until - ?, created = created - ?,"
            + " expires = expires - ?, look_at = look_at - ?, sent = sent - ?, ready_at = ready_at - ?");

    private StoreTime() {}

    /**
     * As if so much time had passed since everything in table {@code answer}, or, when it is negative, as if the clock had
     * gone back.
     *
     * @param millis milliseconds
     */
    public static void pass(Store store, long millis) {
        store.update(PASS, millis, millis, millis, millis, millis, millis);
    }
}
