package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** oneOf or anyOf without a discriminator: the first branch that a value fits decides its type. */
final class AlternativesType extends Type {
    private final List<Type> branches;
    private final List<Type> numbersFirst;

    AlternativesType(List<Type> branches, boolean nullable) {
        super(
                branches.stream().map(Type::expectation).collect(Collectors.joining(", or ")),
                nullable || branches.stream().anyMatch(Type::nullable));
        this.branches = List.copyOf(branches);
        List<Type> ordered = new ArrayList<>(branches);
        ordered.sort(Comparator.comparing(branch -> branch instanceof StringType));
        this.numbersFirst = List.copyOf(ordered);
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        Check nearest = null;
        // A number is a text only where it can be nothing else.
        List<Type> tried = value.isNumber() ? numbersFirst : branches;
        for (Type branch : tried) {
            Check trial = check.trial();
            JsonNode checked = branch.coerce(value, trial);
            if (trial.passed()) {
                check.adopt(trial);
                return checked;
            }
            if (nearest == null && value.isObject()) {
                nearest = trial;
            }
        }
        // "An object, or an object" would help nobody: the first branch is the one that files put the usual case in.
        return nearest == null ? check.refuse(expectation(), value) : check.problemsOf(nearest);
    }

    @Override
    boolean blankMeansAbsent() {
        return branches.stream().allMatch(Type::blankMeansAbsent);
    }

    @Override
    boolean requiresDeployment() {
        return branches.stream().allMatch(Type::requiresDeployment);
    }

    @Override
    boolean holdsCredential() {
        return branches.stream().anyMatch(Type::holdsCredential);
    }

    @Override
    boolean isMarked() {
        return branches.stream().anyMatch(Type::isMarked);
    }

    @Override
    void find(JsonNode value, Check check) {
        for (Type branch : branches) {
            if (check.deployment() == null && check.credential() == null) {
                branch.find(value, check);
            }
        }
    }

    @Override
    boolean requiresMembers() {
        return branches.stream().allMatch(Type::requiresMembers);
    }
}
