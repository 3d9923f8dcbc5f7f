package dev.partnergateway.talonone;

import java.time.Duration;

/**
 * How many calls an endpoint still takes. Talon.One counts calls over any second, so a call stops counting
 * one second after it was counted, which is at the latest when it is answered.
 *
 * <p>Whoever shares the endpoint must share the allowance: one in memory serves one process.
 */
public interface Allowance {

    /** A call may be counted as late as it is answered; one that is not answered was counted within this time. */
    Duration LONGEST_WAY = Duration.ofSeconds(2);

    /** The allowance of a process that has the endpoints to itself. */
    static Allowance ofThisProcess() {
        return new LocalAllowance();
    }

    /**
     * Takes one call, or says when to ask again. Calls are spread over the second.
     *
     * @param endpoint deployment and operation
     * @param perSecond calls that Talon.One takes in any second
     */
    Grant take(String endpoint, int perSecond);

    /**
     * Lets nobody take a call for a time: Talon.One said that there were too many.
     *
     * @param pause from now on
     */
    void pause(String endpoint, Duration pause);

    /** Calls that could be taken right now, for a look from outside. */
    int left(String endpoint, int perSecond);

    /**
     * What was given.
     *
     * @param pause zero = a call was taken; else when it is worth asking again
     * @param end to be called once, when a taken call is over; null when none was taken
     */
    record Grant(Duration pause, End end) {

        /** Whether a call was taken. */
        public boolean taken() {
            return end != null;
        }
    }

    /** The end of a call that was taken. */
    @FunctionalInterface
    interface End {

        /**
         * Gives it back.
         *
         * @param made whether it was made at all
         */
        void end(boolean made);
    }
}
