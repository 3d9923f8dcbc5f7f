package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Points in time as Talon.One writes them. */
public final class Timestamps {

    private Timestamps() {}

    /** The time that a text says; the epoch when it says none, which is before everything. */
    public static Instant of(JsonNode text) {
        try {
            return OffsetDateTime.parse(text.asText("")).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
