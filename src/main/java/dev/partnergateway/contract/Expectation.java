package dev.partnergateway.contract;

import java.math.BigDecimal;
import java.util.Collection;

/** The words in which a violation says what was expected. */
final class Expectation {
    private Expectation() {}

    static String oneOf(Collection<String> allowed) {
        return allowed.size() == 1 ? '"' + allowed.iterator().next() + '"' : "one of " + String.join(", ", allowed);
    }

    static String count(Integer least, Integer most, String thing) {
        if (least == null || least == 0) {
            return most == null ? "" : " of at most " + most + " " + plural(most, thing);
        }
        return most == null
                ? " of at least " + least + " " + plural(least, thing)
                : " of " + least + " to " + most + " " + plural(most, thing);
    }

    static String range(BigDecimal least, boolean aboveLeast, BigDecimal most, boolean belowMost) {
        StringBuilder range = new StringBuilder();
        if (least != null) {
            range.append(aboveLeast ? " greater than " : " of at least ").append(least.toPlainString());
        }
        if (most != null) {
            range.append(least == null ? "" : " and")
                    .append(belowMost ? " less than " : " of at most ")
                    .append(most.toPlainString());
        }
        return range.toString();
    }

    private static String plural(int count, String thing) {
        return count == 1 ? thing : thing + "s";
    }
}
