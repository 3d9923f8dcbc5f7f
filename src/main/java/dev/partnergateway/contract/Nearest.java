package dev.partnergateway.contract;

import java.util.Collection;
import java.util.Locale;

/** The name that somebody probably meant. */
public final class Nearest {
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
     * The known name that is likest, for a message: one that takes the fewest changes of single characters, and at most
     * one for every three characters of the name; null when none is.
     */
    public static String likely(String name, Collection<String> known) {
        String likely = null;
        int fewest = Math.max(1, name.length() / 3) + 1;
        for (String each : known.stream().sorted().toList()) {
            int changes = isNear(name, each) ? 1 : changes(name, each);
            if (changes < fewest) {
                fewest = changes;
                likely = each;
            }
        }
        return likely;
    }

    private static int changes(String from, String to) {
        int[] before = new int[to.length() + 1];
        for (int j = 0; j < before.length; j++) {
            before[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] now = new int[before.length];
            now[0] = i;
            for (int j = 1; j < now.length; j++) {
                int other = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                now[j] = Math.min(before[j - 1] + other, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[to.length()];
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
