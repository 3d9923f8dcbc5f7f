package dev.partnergateway.check;

import dev.partnergateway.check.Jq.Kind;
import dev.partnergateway.check.Jq.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Holds what an expression builds to what the next step takes: a request to Talon.One, an answer, an idempotency key. */
final class RequestCheck {

    /** What a route may state of a request to Talon.One. */
    private static final Set<String> REQUEST =
            new TreeSet<>(Set.of("path", "query", "body", "attributes", "key", "existing", "or"));

    private static final Set<String> ATTRIBUTES = new TreeSet<>(Set.of("unknown", "declared", "optional"));
    private static final Set<String> UNKNOWN = new TreeSet<>(Set.of("refuse", "skip", "create", "create-or-skip"));
    private static final Set<String> KEY = new TreeSet<>(Set.of("key", "recipient", "window"));
    private static final String OF_CALLER = "idempotencyKeyOf";
    private static final String NONE = "null";
    private static final String WINDOW = "[1-9][0-9]{0,4}[mhd]";

    private final Tree place;
    private final Consumer<Mistake> found;

    RequestCheck(Tree place, Consumer<Mistake> found) {
        this.place = place;
        this.found = found;
    }

    private void wrong(int at, String sentence) {
        found.accept(place.wrong(at, sentence));
    }

    // --- Requests to Talon.One --------------------------------------------------------------------------------------

    /**
     * Looks at what goes to {@code talon-one:}.
     *
     * @param ids the operations that it names
     * @param operations the same; null for one that is not known
     */
    void request(Jq jq, List<String> ids, List<Upstream.Operation> operations) {
        for (Results result : Results.of(jq)) {
            if (result.jq().is(Kind.OBJECT)) {
                one(result, ids.get(0), operations.get(0));
            } else if (ids.size() == 1) {
                result.items().stream()
                        .filter(item -> item.jq().is(Kind.OBJECT))
                        .forEach(item -> one(item, ids.get(0), operations.get(0)));
            } else if (!result.jq().parts().isEmpty() && result.jq().part(0).is(Kind.EITHER)) {
                side(result.jq().part(0).parts(), ids, operations);
            }
        }
    }

    private void side(List<Jq> requests, List<String> ids, List<Upstream.Operation> operations) {
        if (requests.size() != ids.size()) {
            wrong(
                    requests.get(0).at(),
                    "these are " + requests.size() + " requests for " + ids.size() + " operations: "
                            + String.join(", ", ids));
            return;
        }
        for (int i = 0; i < ids.size(); i++) {
            int position = i;
            Results.of(requests.get(i)).stream()
                    .filter(item -> item.jq().is(Kind.OBJECT))
                    .forEach(item -> one(item, ids.get(position), operations.get(position)));
        }
    }

    private void one(Results request, String id, Upstream.Operation operation) {
        if (operation == null) {
            return;
        }
        for (Member member : request.jq().members()) {
            if (member.name() == null) {
                continue;
            }
            Jq value = member.value();
            switch (member.name()) {
                case "path" -> {
                    names(value, operation.path(), id + " has no parameter ", " in its path");
                    parameters(value, id, operation);
                }
                case "query" -> names(value, operation.query(), id + " has no query parameter ", "");
                case "body" -> fits(value, operation.body(), id, "", operation.open());
                case "attributes" -> {
                    names(value, ATTRIBUTES, "attributes have no member ", "");
                    choice(value, "unknown", UNKNOWN);
                }
                default -> {
                    if (!REQUEST.contains(member.name())) {
                        wrong(
                                member.at(),
                                "a request to Talon.One has no member " + member.name()
                                        + Names.meant(member.name(), REQUEST));
                    }
                }
            }
        }
        if (request.isPlain()
                && request.member("path").isEmpty()
                && !operation.path().isEmpty()) {
            wrong(
                    request.jq().at(),
                    id + " needs " + String.join(" and ", operation.path()) + " in path, such as {path: {"
                            + String.join(", ", operation.path()) + "}}");
        }
    }

    private void parameters(Jq value, String id, Upstream.Operation operation) {
        for (Results path : value == null ? List.<Results>of() : Results.of(value)) {
            // One that is misspelt has been told.
            if (!path.isPlain()
                    || path.jq().members().stream()
                            .anyMatch(given -> !operation.path().contains(given.name()))) {
                continue;
            }
            for (String name : operation.path()) {
                if (path.member(name).isEmpty()) {
                    wrong(path.jq().at(), id + " needs " + name + " in path");
                }
            }
        }
    }

    private void names(Jq value, Set<String> known, String before, String after) {
        for (Results result : value == null ? List.<Results>of() : Results.of(value)) {
            for (Member member : result.jq().members()) {
                if (member.name() != null && !known.contains(member.name())) {
                    wrong(member.at(), before + member.name() + after + Names.meant(member.name(), known));
                }
            }
        }
    }

    private void choice(Jq value, String name, Set<String> known) {
        for (Results result : value == null ? List.<Results>of() : Results.of(value)) {
            result.member(name)
                    .map(Member::value)
                    .filter(chosen -> chosen.is(Kind.LITERAL) && chosen.name().startsWith("\""))
                    .filter(chosen -> !known.contains(chosen.name().substring(1))
                            && !chosen.name().contains("{{"))
                    .ifPresent(chosen -> wrong(
                            chosen.at(),
                            name + " is one of " + String.join(", ", known)
                                    + Names.meant(chosen.name().substring(1), known)));
        }
    }

    // --- Answers ----------------------------------------------------------------------------------------------------

    /** Looks at what a partner is answered. */
    void answer(Jq jq, Shape answer, String operation) {
        fits(jq, answer, "the answer of " + operation, "", Set.of());
    }

    private void fits(Jq value, Shape shape, String whose, String where, Set<String> open) {
        if (value == null || open.contains(where) || shape == Shape.ANY) {
            return;
        }
        for (Results result : Results.of(value)) {
            for (Member member : result.jq().members()) {
                if (member.name() == null) {
                    continue;
                }
                String inner = where.isEmpty() ? member.name() : where + '/' + member.name();
                if (!shape.knows(member.name())) {
                    wrong(
                            member.at(),
                            whose + " has no member " + member.name() + (where.isEmpty() ? "" : " in " + where)
                                    + Names.meant(member.name(), shape.names()));
                } else {
                    fits(member.value(), shape.member(member.name()), whose, inner, open);
                }
            }
            if (result.jq().is(Kind.LIST) && !result.jq().parts().isEmpty()) {
                fits(result.jq().part(0), shape.items(), whose, where.isEmpty() ? "*" : where + "/*", open);
            }
        }
    }

    // --- Idempotency ------------------------------------------------------------------------------------------------

    /** Looks at what makes two calls the same. */
    void key(Jq jq) {
        boolean literal = jq.is(Kind.LITERAL) || jq.is(Kind.LIST);
        if (literal) {
            wrong(jq.at(), "an idempotent consumer takes an object: {key: [...]} or {idempotencyKeyOf: ...}");
        }
        for (Results result : Results.of(jq)) {
            if (!result.jq().is(Kind.OBJECT)) {
                continue;
            }
            if (result.member(OF_CALLER).isPresent()) {
                names(result, Set.of(OF_CALLER), " beside " + OF_CALLER);
                continue;
            }
            names(result, KEY, "");
            if (result.isPlain() && result.member("key").isEmpty()) {
                wrong(result.jq().at(), "key is missing: {key: [...]}; null makes every call a new one");
            }
            result.member("key").map(Member::value).ifPresent(this::list);
            result.member("window").map(Member::value).ifPresent(this::window);
        }
    }

    private void names(Results result, Set<String> known, String beside) {
        Set<String> all = new TreeSet<>(known);
        all.add(OF_CALLER);
        for (Member member : result.jq().members()) {
            if (member.name() != null && !known.contains(member.name())) {
                wrong(
                        member.at(),
                        "what makes calls the same has no member " + member.name() + beside
                                + Names.meant(member.name(), beside.isEmpty() ? all : Set.of()));
            }
        }
    }

    private void list(Jq key) {
        for (Jq given : branches(key)) {
            boolean builds = given.is(Kind.OBJECT)
                    || given.is(Kind.LITERAL) && !given.name().equals(NONE);
            if (builds) {
                wrong(given.at(), "key is a list of the parts that make calls the same, such as [.body.id], or null");
            }
        }
    }

    private void window(Jq window) {
        for (Jq given : branches(window)) {
            boolean fits = !given.is(Kind.LITERAL)
                    || given.name().equals(NONE)
                    || given.name().startsWith("\"")
                            && given.name().substring(1).matches(WINDOW);
            if (!fits) {
                wrong(given.at(), "window is a time such as \"15m\", \"24h\" or \"30d\"");
            }
        }
    }

    private static List<Jq> branches(Jq jq) {
        if (!jq.is(Kind.IF) && !jq.is(Kind.EITHER)) {
            return List.of(jq);
        }
        List<Jq> all = new ArrayList<>();
        for (int i = jq.is(Kind.IF) ? 1 : 0; i < jq.parts().size(); i += jq.is(Kind.IF) ? 2 : 1) {
            all.addAll(branches(jq.part(i)));
        }
        if (jq.is(Kind.IF) && jq.parts().size() % 2 == 1) {
            all.addAll(branches(jq.last()));
        }
        return all;
    }
}
