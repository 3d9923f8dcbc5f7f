package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Points in time as Talon.One writes them; they tell whether something was made by a call or was there before (2.9, 6). */
public final class Timestamps {

    /** Clocks of gateway and Talon.One may differ by this much. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    private Timestamps() {}

    /** The time that a text says; the epoch when it says none, which is before everything. */
    public static Instant of(JsonNode text) {
        try {
            return OffsetDateTime.parse(text.asText("")).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /**
     * What was made for a call was not made earlier than this, by Talon.One's clock.
     *
     * @param begun when the call began, by the gateway's clock
     */
    public static Instant earliest(Instant begun) {
        return begun.minus(CLOCKS);
    }
}
