package dev.partnergateway.contract;

import java.util.Collection;
import java.util.Locale;

/** The name that somebody probably meant. */
final class Nearest {
    /** Shorter names become others with one change: {@code mid} is no misspelt {@code mpid}. */
    private static final int SHORTEST = 4;

    private Nearest() {}

    /** The first known name that is near; null when none is. */
    static String of(String name, Collection<String> known) {
        return known.stream()
                .sorted()
                .filter(each -> isNear(name, each))
                .findFirst()
                .orElse(null);
    }

    /**
     * Whether two names differ by no more than letter case, underscores and hyphens, a plural s, or one character that is
     * missing, too much, another one or in the wrong place. Digits number things: they are no slip.
     */
    static boolean isNear(String one, String other) {
        if (Math.abs(one.length() - other.length()) > one.length() / 2 + 1) {
            return false;
        }
        String from = plain(one);
        String to = plain(other);
        return from.equals(to)
                || Math.min(from.length(), to.length()) >= SHORTEST - 1
                        && (from.equals(to + 's') || to.equals(from + 's'))
                || Math.min(from.length(), to.length()) >= SHORTEST && isOneSlip(from, to);
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static boolean isOneSlip(String one, String other) {
        String shorter = one.length() <= other.length() ? one : other;
        String longer = one.length() <= other.length() ? other : one;
        int more = longer.length() - shorter.length();
        int same = 0;
        while (same < shorter.length() && shorter.charAt(same) == longer.charAt(same)) {
            same++;
        }
        if (more > 1 || Character.isDigit(longer.charAt(same))) {
            return false;
        }
        if (more == 1) {
            return shorter.substring(same).equals(longer.substring(same + 1));
        }
        if (Character.isDigit(shorter.charAt(same))) {
            return false;
        }
        return shorter.substring(same + 1).equals(longer.substring(same + 1))
                || same + 2 <= shorter.length()
                        && shorter.charAt(same) == longer.charAt(same + 1)
                        && shorter.charAt(same + 1) == longer.charAt(same)
                        && shorter.substring(same + 2).equals(longer.substring(same + 2));
    }
}
