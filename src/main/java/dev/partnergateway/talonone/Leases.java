package dev.partnergateway.talonone;

import java.time.Duration;

/** Who may write a profile or a session, among all gateways. */
public interface Leases {

    /** Of a gateway that has its deployments to itself. */
    Leases ALONE = new Leases() {
        @Override
        public boolean take(String key, Duration length) {
            return true;
        }

        @Override
        public void give(String key) {
            // Nobody else wants it.
        }
    };

    /**
     * Takes a lease that no call of this gateway has.
     *
     * @param key deployment, kind and id
     * @param length it ends by itself after this time
     * @return false when another gateway has it
     */
    boolean take(String key, Duration length);

    /** Gives a lease back. Never throws: what is not given back ends by itself. */
    void give(String key);
}
