package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * An RFC 3339 date-time that stays a text, so that neither offset nor precision is lost (docs/behaviour.md#coercion).
 */
final class DateTimeType extends Type {
    DateTimeType(boolean nullable) {
        super("an RFC 3339 date-time such as 2026-01-31T09:30:00Z", nullable);
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        if (!value.isTextual()) {
            return check.refuse(expectation(), value);
        }
        String text = value.textValue();
        String accepted = DateTimes.accept(text);
        if (accepted == null) {
            return check.refuse(expectation());
        }
        // Same object, not equal text: nothing was repaired and the node can be kept.
        return accepted == text ? value : TextNode.valueOf(accepted);
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }
}
