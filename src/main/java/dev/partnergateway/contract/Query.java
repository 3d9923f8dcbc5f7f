package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The declared query parameters of an operation; their names match in any letter case (docs/behaviour.md#coercion). */
final class Query {
    private final List<Parameter> parameters;
    private final Map<String, Position> positions = new HashMap<>();
    private final Parameter attributes;

    /** A parameter, by one of its names. */
    private record Position(int index, String name) {}

    Query(List<Parameter> declared) {
        attributes = declared.stream()
                .filter(Parameter::collectsAttributes)
                .findFirst()
                .orElse(null);
        parameters = declared.stream()
                .filter(parameter -> !parameter.collectsAttributes())
                .toList();
        for (int i = 0; i < parameters.size(); i++) {
            for (String name : parameters.get(i).names()) {
                positions.put(key(name), new Position(i, name));
            }
        }
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    ObjectNode check(String rawQuery, Check check) {
        ObjectNode values = Json.FACTORY.objectNode();
        if (parameters.isEmpty() && attributes == null) {
            return values;
        }
        String[] texts = new String[parameters.size()];
        String[] names = new String[texts.length];
        boolean[] refused = new boolean[texts.length];
        ObjectNode collection = attributes == null ? null : Json.FACTORY.objectNode();
        if (rawQuery != null) {
            for (UrlEncoded.Pair pair : UrlEncoded.pairs(rawQuery)) {
                read(pair, new Values(texts, names, refused), collection, check);
            }
        }
        for (int i = 0; i < texts.length; i++) {
            if (!refused[i]) {
                Parameter parameter = parameters.get(i);
                parameter.take(names[i] == null ? parameter.name() : names[i], texts[i], values, check);
            }
        }
        if (collection != null && !collection.isEmpty()) {
            attributes.take(collection, values, check);
        }
        return values;
    }

    /** What was sent for each parameter: its text, the name that was used, and whether something was wrong with it. */
    private record Values(String[] texts, String[] names, boolean[] refused) {}

    private void read(UrlEncoded.Pair pair, Values sent, ObjectNode collection, Check check) {
        String name = UrlEncoded.decode(pair.name(), true);
        if (name == null) {
            check.at("the query string");
            check.refuse(UrlEncoded.EXPECTATION);
            return;
        }
        Position position = positions.get(key(name));
        boolean attribute = position == null && collection != null && Attributes.isPrefixed(name);
        if (position == null && !attribute) {
            return;
        }
        check.at(
                attribute
                        ? attributes.label()
                        : parameters.get(position.index()).label(position.name()));
        String value = UrlEncoded.decode(pair.value(), true);
        if (attribute) {
            check.enter(name);
            if (value == null) {
                check.refuse(UrlEncoded.EXPECTATION);
            } else {
                Attributes.collect(name, Json.FACTORY.textNode(value), collection, check);
            }
            check.leave();
        } else if (value == null || sent.texts()[position.index()] != null) {
            if (!sent.refused()[position.index()]) {
                check.refuse(value == null ? UrlEncoded.EXPECTATION : "once, found it several times");
            }
            sent.refused()[position.index()] = true;
        } else {
            sent.texts()[position.index()] = value;
            sent.names()[position.index()] = position.name();
        }
    }
}
