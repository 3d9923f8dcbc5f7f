package dev.partnergateway.contract;

import java.util.Collection;
import java.util.Comparator;

/** The name that somebody probably meant. */
final class Nearest {
    /** Longer names are compared by their beginning, so that a comparison stays cheap. */
    private static final int LONGEST = 64;

    private Nearest() {}

    /** The known name that the fewest changed characters lead to; the first by the alphabet of several. */
    static String of(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(each -> changes(shortened(name), shortened(each)))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private static String shortened(String name) {
        return name.length() > LONGEST ? name.substring(0, LONGEST) : name;
    }

    private static int changes(String from, String to) {
        int[] before = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] now = new int[to.length() + 1];
            now[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int same = Character.toLowerCase(from.charAt(i - 1)) == Character.toLowerCase(to.charAt(j - 1)) ? 0 : 1;
                now[j] = Math.min(Math.min(now[j - 1], before[j]) + 1, before[j - 1] + same);
            }
            before = now;
        }
        return before[to.length()];
    }
}
