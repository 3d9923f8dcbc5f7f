package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;

/** Stands for a named schema inside itself; the depth of a document (64) bounds the recursion. */
final class RecursiveType extends Type {
    private Type target;

    RecursiveType(String name) {
        super("a " + name, false);
    }

    /** Ends the compilation of the named schema; not called again. */
    void resolve(Type compiled) {
        target = compiled;
    }

    @Override
    boolean nullable() {
        return target.nullable();
    }

    @Override
    String expectation() {
        return target == null ? super.expectation() : target.expectation();
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        return target.coerce(value, check);
    }

    @Override
    Property property(String name) {
        return target.property(name);
    }

    @Override
    boolean blankMeansAbsent() {
        return target.blankMeansAbsent();
    }
}
