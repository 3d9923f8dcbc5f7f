package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.math.BigDecimal;

/** A number with all its digits; the text of a JSON number is accepted (docs/behaviour.md#coercion). */
final class NumberType extends Type {
    private final BigDecimal least;
    private final BigDecimal most;
    private final boolean aboveLeast;
    private final boolean belowMost;

    NumberType(Draft draft) {
        super(
                "a number"
                        + Expectation.range(
                                draft.minimum(), draft.exclusiveMinimum(), draft.maximum(), draft.exclusiveMaximum()),
                draft.nullable());
        least = draft.minimum();
        most = draft.maximum();
        aboveLeast = draft.exclusiveMinimum();
        belowMost = draft.exclusiveMaximum();
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        JsonNode number = value;
        if (value.isTextual()) {
            String text = value.textValue().strip();
            if (!Numbers.isJsonNumber(text)) {
                return check.refuse(expectation(), value);
            }
            number = Numbers.parse(text);
        } else if (!value.isNumber()) {
            return check.refuse(expectation(), value);
        }
        if (number == null || !Numbers.isReasonable(number)) {
            return check.refuse(Numbers.REASONABLE);
        }
        if (!isInRange(number)) {
            return check.refuse(expectation());
        }
        // One node class for equal numbers, however they were written.
        return number.isInt() ? LongNode.valueOf(number.longValue()) : number;
    }

    private boolean isInRange(JsonNode number) {
        if (least == null && most == null) {
            return true;
        }
        BigDecimal exact = number.decimalValue();
        if (least != null && exact.compareTo(least) < (aboveLeast ? 1 : 0)) {
            return false;
        }
        return most == null || exact.compareTo(most) <= (belowMost ? -1 : 0);
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }
}
