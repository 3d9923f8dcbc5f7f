package dev.partnergateway.check;

import java.util.List;

/**
 * A jq expression as it is written.
 *
 * @param kind what it is
 * @param name its name or text, where the kind has one
 * @param parts what it is made of
 * @param members of an object that is built
 * @param names variables that a binding makes, parameters of a function
 * @param at where it begins in the text, from 0
 */
record Jq(Kind kind, String name, List<Jq> parts, List<Member> members, List<String> names, int at) {

    enum Kind {
        /** {@code .} */
        IDENTITY,
        /** A number, or a text without expressions in it; its name is the text. */
        LITERAL,
        /** {@code name(parts)}. */
        CALL,
        /** {@code $name}. */
        VARIABLE,
        /** {@code source as $names | body}. */
        BIND,
        /** {@code reduce} and {@code foreach}: source, then what the variables are seen in. */
        FOLD,
        /** {@code def name(names): body; rest}. */
        DEFINITION,
        OBJECT,
        /** {@code [part]}, or {@code []}. */
        LIST,
        PIPE,
        /** Several, of which each may be the result: {@code ,}, {@code //}, {@code ?//}. */
        EITHER,
        /** {@code if}: condition, result, condition, result, other result. */
        IF,
        PLUS,
        TRY,
        /** {@code part.name}. */
        FIELD,
        /** {@code part[]}. */
        ITEMS,
        /** Whatever else; its parts see what it sees. */
        OTHER
    }

    /**
     * A member of an object that is built.
     *
     * @param name null when it is computed
     * @param key what computes it; null when it is written
     * @param value what it holds; null in {@code {name}}, which takes the member of that name
     * @param at where it begins
     */
    record Member(String name, Jq key, Jq value, int at) {}

    static Jq of(Kind kind, String name, int at, Jq... parts) {
        return new Jq(kind, name, List.of(parts), List.of(), List.of(), at);
    }

    static Jq of(Kind kind, String name, List<String> names, int at, Jq... parts) {
        return new Jq(kind, name, List.of(parts), List.of(), names, at);
    }

    boolean is(Kind other) {
        return kind == other;
    }

    /** Whether it is a call of this function. */
    boolean calls(String function) {
        return kind == Kind.CALL && name.equals(function);
    }

    Jq part(int index) {
        return parts.get(index);
    }

    Jq last() {
        return parts.get(parts.size() - 1);
    }
}
