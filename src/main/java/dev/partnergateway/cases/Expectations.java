package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares JSON with what a case expects: exactly, except where the expectation is one of {@code <any>},
 * {@code <integer>}, {@code <date-time>}, {@code <uuid>}, {@code <matches REGEX>}, {@code <contains TEXT>} or
 * {@code <same NAME>} (equal to every other value of that name in the case).
 */
final class Expectations {

    /** What may stand for a value. */
    static final List<String> KINDS = List.of("any", "integer", "date-time", "uuid", "matches", "contains", "same");

    private static final Pattern MATCHER = Pattern.compile("<(\\w[\\w-]*)(?: (.*))?>", Pattern.DOTALL);
    private static final String DATE_TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final Map<String, JsonNode> named = new HashMap<>();

    /** Whether a line of text is as expected. */
    boolean isMet(JsonNode expected, String line) {
        return differences("", expected, TextNode.valueOf(line)).isEmpty();
    }

    /** Everything that differs. */
    List<Difference> differences(String at, JsonNode expected, JsonNode actual) {
        List<Difference> found = new ArrayList<>();
        compare(at, expected, actual, found);
        return found;
    }

    private void compare(String at, JsonNode expected, JsonNode actual, List<Difference> found) {
        Matcher matcher = MATCHER.matcher(expected.isTextual() ? expected.asText() : "");
        if (matcher.matches()) {
            if (!matches(matcher.group(1), matcher.group(2), actual)) {
                found.add(new Difference(at, expected.asText(), text(actual)));
            }
        } else if (expected.isObject() && actual.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            actual.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(at + "/" + name, expected.path(name), actual.path(name), found));
        } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            Iterator<JsonNode> items = actual.elements();
            int index = 0;
            for (JsonNode item : expected) {
                compare(at + "/" + index++, item, items.next(), found);
            }
        } else if (!isSame(expected, actual)) {
            found.add(new Difference(at, text(expected), text(actual)));
        }
    }

    private static boolean isSame(JsonNode expected, JsonNode actual) {
        return expected.isNumber() && actual.isNumber()
                ? expected.decimalValue().compareTo(actual.decimalValue()) == 0
                        && expected.isIntegralNumber() == actual.isIntegralNumber()
                : expected.equals(actual);
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() ? "" : value.toString();
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
            default ->
                throw new IllegalArgumentException(
                        "a case expects <" + kind + ">, which nobody knows: known are " + KINDS);
        };
    }
}
