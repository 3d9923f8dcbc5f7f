package dev.partnergateway.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares JSON with what a case expects: exactly, except where the expectation is one of {@code <any>},
 * {@code <integer>}, {@code <date-time>}, {@code <uuid>}, {@code <matches REGEX>}, {@code <contains TEXT>} or
 * {@code <same NAME>} (equal to every other value of that name in the case).
 */
final class Expected {

    private static final Pattern MATCHER = Pattern.compile("<(\\w[\\w-]*)(?: (.*))?>", Pattern.DOTALL);
    private static final String DATE_TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final Map<String, JsonNode> named = new HashMap<>();

    /** What differs, or null. */
    String difference(String at, JsonNode expected, JsonNode actual) {
        if (expected.isTextual()) {
            Matcher matcher = MATCHER.matcher(expected.asText());
            if (matcher.matches()) {
                return matches(matcher.group(1), matcher.group(2), actual)
                        ? null
                        : at + ": expected " + expected + " but was " + actual;
            }
        }
        if (expected.isObject() && actual.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            actual.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                String difference = difference(at + "/" + name, expected.path(name), actual.path(name));
                if (difference != null) {
                    return difference;
                }
            }
            return null;
        }
        if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            Iterator<JsonNode> items = actual.elements();
            int index = 0;
            for (JsonNode item : expected) {
                String difference = difference(at + "/" + index++, item, items.next());
                if (difference != null) {
                    return difference;
                }
            }
            return null;
        }
        boolean same = expected.isNumber() && actual.isNumber()
                ? expected.decimalValue().compareTo(actual.decimalValue()) == 0
                        && expected.isIntegralNumber() == actual.isIntegralNumber()
                : expected.equals(actual);
        return same ? null : at + ": expected " + expected + " but was " + actual;
    }

    private boolean matches(String kind, String argument, JsonNode actual) {
        return switch (kind) {
            case "any" -> !actual.isMissingNode();
            case "integer" -> actual.isIntegralNumber();
            case "date-time" -> actual.isTextual() && actual.asText().matches(DATE_TIME);
            case "uuid" -> actual.isTextual() && actual.asText().matches(UUID);
            case "matches" -> actual.isTextual() && actual.asText().matches(argument);
            case "contains" -> actual.isTextual() && actual.asText().contains(argument);
            case "same" ->
                !actual.isMissingNode()
                        && (named.putIfAbsent(argument, actual) == null
                                || named.get(argument).equals(actual));
            default -> throw new IllegalArgumentException("a case expects <" + kind + ">, which nobody knows");
        };
    }
}
