package dev.partnergateway.check;

import dev.partnergateway.check.Jq.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an expression may give, where that is written in it: the objects and lists that it builds. What comes from somewhere
 * else is left out.
 *
 * @param jq an object or a list that is built
 * @param whole whether nothing is added to it, or taken from it, afterwards
 */
record Results(Jq jq, boolean whole) {

    static List<Results> of(Jq expression) {
        return of(expression, List.of());
    }

    private static List<Results> of(Jq jq, List<Results> in) {
        return switch (jq.kind()) {
            case OBJECT, LIST -> List.of(new Results(jq, true));
            case IDENTITY -> in;
            case PIPE -> of(jq.part(1), of(jq.part(0), in));
            case BIND, DEFINITION -> of(jq.last(), in);
            case EITHER -> all(jq.parts(), in, true);
            case PLUS -> all(jq.parts(), in, false);
            case IF -> {
                List<Jq> results = new ArrayList<>();
                for (int i = 1; i < jq.parts().size(); i += 2) {
                    results.add(jq.part(i));
                }
                if (jq.parts().size() % 2 == 1) {
                    results.add(jq.last());
                }
                yield all(results, in, true);
            }
            case TRY -> of(jq.part(0), in);
            case CALL -> called(jq, in);
            default -> List.of();
        };
    }

    private static List<Results> all(List<Jq> parts, List<Results> in, boolean whole) {
        List<Results> all = new ArrayList<>();
        parts.forEach(
                part -> of(part, in).forEach(result -> all.add(whole ? result : new Results(result.jq(), false))));
        return all;
    }

    private static List<Results> called(Jq call, List<Results> in) {
        if (call.calls("map") && call.parts().size() == 1) {
            return List.of(new Results(Jq.of(Kind.LIST, "[]", call.at(), call.part(0)), true));
        }
        if (!JqCheck.PASSING.contains(call.name())) {
            return List.of();
        }
        return call.calls("del")
                ? in.stream().map(result -> new Results(result.jq(), false)).toList()
                : in;
    }

    /** What the items of a list may be; nothing for an object. */
    List<Results> items() {
        return jq.is(Kind.LIST) && !jq.parts().isEmpty() ? of(jq.part(0)) : List.of();
    }

    /** What is written for a member of an object. */
    Optional<Jq.Member> member(String name) {
        return jq.members().stream()
                .filter(member -> name.equals(member.name()))
                .findFirst();
    }

    /** Whether it is an object all of whose names are written. */
    boolean isPlain() {
        return jq.is(Kind.OBJECT) && whole && jq.members().stream().allMatch(member -> member.name() != null);
    }
}
