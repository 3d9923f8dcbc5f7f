package dev.partnergateway.telemetry;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Text as it may stand in a log. Whatever part of it came from a caller can neither begin a line of its own, nor steer
 * the terminal of whoever reads it, nor be long.
 */
final class LogText {

    private static final int LONGEST = 4000;
    private static final int MOST_FRAMES = 25;
    private static final int MOST_CAUSES = 6;

    private LogText() {}

    /** For a place where a line ends what is said. */
    static String of(String text) {
        return of(text, false);
    }

    /** For a place where lines do no harm. */
    static String ofLines(String text) {
        return of(text, true);
    }

    private static String of(String text, boolean lines) {
        if (text == null) {
            return "null";
        }
        boolean plain = text.length() <= LONGEST;
        for (int i = 0; plain && i < text.length(); i++) {
            plain = isPlain(text.charAt(i), lines);
        }
        return plain ? text : escaped(text, lines);
    }

    private static String escaped(String text, boolean lines) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), LONGEST) + 16);
        for (int i = 0; i < text.length() && safe.length() < LONGEST; i++) {
            char c = text.charAt(i);
            if (isPlain(c, lines)) {
                safe.append(c);
            } else {
                safe.append(String.format("\\u%04x", (int) c));
            }
        }
        if (text.length() > LONGEST) {
            safe.append("... (").append(text.length()).append(" characters)");
        }
        return safe.toString();
    }

    /** No control character, no separator of lines, nothing that turns the direction of writing. */
    private static boolean isPlain(char c, boolean lines) {
        return c >= ' ' && c < 0x7f
                || c == '\t'
                || c == '\n' && lines
                || c >= 0xa0 && Character.getType(c) != Character.FORMAT && c != '\u2028' && c != '\u2029';
    }

    /** A failure and what caused it, in a bounded number of lines. */
    static String of(IThrowableProxy failure) {
        StringBuilder lines = new StringBuilder();
        IThrowableProxy next = failure;
        for (int cause = 0; next != null && cause < MOST_CAUSES; cause++) {
            lines.append(cause == 0 ? "" : "\nCaused by: ").append(next.getClassName());
            if (next.getMessage() != null) {
                lines.append(": ").append(of(next.getMessage()));
            }
            frames(next.getStackTraceElementProxyArray(), next.getCommonFrames(), lines);
            next = next.getCause();
        }
        return lines.toString();
    }

    private static void frames(StackTraceElementProxy[] frames, int common, StringBuilder lines) {
        int own = frames.length - common;
        for (int i = 0; i < own && i < MOST_FRAMES; i++) {
            lines.append("\n\tat ").append(frames[i].getStackTraceElement());
        }
        if (frames.length > Math.min(own, MOST_FRAMES)) {
            lines.append("\n\t... ")
                    .append(frames.length - Math.min(own, MOST_FRAMES))
                    .append(" more");
        }
    }
}
