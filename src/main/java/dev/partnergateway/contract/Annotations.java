package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The vendor extensions of a parameter or a schema. They declare what plain OpenAPI cannot say, so that the core needs
 * to know no partner by name.
 *
 * @param deployment {@code x-deployment}: the value is the address of the deployment (docs/behaviour.md#addresses)
 * @param credential {@code x-credential}: the value is the caller's key (docs/behaviour.md#keys)
 * @param dryRun {@code x-dry-run}: the value asks for no change (docs/behaviour.md#dry-run)
 * @param attributes {@code x-attributes}: collects members whose names start with a dot or underscore
 *     (docs/behaviour.md#attributes)
 * @param characters {@code x-characters}: a plain string means one entry per character (docs/behaviour.md#coercion)
 * @param aliases {@code x-aliases}: other accepted spellings of the name
 * @param mostChanges {@code x-most-changes}: most items that the lists inside the value hold together; 0 = any number
 * @param memberNames {@code x-member-names}: regular expression that all names of members match; null = any name
 * @param mostInTotal {@code x-most-in-total}: the most that a number of a list's items may be when it is added up, by
 *     its name
 * @param neededWith {@code x-needed-with}: name of the member without whose items this one may be absent or incomplete;
 *     empty = it does not depend on another
 * @param apart {@code x-apart}: items have nothing to do with each other; which of them cost themselves alone
 */
record Annotations(
        boolean deployment,
        boolean credential,
        boolean dryRun,
        boolean attributes,
        boolean characters,
        List<String> aliases,
        int mostChanges,
        Pattern memberNames,
        Map<String, Integer> mostInTotal,
        String neededWith,
        Apart apart) {
    static final Annotations NONE =
            new Annotations(false, false, false, false, false, List.of(), 0, null, Map.of(), "", Apart.NONE);

    /** Which items of a list are left out instead of being refused together with the whole call. */
    enum Apart {
        /** None. */
        NONE,
        /** Those that hold a NUL character, which neither JSON in a database nor Talon.One can carry. */
        NUL,
        /** Those that are not as the file says, in whatever way. */
        UNFIT
    }

    /** Reads the value of one extension, or says what is wrong with it. */
    private interface Reader<T> {
        T read(String name, JsonNode value, String place);
    }

    /**
     * Reads the extensions at a place of the file; one that is unknown would silently not be obeyed, so it is refused.
     */
    static Annotations of(Map<String, Object> extensions, String place) {
        if (extensions == null || extensions.isEmpty()) {
            return NONE;
        }
        for (String name : extensions.keySet()) {
            if (!Extensions.OF_VALUE.contains(name)) {
                throw new IllegalArgumentException(place + ": the extension " + name + " is unknown; known are "
                        + String.join(", ", Extensions.OF_VALUE));
            }
        }
        return new Annotations(
                read(extensions, "x-deployment", place, Annotations::isTrue, false),
                read(extensions, "x-credential", place, Annotations::isTrue, false),
                read(extensions, "x-dry-run", place, Annotations::isTrue, false),
                read(extensions, "x-attributes", place, Annotations::isTrue, false),
                read(extensions, "x-characters", place, Annotations::isTrue, false),
                read(extensions, "x-aliases", place, Annotations::names, List.of()),
                read(extensions, "x-most-changes", place, Annotations::number, 0),
                read(extensions, "x-member-names", place, Annotations::pattern, null),
                read(extensions, "x-most-in-total", place, Annotations::totals, Map.of()),
                read(extensions, "x-needed-with", place, Annotations::name, ""),
                read(extensions, "x-apart", place, Annotations::apart, Apart.NONE));
    }

    private static <T> T read(Map<String, Object> extensions, String name, String place, Reader<T> reader, T absent) {
        return extensions.containsKey(name) ? reader.read(name, Json.of(extensions.get(name)), place) : absent;
    }

    Annotations with(Annotations other) {
        return new Annotations(
                deployment || other.deployment,
                credential || other.credential,
                dryRun || other.dryRun,
                attributes || other.attributes,
                characters || other.characters,
                joined(aliases, other.aliases),
                Math.max(mostChanges, other.mostChanges),
                memberNames == null ? other.memberNames : memberNames,
                mostInTotal.isEmpty() ? other.mostInTotal : mostInTotal,
                neededWith.isEmpty() ? other.neededWith : neededWith,
                apart == Apart.NONE ? other.apart : apart);
    }

    private static boolean isTrue(String name, JsonNode value, String place) {
        if (value == null || !value.isBoolean()) {
            throw new IllegalArgumentException(place + ": " + name + " must be true or false");
        }
        return value.booleanValue();
    }

    private static Apart apart(String name, JsonNode value, String place) {
        String text = value == null ? "" : value.asText();
        return switch (text) {
            case "nul" -> Apart.NUL;
            case "unfit" -> Apart.UNFIT;
            default -> throw new IllegalArgumentException(place + ": " + name + " must be nul or unfit");
        };
    }

    private static Pattern pattern(String name, JsonNode value, String place) {
        try {
            if (value != null && value.isTextual()) {
                return Pattern.compile(value.textValue());
            }
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(place + ": " + name + " cannot be read: " + e.getDescription(), e);
        }
        throw new IllegalArgumentException(place + ": " + name + " must be a regular expression");
    }

    private static int number(String name, JsonNode value, String place) {
        if (value == null || !value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw new IllegalArgumentException(place + ": " + name + " must be a whole number of at least 1");
        }
        return value.intValue();
    }

    private static Map<String, Integer> totals(String name, JsonNode value, String place) {
        if (value == null || !value.isObject() || value.isEmpty()) {
            throw new IllegalArgumentException(place + ": " + name + " must be an object of names and numbers");
        }
        Map<String, Integer> totals = new HashMap<>();
        value.properties().forEach(total -> totals.put(total.getKey(), number(name, total.getValue(), place)));
        return Map.copyOf(totals);
    }

    private static String name(String name, JsonNode value, String place) {
        if (value == null || !value.isTextual() || value.textValue().isBlank()) {
            throw new IllegalArgumentException(place + ": " + name + " must be a name");
        }
        return value.textValue();
    }

    private static List<String> names(String name, JsonNode value, String place) {
        List<String> names = new ArrayList<>();
        if (value != null && value.isArray()) {
            value.forEach(item -> {
                if (item.isTextual() && !item.textValue().isBlank()) {
                    names.add(item.textValue());
                }
            });
        }
        if (names.isEmpty() || names.size() != value.size()) {
            throw new IllegalArgumentException(place + ": " + name + " must be a list of names");
        }
        return List.copyOf(names);
    }

    private static List<String> joined(List<String> left, List<String> right) {
        if (left.isEmpty() || left.equals(right)) {
            return right;
        }
        if (right.isEmpty()) {
            return left;
        }
        List<String> all = new ArrayList<>(left);
        right.stream().filter(name -> !all.contains(name)).forEach(all::add);
        return List.copyOf(all);
    }
}
