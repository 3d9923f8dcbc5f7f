package dev.partnergateway.cases;

/**
 * Where an answer, or a call to Talon.One, is not what a case expects.
 *
 * @param place such as {@code answer /coupon/value}
 * @param expected as it stands in the case; empty when nothing was expected there
 * @param seen empty when nothing was there
 */
public record Difference(String place, String expected, String seen) {

    @Override
    public String toString() {
        return place + ": expected " + (expected.isEmpty() ? "nothing" : expected) + " but was "
                + (seen.isEmpty() ? "nothing" : seen);
    }
}
