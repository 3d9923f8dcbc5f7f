package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** A declared path, query or header parameter. */
final class Parameter {
    private final String name;
    private final String label;
    private final Property property;
    private final boolean header;

    Parameter(String in, Property property) {
        this.property = property;
        name = property.name();
        header = in.equals("header");
        label = (header ? "header " : in + " parameter ") + name;
    }

    String name() {
        return name;
    }

    String label() {
        return label;
    }

    boolean collectsAttributes() {
        return property.annotations().attributes();
    }

    /** Checks a decoded value, null when none was sent, and puts what it stands for under the declared name. */
    void take(String text, ObjectNode values, Check check) {
        check.at(label);
        JsonNode value = isAbsent(text) ? absent(text, check) : checked(text, check);
        if (value != null) {
            values.set(name, value);
        }
    }

    /** Checks the attributes of a query and puts them under the declared name. */
    void take(ObjectNode collection, ObjectNode values, Check check) {
        check.at(label);
        JsonNode value = property.type().check(collection, check);
        if (value != null) {
            values.set(name, value);
        }
    }

    private boolean isAbsent(String text) {
        if (text == null) {
            return true;
        }
        if (text.isBlank()) {
            return property.type().blankMeansAbsent() || (header && !property.required());
        }
        // Some clients build header values of variables that are not set.
        return header && !property.required() && (text.equals("undefined") || text.equals("null"));
    }

    private JsonNode absent(String text, Check check) {
        if (property.requiresDeployment()) {
            return check.refuseMissingDeployment();
        }
        if (property.mustBePresent()) {
            return check.require(property.type().expectation() + (text == null ? "" : ", got a blank string"));
        }
        return property.fallback();
    }

    private JsonNode checked(String text, Check check) {
        JsonNode value = property.type().check(TextNode.valueOf(text), check);
        if (value != null) {
            if (property.annotations().deployment()) {
                check.deployment(value.textValue());
            }
            if (property.annotations().dryRun()) {
                check.dryRun(value.booleanValue());
            }
        }
        return value;
    }
}
