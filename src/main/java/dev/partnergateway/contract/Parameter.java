package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Stream;

/** A declared path, query or header parameter. */
final class Parameter {
    private final String name;
    private final String in;
    private final String label;
    private final Property property;
    private final boolean header;

    Parameter(String in, Property property) {
        this.property = property;
        name = property.name();
        this.in = in;
        header = in.equals("header");
        label = label(name);
    }

    String name() {
        return name;
    }

    /** Other accepted spellings of the name. */
    List<String> aliases() {
        return property.annotations().aliases();
    }

    /** All accepted spellings of the name, the declared one first. */
    List<String> names() {
        return Stream.concat(Stream.of(name), aliases().stream()).toList();
    }

    Property property() {
        return property;
    }

    String label() {
        return label;
    }

    /** The label under the name that the caller has used. */
    final String label(String spelled) {
        return spelled.equals(name) && label != null ? label : (header ? "header " : in + " parameter ") + spelled;
    }

    boolean collectsAttributes() {
        return property.annotations().attributes();
    }

    /**
     * Checks a decoded value and puts what it stands for under the declared name.
     *
     * @param spelled the name that the caller has used
     * @param text null when none was sent
     */
    void take(String spelled, String text, ObjectNode values, Check check) {
        check.at(label(spelled));
        if (!spelled.equals(name)) {
            check.spelled("/" + (header ? "headers" : in) + "/" + name, spelled);
        }
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
