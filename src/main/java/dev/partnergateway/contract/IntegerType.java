package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A whole number of 64 bits, or of 32 where the format says so; decimal text is accepted (docs/behaviour.md#coercion).
 */
final class IntegerType extends Type {
    private final long least;
    private final long most;
    private final Set<Long> allowed;

    IntegerType(Draft draft) {
        super(expectation(draft), draft.nullable());
        boolean small = "int32".equals(draft.format());
        least = draft.minimum() == null ? small ? Integer.MIN_VALUE : Long.MIN_VALUE : least(draft);
        most = draft.maximum() == null ? small ? Integer.MAX_VALUE : Long.MAX_VALUE : most(draft);
        allowed = draft.enumTexts() == null
                ? null
                : draft.enumTexts().stream().map(Long::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        JsonNode number = value;
        if (value.isTextual()) {
            String text = value.textValue().strip();
            if (!Numbers.isInteger(text)) {
                return check.refuse(expectation(), value);
            }
            number = LongNode.valueOf(Long.parseLong(text));
        } else if (!value.isIntegralNumber()) {
            return check.refuse(expectation(), value);
        } else if (!value.canConvertToLong()) {
            return check.refuse(expectation());
        }
        long whole = number.longValue();
        if (whole < least || whole > most || (allowed != null && !allowed.contains(whole))) {
            return check.refuse(expectation());
        }
        // One node class for equal numbers, however they were written.
        return number.isLong() ? number : LongNode.valueOf(whole);
    }

    private static long least(Draft draft) {
        BigDecimal bound = draft.minimum().setScale(0, RoundingMode.CEILING);
        boolean excluded = draft.exclusiveMinimum() && bound.compareTo(draft.minimum()) == 0;
        return bound.longValueExact() + (excluded ? 1 : 0);
    }

    private static long most(Draft draft) {
        BigDecimal bound = draft.maximum().setScale(0, RoundingMode.FLOOR);
        boolean excluded = draft.exclusiveMaximum() && bound.compareTo(draft.maximum()) == 0;
        return bound.longValueExact() - (excluded ? 1 : 0);
    }

    private static String expectation(Draft draft) {
        if (draft.enumTexts() != null) {
            return Expectation.oneOf(draft.enumTexts());
        }
        String kind = "int32".equals(draft.format()) ? "a 32-bit integer" : "a 64-bit integer";
        String range =
                Expectation.range(draft.minimum(), draft.exclusiveMinimum(), draft.maximum(), draft.exclusiveMaximum());
        return range.isEmpty() ? kind : "an integer" + range;
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }
}
