package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;

/** True or false; the words are accepted as text in any letter case (docs/behaviour.md#coercion). */
final class BooleanType extends Type {
    BooleanType(boolean nullable) {
        super("true or false", nullable);
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        if (value.isBoolean()) {
            return value;
        }
        if (value.isTextual()) {
            if ("true".equalsIgnoreCase(value.textValue())) {
                return BooleanNode.TRUE;
            }
            if ("false".equalsIgnoreCase(value.textValue())) {
                return BooleanNode.FALSE;
            }
        }
        return check.refuse(expectation(), value);
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }
}
