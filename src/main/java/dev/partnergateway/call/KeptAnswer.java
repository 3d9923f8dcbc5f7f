package dev.partnergateway.call;

import java.time.Instant;

/**
 * What stands under a key, for who asks what became of a call.
 *
 * @param until when the key is forgotten, unless it is not finished then
 */
public record KeptAnswer(State state, Instant until) {

    /** How far it has come. */
    public enum State {
        /** It was done, and repeats get its answer. */
        ANSWERED,
        /** An operator has to decide. */
        PARKED,
        /** It is being worked on, or is looked up. */
        OPEN
    }
}
