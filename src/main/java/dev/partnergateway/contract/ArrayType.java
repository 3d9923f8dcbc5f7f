package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * A list of one type; its JSON text is accepted, and plain characters where the file says so
 * (docs/behaviour.md#coercion).
 */
final class ArrayType extends Type {
    /** Ten times the largest documented batch of 1000: a longer list is a mistake or an attack, and costs memory. */
    static final int MOST_ITEMS = 10_000;

    private final Type items;
    private final int fewest;
    private final int most;
    private final boolean characters;
    private final Annotations.Apart apart;

    ArrayType(Draft draft, Type items) {
        super("an array" + Expectation.count(draft.minItems(), draft.maxItems(), "item"), draft.nullable());
        this.items = items;
        fewest = draft.minItems() == null ? 0 : draft.minItems();
        most = draft.maxItems() == null ? MOST_ITEMS : draft.maxItems();
        characters = draft.annotations().characters();
        apart = draft.annotations().apart();
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        JsonNode array = value.isTextual() ? fromText(value, check) : value;
        if (array == null || !array.isArray()) {
            return check.refuse(expectation(), value);
        }
        int size = array.size();
        if (size < fewest || size > most) {
            return check.refuse(most == MOST_ITEMS && size > most ? "at most " + MOST_ITEMS + " items" : expectation());
        }
        ArrayNode checked = Json.FACTORY.arrayNode(size);
        for (int i = 0; i < size && !check.full(); i++) {
            check.enter(i);
            JsonNode item = item(array.get(i), check);
            if (item != null) {
                checked.add(item);
            }
            check.leave();
        }
        return checked;
    }

    /** The checked item; null when it is left out, or after a problem was reported. */
    private JsonNode item(JsonNode value, Check check) {
        switch (apart) {
            case NUL:
                if (Text.hasNul(value)) {
                    return check.leaveOut(": expected " + Text.WITHOUT_NUL);
                }
                return items.check(value, check);
            case UNFIT:
                Check trial = check.trial();
                JsonNode item = items.check(value, trial);
                if (!trial.passed()) {
                    return trial.isMisspelt() ? check.problemsOf(trial) : check.leaveOut(trial);
                }
                check.adopt(trial);
                return item;
            default:
                return items.check(value, check);
        }
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }

    @Override
    boolean holdsCredential() {
        return items.holdsCredential();
    }

    private JsonNode fromText(JsonNode value, Check check) {
        JsonNode array = check.container(value, '[');
        if (array != null || !characters) {
            return array;
        }
        String text = value.textValue();
        // A text that has more characters than the list may have items need not be taken apart to be refused.
        int end = text.codePointCount(0, text.length()) <= most ? text.length() : text.offsetByCodePoints(0, most + 1);
        ArrayNode entries = Json.FACTORY.arrayNode();
        text.substring(0, end).codePoints().forEach(point -> {
            check.budget().text(2);
            entries.add(TextNode.valueOf(Character.toString(point)));
        });
        return entries;
    }
}
