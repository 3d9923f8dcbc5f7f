package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.function.Predicate;

/** Attributes given one by one, under names that start with a dot or an underscore (docs/behaviour.md#attributes). */
final class Attributes {
    static final String NAME = "an attribute name of a letter followed by letters, digits or underscores";

    private Attributes() {}

    static boolean isPrefixed(String name) {
        return !name.isEmpty() && (name.charAt(0) == '.' || name.charAt(0) == '_');
    }

    /** Puts the attribute of a prefixed member into the collection, or reports what is wrong with it. */
    static void collect(String prefixedName, JsonNode value, ObjectNode collection, Check check) {
        String name = prefixedName.substring(1);
        if (name.isEmpty()) {
            // "_=123" is what clients add to get past caches.
            return;
        }
        if (!isName(name)) {
            check.refuse(NAME);
            return;
        }
        if (collection.has(name)) {
            check.refuse("the attribute " + name + " once, with one prefix or as a member of the object");
            return;
        }
        JsonNode typed = value.isTextual() ? typed(value, check) : value;
        if (typed == null) {
            check.refuse(Numbers.REASONABLE);
            return;
        }
        JsonNode checked = Text.checkFree(typed, check);
        if (checked != null) {
            collection.set(name, checked);
        }
    }

    /**
     * The value that a text stands for: the first match of the table in docs/behaviour.md#attributes; null for an
     * absurd number.
     */
    static JsonNode typed(JsonNode value, Check check) {
        String text = value.textValue();
        if (text.isEmpty()) {
            return value;
        }
        switch (text.charAt(0)) {
            case '"':
                return text.length() > 1 ? container(value, '"', JsonNode::isTextual, check) : value;
            case 't':
                return text.equals("true") ? BooleanNode.TRUE : value;
            case 'f':
                return text.equals("false") ? BooleanNode.FALSE : value;
            case '[':
                return container(value, ']', Attributes::isList, check);
            case '{':
                return container(value, '}', JsonNode::isObject, check);
            default:
                return Numbers.isJsonNumber(text) ? Numbers.parse(text) : value;
        }
    }

    private static JsonNode container(JsonNode value, char last, Predicate<JsonNode> kind, Check check) {
        String text = value.textValue();
        if (text.charAt(text.length() - 1) != last) {
            return value;
        }
        JsonNode read = check.document(text);
        return read != null && kind.test(read) ? read : TextNode.valueOf(text);
    }

    private static boolean isList(JsonNode array) {
        boolean texts = true;
        boolean numbers = true;
        for (JsonNode item : array) {
            texts &= item.isTextual();
            numbers &= item.isNumber();
        }
        return texts || numbers;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean other = c == '_' || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || !other)) {
                return false;
            }
        }
        return true;
    }
}
