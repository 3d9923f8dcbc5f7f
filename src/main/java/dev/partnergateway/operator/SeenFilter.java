package dev.partnergateway.operator;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Which calls are looked for; null = any.
 *
 * @param id request id, ours or the caller's own
 * @param status a status such as {@code 504}, a class of them such as {@code 5xx}, {@code gone}, or {@code failed}
 * @param value salted hash of a text that the call holds
 * @param claim the key under which the answer is kept
 * @param from not earlier than, in milliseconds since 1970 UTC
 * @param to earlier than
 * @param slower took at least so many milliseconds
 */
record SeenFilter(
        String id,
        String integration,
        String operation,
        String deployment,
        String status,
        String value,
        String claim,
        long from,
        long to,
        int slower) {

    private static final Set<String> NAMES = Set.of(
            "id", "integration", "operation", "deployment", "status", "text", "hash", "claim", "from", "to", "slower");
    private static final Pattern STATUS = Pattern.compile("[1-5][0-9]{2}|[1-5]xx|gone|failed");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{12}");
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,7}");

    /** What to write instead. */
    static final class Misspelt extends Exception {

        private static final long serialVersionUID = 1;

        Misspelt(String text) {
            super(text, null, false, false);
        }
    }

    /**
     * Reads it from a query; blank parts are none.
     *
     * @param hash gives the salted hash of a text
     */
    static SeenFilter of(Map<String, String> query, UnaryOperator<String> hash) throws Misspelt {
        if (!NAMES.containsAll(query.keySet())) {
            throw new Misspelt("The filter has id, integration, operation, deployment, status, text, hash, claim, from,"
                    + " to and slower");
        }
        String text = part(query, "text");
        String value = text == null ? matching(query, "hash", HASH, "12 hexadecimal digits") : hash.apply(text);
        String slower = matching(query, "slower", MILLIS, "milliseconds, such as 1000");
        return new SeenFilter(
                part(query, "id"),
                part(query, "integration"),
                part(query, "operation"),
                part(query, "deployment"),
                matching(query, "status", STATUS, "a status such as 504, 5xx, gone or failed"),
                value,
                part(query, "claim"),
                time(query, "from", 0),
                time(query, "to", Long.MAX_VALUE),
                slower == null ? 0 : Integer.parseInt(slower));
    }

    private static String part(Map<String, String> query, String name) {
        String text = query.getOrDefault(name, "").strip();
        return text.isEmpty() ? null : text;
    }

    private static String matching(Map<String, String> query, String name, Pattern shape, String expected)
            throws Misspelt {
        String text = part(query, name);
        if (text != null && !shape.matcher(text).matches()) {
            throw new Misspelt(name + ": expected " + expected);
        }
        return text;
    }

    private static long time(Map<String, String> query, String name, long fallback) throws Misspelt {
        String text = part(query, name);
        try {
            return text == null ? fallback : Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new Misspelt(name + ": expected a time such as 2026-11-24T12:00:00Z");
        }
    }

    boolean takes(SeenCall call) {
        return (id == null || id.equals(call.requestId()) || id.equals(call.callersId()))
                && (integration == null || integration.equals(call.integration()))
                && (operation == null || operation.equals(call.operation()))
                && (deployment == null || deployment.equals(call.deployment()))
                && (claim == null || claim.equals(call.claim()))
                && (value == null || call.values().contains(value))
                && call.at() >= from
                && call.at() < to
                && call.millis() >= slower
                && takes(call.status());
    }

    private boolean takes(int answered) {
        if (status == null) {
            return true;
        }
        return switch (status) {
            case "gone" -> answered == 0;
            case "failed" -> answered == 0 || answered >= 400;
            default ->
                status.endsWith("xx")
                        ? answered / 100 == status.charAt(0) - '0'
                        : status.equals(Integer.toString(answered));
        };
    }
}
