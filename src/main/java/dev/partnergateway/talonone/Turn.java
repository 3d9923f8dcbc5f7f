package dev.partnergateway.talonone;

import java.time.Duration;

/** Leave to make one call to a Management endpoint now. To be used at once, by one call, and ended once. */
public interface Turn {

    /** Of calls that nobody counts. */
    Turn FREE = new Turn() {
        @Override
        public void made(Duration took) {
            // Nobody counts.
        }

        @Override
        public void unused() {
            // Nobody waits.
        }

        @Override
        public void refused(Duration pause) {
            // Nobody else is held back.
        }
    };

    /**
     * The call was made.
     *
     * @param took until it was answered, or given up
     */
    void made(Duration took);

    /** The call was not made. */
    void unused();

    /**
     * Talon.One said that there were too many calls.
     *
     * @param pause how long it wants none
     */
    void refused(Duration pause);
}
