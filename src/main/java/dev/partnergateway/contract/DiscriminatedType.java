package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** oneOf or anyOf with a discriminator: the text of one member names the branch. */
final class DiscriminatedType extends Type {
    private final String property;
    private final Map<String, Type> branches;
    private final String names;

    DiscriminatedType(String property, Map<String, Type> branches, boolean nullable) {
        super("a JSON object", nullable);
        this.property = property;
        this.branches = Map.copyOf(branches);
        // The caller's map keeps the order of the file, the copy does not.
        this.names = Expectation.oneOf(branches.keySet());
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        JsonNode object = value.isTextual() ? check.container(value, '{') : value;
        if (object == null || !object.isObject()) {
            return check.refuse(expectation(), value);
        }
        JsonNode name = object.get(property);
        if (name != null && name.isTextual()) {
            Type branch = branches.get(name.textValue());
            if (branch != null) {
                return branch.check(object, check);
            }
        }
        check.enter(property);
        if (name == null) {
            check.require(names);
        } else if (name.isTextual()) {
            check.refuse(names);
        } else {
            check.refuse(names, name);
        }
        check.leave();
        return null;
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }

    @Override
    boolean requiresDeployment() {
        return branches.values().stream().allMatch(Type::requiresDeployment);
    }

    @Override
    boolean holdsCredential() {
        return branches.values().stream().anyMatch(Type::holdsCredential);
    }

    @Override
    boolean isMarked() {
        return branches.values().stream().anyMatch(Type::isMarked);
    }

    @Override
    void find(JsonNode value, Check check) {
        JsonNode object = value.isTextual() ? check.container(value, '{') : value;
        JsonNode name = object == null ? null : object.get(property);
        Type branch = name == null || !name.isTextual() ? null : branches.get(name.textValue());
        if (branch != null) {
            branch.find(object, check);
        }
    }

    @Override
    boolean requiresMembers() {
        return true;
    }
}
