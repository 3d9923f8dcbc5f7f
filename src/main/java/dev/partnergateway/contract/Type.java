package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** A compiled schema: checks a value and gives it back in the declared type. Immutable, shared by all calls. */
abstract class Type {
    private final String expectation;
    private final boolean nullable;

    Type(String expectation, boolean nullable) {
        this.expectation = expectation;
        this.nullable = nullable;
    }

    /** What a value must be, ready to follow the word "expected". */
    String expectation() {
        return expectation;
    }

    boolean nullable() {
        return nullable;
    }

    /** The value in the declared type, or null after the problem was reported. */
    JsonNode check(JsonNode value, Check check) {
        if (value.isNull()) {
            return nullable() ? value : check.refuse(expectation(), value);
        }
        return coerce(value, check);
    }

    /** As {@link #check}, for a value that is not JSON null. */
    abstract JsonNode coerce(JsonNode value, Check check);

    /** Whether a blank string in an optional member means that the member was left out (docs/behaviour.md#coercion). */
    boolean blankMeansAbsent() {
        return false;
    }

    /** Whether a value of this type cannot be without a deployment (docs/behaviour.md#addresses). */
    boolean requiresDeployment() {
        return false;
    }

    /** Whether a value of this type can hold the caller's credential. */
    boolean holdsCredential() {
        return false;
    }

    /** Whether the deployment or the key can be in a value of this type. */
    boolean isMarked() {
        return false;
    }

    /**
     * Looks for the deployment and the key in a value that has not been checked, and tells the check what it finds.
     * Nothing else of the value is looked at, and nothing is refused.
     */
    void find(JsonNode value, Check check) {}

    /** Names of declared members; none where others are taken as well, or there are no members. */
    Set<String> memberNames() {
        return Set.of();
    }

    /** Whether a value is an object with members of which this type takes none: what it says is not what was meant. */
    final boolean knowsNoMemberOf(JsonNode value) {
        if (!value.isObject() || value.isEmpty() || memberNames().isEmpty()) {
            return false;
        }
        for (var member : value.properties()) {
            if (memberNames().contains(member.getKey()) || Attributes.isPrefixed(member.getKey())) {
                return false;
            }
        }
        return true;
    }

    /** The declared member of a name; null when there is none. */
    Property property(String name) {
        return null;
    }

    /** Whether an object of this type cannot be empty. */
    boolean requiresMembers() {
        return false;
    }
}
