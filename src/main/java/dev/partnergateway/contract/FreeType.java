package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;

/** Any JSON value, kept as it is. */
final class FreeType extends Type {
    FreeType() {
        // OpenAPI 3.0.3: a schema without a type allows null.
        super("any JSON value", true);
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        return Text.checkFree(value, check);
    }
}
