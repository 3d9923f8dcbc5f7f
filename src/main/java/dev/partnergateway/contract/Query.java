package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The declared query parameters of an operation; their names match in any letter case (docs/behaviour.md#coercion). */
final class Query {
    private final List<Parameter> parameters;
    private final Map<String, Integer> positions = new HashMap<>();
    private final Parameter attributes;

    Query(List<Parameter> declared) {
        attributes = declared.stream()
                .filter(Parameter::collectsAttributes)
                .findFirst()
                .orElse(null);
        parameters = declared.stream()
                .filter(parameter -> !parameter.collectsAttributes())
                .toList();
        for (int i = 0; i < parameters.size(); i++) {
            positions.put(key(parameters.get(i).name()), i);
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
        boolean[] refused = new boolean[texts.length];
        ObjectNode collection = attributes == null ? null : Json.FACTORY.objectNode();
        if (rawQuery != null) {
            for (UrlEncoded.Pair pair : UrlEncoded.pairs(rawQuery)) {
                read(pair, texts, refused, collection, check);
            }
        }
        for (int i = 0; i < texts.length; i++) {
            if (!refused[i]) {
                parameters.get(i).take(texts[i], values, check);
            }
        }
        if (collection != null && !collection.isEmpty()) {
            attributes.take(collection, values, check);
        }
        return values;
    }

    private void read(UrlEncoded.Pair pair, String[] texts, boolean[] refused, ObjectNode collection, Check check) {
        String name = UrlEncoded.decode(pair.name(), true);
        if (name == null) {
            check.at("the query string");
            check.refuse(UrlEncoded.EXPECTATION);
            return;
        }
        Integer position = positions.get(key(name));
        boolean attribute = position == null && collection != null && Attributes.isPrefixed(name);
        if (position == null && !attribute) {
            return;
        }
        check.at(attribute ? attributes.label() : parameters.get(position).label());
        String value = UrlEncoded.decode(pair.value(), true);
        if (attribute) {
            check.enter(name);
            if (value == null) {
                check.refuse(UrlEncoded.EXPECTATION);
            } else {
                Attributes.collect(name, Json.FACTORY.textNode(value), collection, check);
            }
            check.leave();
        } else if (value == null || texts[position] != null) {
            if (!refused[position]) {
                check.refuse(value == null ? UrlEncoded.EXPECTATION : "once, found it several times");
            }
            refused[position] = true;
        } else {
            texts[position] = value;
        }
    }
}
