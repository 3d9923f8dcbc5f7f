package dev.partnergateway.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * A path in parts, equal where RFC 3986 (6.2.2) says that paths are: letters, digits and {@code -._~} mean the same
 * percent-encoded or not. Slashes too many in front, and one at the end, are passed over. All else stays as it came:
 * {@code ..} is not followed, and an encoded slash does not separate.
 *
 * @param segments the parts between slashes
 */
record RequestPath(List<String> segments) {

    private static final String UNRESERVED = "-._~";

    static RequestPath of(String path) {
        int begin = 0;
        while (begin < path.length() && path.charAt(begin) == '/') {
            begin++;
        }
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        List<String> segments = new ArrayList<>();
        while (begin < end) {
            int slash = path.indexOf('/', begin);
            int next = slash < 0 || slash > end ? end : slash;
            segments.add(normalized(path.substring(begin, next)));
            begin = next + 1;
            if (next < end && begin == end) {
                segments.add("");
            }
        }
        return new RequestPath(List.copyOf(segments));
    }

    /** The first part: what an integration is found by. */
    String first() {
        return segments.isEmpty() ? "" : segments.get(0);
    }

    private static String normalized(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        StringBuilder text = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            int octet = segment.charAt(i) == '%' ? octet(segment, i + 1) : -1;
            if (octet >= 0 && isUnreserved((char) octet)) {
                text.append((char) octet);
                i += 2;
            } else {
                text.append(segment.charAt(i));
            }
        }
        return text.toString();
    }

    private static int octet(String text, int index) {
        if (index + 1 >= text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(index), 16);
        int low = Character.digit(text.charAt(index + 1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static boolean isUnreserved(char c) {
        return c < 128 && Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0;
    }
}
