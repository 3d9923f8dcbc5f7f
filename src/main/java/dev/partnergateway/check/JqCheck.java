package dev.partnergateway.check;

import dev.partnergateway.check.Jq.Kind;
import dev.partnergateway.check.Jq.Member;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/** Looks at one jq expression of a route: syntax, functions, variables, and the members of the call that it reads. */
final class JqCheck {

    private static final Pattern PLACE = Pattern.compile("at line (\\d+), column (\\d+)");
    private static final Pattern TOKEN = Pattern.compile("[\\w$.]+|\\S");

    /** Functions that give what they get, or nothing. */
    static final Set<String> PASSING =
            Set.of("select", "del", "counted", "sort_by", "unique_by", "reverse", "sort", "unique");

    /** Functions whose argument looks at the items of what they get. */
    private static final Set<String> OF_ITEMS =
            Set.of("map", "sort_by", "group_by", "unique_by", "min_by", "max_by", "any", "all");

    /** Functions whose arguments look at what they get. */
    private static final Set<String> IN_PLACE = Set.of(
            "select",
            "del",
            "first",
            "last",
            "range",
            "has",
            "contains",
            "inside",
            "startswith",
            "endswith",
            "ltrimstr",
            "rtrimstr",
            "join",
            "split",
            "index",
            "isempty",
            "error",
            "alphanumeric",
            "path",
            "not");

    /**
     * What an expression may name.
     *
     * @param answers that steps have kept
     * @param variables that steps have set
     * @param parameters of the Kamelet that it belongs to
     */
    record Kept(Set<String> answers, Set<String> variables, Set<String> parameters) {}

    /**
     * An expression that is jq.
     *
     * @param shape what it gives
     */
    record Checked(Jq jq, Shape shape) {}

    private final JqFunctionNames functions;
    private final Tree place;
    private final Kept kept;
    private final Shape call;
    private final Consumer<Mistake> found;

    /**
     * Makes the check of one expression.
     *
     * @param place where it stands
     * @param call what the partner's call has
     */
    JqCheck(JqFunctionNames functions, Tree place, Kept kept, Shape call, Consumer<Mistake> found) {
        this.functions = functions;
        this.place = place;
        this.kept = kept;
        this.call = call;
        this.found = found;
    }

    private record Scope(Map<String, Shape> variables, Set<String> functions) {

        static final Scope EMPTY = new Scope(Map.of(), Set.of());

        Scope with(String variable, Shape shape) {
            Map<String, Shape> all = new HashMap<>(variables);
            all.put(variable, shape);
            return new Scope(all, functions);
        }

        Scope with(String function) {
            Set<String> all = new HashSet<>(functions);
            all.add(function);
            return new Scope(variables, all);
        }
    }

    /**
     * Looks at it.
     *
     * @param in what it gets
     * @return the expression; nothing when it is no jq
     */
    Optional<Checked> check(Shape in) {
        String text = place.text();
        String own = text;
        for (String parameter : kept.parameters()) {
            own = own.replace("{{" + parameter + "}}", parameter);
        }
        int braces = own.indexOf("{{");
        if (braces >= 0) {
            wrong(
                    text.indexOf("{{"),
                    "{{ begins a placeholder, which could show what is no business of a route: write { {");
            return Optional.empty();
        }
        try {
            JsonQuery.compile(text, Versions.JQ_1_7);
        } catch (JsonQueryException | RuntimeException | Error e) {
            syntax(text, e);
            return Optional.empty();
        }
        try {
            Jq whole = JqReader.read(text);
            return Optional.of(new Checked(whole, walk(whole, in, Scope.EMPTY)));
        } catch (JqReader.Unreadable e) {
            wrong(e.at, "this jq cannot be looked at: write it in a simpler way");
            return Optional.empty();
        }
    }

    private void syntax(String text, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            message += '\n' + String.valueOf(cause.getMessage());
        }
        Matcher where = PLACE.matcher(message);
        int at = text.length();
        if (where.find()) {
            int line = Integer.parseInt(where.group(1));
            at = 0;
            for (int i = 1; i < line; i++) {
                at = text.indexOf('\n', at) + 1;
            }
            at += Integer.parseInt(where.group(2)) - 1;
        }
        boolean end = message.contains("<EOF>") || at >= text.length();
        Matcher token = TOKEN.matcher(end ? "" : text.substring(at));
        String what = token.lookingAt() ? token.group() + " cannot stand here" : "it ends too early";
        wrong(end ? text.length() : at, "this is no jq: " + what);
    }

    private void wrong(int at, String sentence) {
        found.accept(place.wrong(at, sentence));
    }

    private Shape walk(Jq jq, Shape in, Scope scope) {
        return switch (jq.kind()) {
            case IDENTITY -> in;
            case LITERAL -> Shape.ANY;
            case FIELD -> member(walk(jq.part(0), in, scope), jq.name(), jq.at());
            case ITEMS -> walk(jq.part(0), in, scope).items();
            case PIPE -> walk(jq.part(1), walk(jq.part(0), in, scope), scope);
            case VARIABLE -> variable(jq, scope);
            case CALL -> called(jq, in, scope);
            case BIND -> bound(jq, in, scope);
            case DEFINITION -> defined(jq, in, scope);
            case OBJECT -> {
                jq.members().forEach(member -> object(member, in, scope));
                yield Shape.ANY;
            }
            case LIST -> jq.parts().isEmpty() ? Shape.ANY : Shape.listOf(walk(jq.part(0), in, scope));
            case FOLD -> {
                wrong(jq.at(), functions.refusal(jq.name(), 2));
                yield Shape.ANY;
            }
            case TRY -> {
                Shape tried = walk(jq.part(0), in, scope);
                if (jq.parts().size() > 1) {
                    walk(jq.part(1), Shape.ANY, scope);
                }
                yield tried;
            }
            case EITHER, IF, PLUS, OTHER -> {
                jq.parts().forEach(part -> walk(part, in, scope));
                yield Shape.ANY;
            }
        };
    }

    private Shape member(Shape of, String name, int at) {
        if (!of.knows(name)) {
            wrong(at, "the contract knows no member " + name + " here" + Names.meant(name, of.names()));
        }
        return of.member(name);
    }

    private void object(Member member, Shape in, Scope scope) {
        if (member.key() != null) {
            walk(member.key(), in, scope);
        }
        if (member.value() != null) {
            walk(member.value(), in, scope);
        } else if (member.name() != null) {
            member(in, member.name(), member.at());
        }
    }

    private Shape variable(Jq jq, Scope scope) {
        String name = jq.name();
        if (name.equals("__loc__")) {
            return Shape.ANY;
        }
        if (name.equals("ENV")) {
            wrong(jq.at(), functions.refusal("env", 0));
        } else if (!scope.variables().containsKey(name)) {
            wrong(
                    jq.at(),
                    "$" + name + " is not defined"
                            + Names.meant(
                                    '$' + name,
                                    scope.variables().keySet().stream()
                                            .map(known -> '$' + known)
                                            .toList()));
        }
        return scope.variables().getOrDefault(name, Shape.ANY);
    }

    private Shape bound(Jq jq, Shape in, Scope scope) {
        Shape source = walk(jq.part(0), in, scope);
        Scope inner = scope;
        for (String name : jq.names()) {
            inner = inner.with(name, jq.names().size() == 1 && jq.parts().size() == 2 ? source : Shape.ANY);
        }
        for (Jq key : jq.parts().subList(1, jq.parts().size() - 1)) {
            walk(key, Shape.ANY, inner);
        }
        return walk(jq.last(), in, inner);
    }

    private Shape defined(Jq jq, Shape in, Scope scope) {
        Scope outer = scope.with(jq.name() + '/' + jq.names().size());
        Scope inner = outer;
        for (String parameter : jq.names()) {
            inner = parameter.startsWith("$")
                    ? inner.with(parameter.substring(1), Shape.ANY).with(parameter.substring(1) + "/0")
                    : inner.with(parameter + "/0");
        }
        walk(jq.part(0), Shape.ANY, inner);
        return walk(jq.part(1), in, outer);
    }

    private Shape called(Jq jq, Shape in, Scope scope) {
        String name = jq.name();
        if (scope.functions().contains(name + '/' + jq.parts().size())) {
            jq.parts().forEach(part -> walk(part, Shape.ANY, scope));
            return Shape.ANY;
        }
        String refusal = functions.refusal(name, jq.parts().size());
        if (refusal != null) {
            wrong(jq.at(), refusal);
        }
        known(jq);
        boolean inPlace = IN_PLACE.contains(name);
        Shape seen = OF_ITEMS.contains(name) ? in.items() : inPlace ? in : Shape.ANY;
        Shape last = Shape.ANY;
        for (Jq part : jq.parts()) {
            last = walk(part, seen, scope);
        }
        return switch (name) {
            case "call" -> call;
            case "map" -> Shape.listOf(last);
            case "first", "last" -> jq.parts().isEmpty() ? in.items() : last;
            default -> PASSING.contains(name) ? in : Shape.ANY;
        };
    }

    /** What is read under a name has been kept under it. */
    private void known(Jq jq) {
        boolean answer = jq.name().equals("kept");
        if (!answer && !jq.name().equals("variable")
                || jq.parts().isEmpty()
                || !jq.part(0).is(Kind.LITERAL)) {
            return;
        }
        String name = jq.part(0).name().replace("\"", "");
        Set<String> names = answer ? kept.answers() : kept.variables();
        if (!names.contains(name)) {
            wrong(
                    jq.part(0).at(),
                    "no step " + (answer ? "keeps an answer with variableReceive: " : "sets a variable ") + name
                            + Names.meant(name, names));
        }
    }
}
