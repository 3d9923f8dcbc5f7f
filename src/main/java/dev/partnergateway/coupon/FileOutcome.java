package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Refusal;

/**
 * What the caller of a coupon that waits for a file is told.
 *
 * @param coupon the coupon, when there is one
 * @param refusal why there is none
 */
record FileOutcome(Kind kind, JsonNode coupon, Refusal refusal) {

    enum Kind {
        /** Talon.One has made it. */
        MADE,
        /** There is none, and nothing is under way. */
        NONE,
        /** It was sent, and it is not known what became of it; the sweeper or a repeat finds out. */
        UNKNOWN,
        /** It waits still, but nothing can be sent. */
        WAITS
    }

    static FileOutcome made(JsonNode coupon) {
        return new FileOutcome(Kind.MADE, coupon, null);
    }

    static FileOutcome none(Refusal refusal) {
        return new FileOutcome(Kind.NONE, null, refusal);
    }

    static FileOutcome unknown(Refusal refusal) {
        return new FileOutcome(Kind.UNKNOWN, null, refusal);
    }

    static FileOutcome waits(Refusal refusal) {
        return new FileOutcome(Kind.WAITS, null, refusal);
    }
}
