package dev.partnergateway.check;

import dev.partnergateway.check.Jq.Kind;
import dev.partnergateway.check.Jq.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a jq expression with the places of its parts, which the library that carries jq out does not keep. It takes what
 * that library has found to be jq.
 */
final class JqReader {

    private static final Set<String> KEYWORDS = Set.of(
            "def", "if", "then", "elif", "else", "end", "as", "reduce", "foreach", "try", "catch", "label", "import",
            "include", "and", "or", "__loc__");

    /** Operators by how strongly they bind; what binds more stands later. */
    private static final List<Set<String>> OPERATORS = List.of(
            Set.of("//", "?//"),
            Set.of("=", "|=", "+=", "-=", "*=", "/=", "%=", "//="),
            Set.of("or"),
            Set.of("and"),
            Set.of("==", "!=", "<", "<=", ">", ">="),
            Set.of("+", "-"),
            Set.of("*", "/", "%"));

    private static final Map<String, Kind> RESULTS = Map.of("//", Kind.EITHER, "?//", Kind.EITHER, "+", Kind.PLUS);

    /** It is not jq; the library says why, in better words. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        /** Where reading stopped. */
        final int at;

        Unreadable(int at) {
            super("unreadable at " + at);
            this.at = at;
        }
    }

    private enum Type {
        WORD,
        VARIABLE,
        FIELD,
        NUMBER,
        TEXT,
        FORMAT,
        SIGN,
        END
    }

    private record Token(Type type, String text, int at, List<Jq> inside) {
        boolean is(String sign) {
            return (type == Type.SIGN || type == Type.WORD) && text.equals(sign);
        }
    }

    private static final String[] SIGNS = {
        "?//=", "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..", "|", ",", ".",
        "[", "]", "(", ")", "{", "}", ":", ";", "?", "=", "<", ">", "+", "-", "*", "/", "%"
    };

    private final String text;
    private int place;
    private Token next;

    private JqReader(String text, int from) throws Unreadable {
        this.text = text;
        this.place = from;
        this.next = token();
    }

    static Jq read(String text) throws Unreadable {
        try {
            JqReader reader = new JqReader(text, 0);
            Jq whole = reader.next.type() == Type.END ? Jq.of(Kind.IDENTITY, "", 0) : reader.pipe();
            reader.expect(reader.next.type() == Type.END);
            return whole;
        } catch (StackOverflowError e) {
            throw new Unreadable(0);
        }
    }

    // --- Tokens ---------------------------------------------------------------------------------------------------

    private Token token() throws Unreadable {
        skipBlank();
        int at = place;
        if (at >= text.length()) {
            return new Token(Type.END, "", at, List.of());
        }
        char c = text.charAt(at);
        if (c == '"') {
            return quoted();
        }
        if (c == '$' && isName(at + 1)) {
            return new Token(Type.VARIABLE, name(at + 1), at, List.of());
        }
        if (c == '@' && isName(at + 1)) {
            return new Token(Type.FORMAT, name(at + 1), at, List.of());
        }
        if (c == '.' && isName(at + 1)) {
            return new Token(Type.FIELD, name(at + 1), at, List.of());
        }
        if (isName(at)) {
            return new Token(Type.WORD, name(at), at, List.of());
        }
        if (Character.isDigit(c) || c == '.' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1))) {
            return number();
        }
        for (String sign : SIGNS) {
            if (text.startsWith(sign, at)) {
                place = at + sign.length();
                return new Token(Type.SIGN, sign, at, List.of());
            }
        }
        throw new Unreadable(at);
    }

    private void skipBlank() {
        while (place < text.length()) {
            if (text.charAt(place) == '#') {
                while (place < text.length() && text.charAt(place) != '\n') {
                    place++;
                }
            } else if (Character.isWhitespace(text.charAt(place))) {
                place++;
            } else {
                return;
            }
        }
    }

    private boolean isName(int at) {
        return at < text.length() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '_');
    }

    private String name(int from) {
        place = from;
        while (place < text.length()
                && (Character.isLetterOrDigit(text.charAt(place))
                        || text.charAt(place) == '_'
                        || text.startsWith("::", place))) {
            place += text.startsWith("::", place) ? 2 : 1;
        }
        return text.substring(from, place);
    }

    private Token number() {
        int at = place;
        while (place < text.length()
                && (Character.isLetterOrDigit(text.charAt(place))
                        || text.charAt(place) == '.'
                        || (text.charAt(place) == '-' || text.charAt(place) == '+')
                                && "eE".indexOf(text.charAt(place - 1)) >= 0)) {
            place++;
        }
        return new Token(Type.NUMBER, text.substring(at, place), at, List.of());
    }

    private Token quoted() throws Unreadable {
        int at = place;
        StringBuilder content = new StringBuilder();
        List<Jq> inside = new ArrayList<>();
        place++;
        while (place < text.length() && text.charAt(place) != '"') {
            char c = text.charAt(place);
            if (c == '\\' && text.startsWith("\\(", place)) {
                JqReader within = new JqReader(text, place + 2);
                inside.add(within.pipe());
                within.expect(within.next.is(")"));
                place = within.next.at() + 1;
            } else {
                content.append(c);
                place += c == '\\' ? 2 : 1;
            }
        }
        if (place >= text.length()) {
            throw new Unreadable(at);
        }
        place++;
        return new Token(Type.TEXT, content.toString(), at, inside);
    }

    private Token take() throws Unreadable {
        Token taken = next;
        next = token();
        return taken;
    }

    private boolean takes(String sign) throws Unreadable {
        if (next.is(sign)) {
            take();
            return true;
        }
        return false;
    }

    private void need(String sign) throws Unreadable {
        expect(next.is(sign));
        take();
    }

    private void expect(boolean holds) throws Unreadable {
        if (!holds) {
            throw new Unreadable(next.at());
        }
    }

    // --- Grammar --------------------------------------------------------------------------------------------------

    private Jq pipe() throws Unreadable {
        int at = next.at();
        if (next.is("def")) {
            return definition();
        }
        if (takes("label")) {
            expect(next.type() == Type.VARIABLE);
            String label = take().text();
            need("|");
            return Jq.of(Kind.BIND, "label", List.of("*label*" + label), at, Jq.of(Kind.IDENTITY, "", at), pipe());
        }
        Jq left = either();
        return takes("|") ? Jq.of(Kind.PIPE, "|", at, left, pipe()) : left;
    }

    private Jq definition() throws Unreadable {
        int at = take().at();
        expect(next.type() == Type.WORD);
        String name = take().text();
        List<String> parameters = new ArrayList<>();
        if (takes("(")) {
            do {
                expect(next.type() == Type.WORD || next.type() == Type.VARIABLE);
                Token parameter = take();
                parameters.add((parameter.type() == Type.VARIABLE ? "$" : "") + parameter.text());
            } while (takes(";"));
            need(")");
        }
        need(":");
        Jq body = pipe();
        need(";");
        Jq rest = next.type() == Type.END ? Jq.of(Kind.IDENTITY, "", next.at()) : pipe();
        return Jq.of(Kind.DEFINITION, name, parameters, at, body, rest);
    }

    private Jq either() throws Unreadable {
        int at = next.at();
        List<Jq> parts = new ArrayList<>(List.of(binary(0)));
        while (takes(",")) {
            parts.add(binary(0));
        }
        return parts.size() == 1 ? parts.get(0) : Jq.of(Kind.EITHER, ",", at, parts.toArray(Jq[]::new));
    }

    private Jq binary(int level) throws Unreadable {
        if (level == OPERATORS.size()) {
            return postfix();
        }
        int at = next.at();
        Jq left = binary(level + 1);
        while ((next.type() == Type.SIGN || next.type() == Type.WORD)
                && OPERATORS.get(level).contains(next.text())) {
            String operator = take().text();
            // To the right, as // does; for the others it makes no difference here.
            Jq right = level == 0 ? binary(0) : binary(level + 1);
            left = Jq.of(RESULTS.getOrDefault(operator, Kind.OTHER), operator, at, left, right);
        }
        return left;
    }

    private Jq postfix() throws Unreadable {
        int at = next.at();
        Jq term = term();
        while (true) {
            if (next.type() == Type.FIELD) {
                Token field = take();
                term = Jq.of(Kind.FIELD, field.text(), field.at(), term);
            } else if (next.is(".") && isBefore('"', '[')) {
                take();
                term = suffix(term);
            } else if (next.is("[")) {
                term = brackets(term);
            } else if (next.is("?")) {
                take();
                term = Jq.of(Kind.TRY, "?", at, term);
            } else if (next.is("as")) {
                return binding(term, at);
            } else {
                return term;
            }
        }
    }

    private boolean isBefore(char... those) {
        for (char c : those) {
            if (place < text.length() && text.charAt(place) == c) {
                return true;
            }
        }
        return false;
    }

    /** What follows a dot that is no name's. */
    private Jq suffix(Jq term) throws Unreadable {
        if (next.type() == Type.TEXT) {
            Token field = take();
            return field.inside().isEmpty()
                    ? Jq.of(Kind.FIELD, field.text(), field.at(), term)
                    : other(field.at(), term, field.inside());
        }
        return brackets(term);
    }

    private Jq brackets(Jq term) throws Unreadable {
        int at = take().at();
        if (takes("]")) {
            return Jq.of(Kind.ITEMS, "[]", at, term);
        }
        if (takes(":")) {
            Jq end = pipe();
            need("]");
            return Jq.of(Kind.OTHER, "[:]", at, term, end);
        }
        Jq index = pipe();
        if (takes(":")) {
            Jq slice = next.is("]")
                    ? Jq.of(Kind.OTHER, "[:]", at, term, index)
                    : Jq.of(Kind.OTHER, "[:]", at, term, index, pipe());
            need("]");
            return slice;
        }
        need("]");
        return index.is(Kind.LITERAL) && index.name().startsWith("\"")
                ? Jq.of(Kind.FIELD, index.name().substring(1), index.at(), term)
                : Jq.of(Kind.OTHER, "[]", at, term, index);
    }

    private Jq binding(Jq source, int at) throws Unreadable {
        take();
        List<String> names = new ArrayList<>();
        List<Jq> keys = new ArrayList<>();
        do {
            pattern(names, keys);
        } while (takes("?//"));
        need("|");
        List<Jq> parts = new ArrayList<>(List.of(source));
        parts.addAll(keys);
        parts.add(pipe());
        return Jq.of(Kind.BIND, "as", names, at, parts.toArray(Jq[]::new));
    }

    private void pattern(List<String> names, List<Jq> keys) throws Unreadable {
        if (next.type() == Type.VARIABLE) {
            names.add(take().text());
        } else if (takes("[")) {
            do {
                pattern(names, keys);
            } while (takes(","));
            need("]");
        } else {
            need("{");
            do {
                patternMember(names, keys);
            } while (takes(","));
            need("}");
        }
    }

    private void patternMember(List<String> names, List<Jq> keys) throws Unreadable {
        if (next.type() == Type.VARIABLE) {
            names.add(take().text());
            if (!next.is(":")) {
                return;
            }
        } else if (takes("(")) {
            keys.add(pipe());
            need(")");
        } else {
            expect(next.type() == Type.WORD || next.type() == Type.TEXT);
            take();
        }
        need(":");
        pattern(names, keys);
    }

    private Jq term() throws Unreadable {
        Token token = next;
        return switch (token.type()) {
            case NUMBER -> Jq.of(Kind.LITERAL, take().text(), token.at());
            case TEXT -> text(take());
            case VARIABLE -> Jq.of(Kind.VARIABLE, take().text(), token.at());
            case FORMAT -> {
                take();
                yield next.type() == Type.TEXT ? text(take()) : Jq.of(Kind.OTHER, "@" + token.text(), token.at());
            }
            case FIELD -> {
                take();
                yield Jq.of(Kind.FIELD, token.text(), token.at(), Jq.of(Kind.IDENTITY, "", token.at()));
            }
            case WORD -> word();
            case SIGN -> sign();
            case END -> throw new Unreadable(token.at());
        };
    }

    private static Jq text(Token token) {
        return token.inside().isEmpty()
                ? Jq.of(Kind.LITERAL, '"' + token.text(), token.at())
                : other(token.at(), null, token.inside());
    }

    private static Jq other(int at, Jq first, List<Jq> more) {
        List<Jq> parts = new ArrayList<>(more);
        if (first != null) {
            parts.add(0, first);
        }
        return Jq.of(Kind.OTHER, "", at, parts.toArray(Jq[]::new));
    }

    private Jq sign() throws Unreadable {
        int at = next.at();
        if (takes("(")) {
            Jq inside = pipe();
            need(")");
            return inside;
        }
        if (takes("[")) {
            if (takes("]")) {
                return Jq.of(Kind.LIST, "[]", at);
            }
            Jq inside = pipe();
            need("]");
            return Jq.of(Kind.LIST, "[]", at, inside);
        }
        if (next.is("{")) {
            return object();
        }
        if (takes("-")) {
            return Jq.of(Kind.OTHER, "-", at, postfix());
        }
        if (takes("..")) {
            return Jq.of(Kind.CALL, "recurse", at);
        }
        need(".");
        Jq identity = Jq.of(Kind.IDENTITY, "", at);
        if (next.type() == Type.TEXT && next.at() == at + 1) {
            return suffix(identity);
        }
        return identity;
    }

    private Jq word() throws Unreadable {
        Token word = next;
        switch (word.text()) {
            case "if" -> {
                return conditional();
            }
            case "try" -> {
                take();
                Jq body = postfix();
                return takes("catch")
                        ? Jq.of(Kind.TRY, "try", word.at(), body, postfix())
                        : Jq.of(Kind.TRY, "try", word.at(), body);
            }
            case "reduce", "foreach" -> {
                return fold();
            }
            case "def" -> {
                return definition();
            }
            case "null", "true", "false" -> {
                return Jq.of(Kind.LITERAL, take().text(), word.at());
            }
            default -> {
                expect(!KEYWORDS.contains(word.text()));
                take();
            }
        }
        if (word.text().equals("break") && next.type() == Type.VARIABLE) {
            return Jq.of(Kind.VARIABLE, "*label*" + take().text(), word.at());
        }
        List<Jq> arguments = new ArrayList<>();
        if (takes("(")) {
            do {
                arguments.add(pipe());
            } while (takes(";"));
            need(")");
        }
        return Jq.of(Kind.CALL, word.text(), word.at(), arguments.toArray(Jq[]::new));
    }

    private Jq conditional() throws Unreadable {
        int at = take().at();
        List<Jq> parts = new ArrayList<>();
        do {
            parts.add(pipe());
            need("then");
            parts.add(pipe());
        } while (takes("elif"));
        if (takes("else")) {
            parts.add(pipe());
        }
        need("end");
        return Jq.of(Kind.IF, "if", at, parts.toArray(Jq[]::new));
    }

    private Jq fold() throws Unreadable {
        Token word = take();
        // The word of the source's own binding comes after it: as in every term.
        Jq source = sourceOfFold();
        List<String> names = new ArrayList<>();
        List<Jq> parts = new ArrayList<>(List.of(source));
        need("as");
        pattern(names, parts);
        need("(");
        do {
            parts.add(pipe());
        } while (takes(";"));
        need(")");
        return Jq.of(Kind.FOLD, word.text(), names, word.at(), parts.toArray(Jq[]::new));
    }

    private Jq sourceOfFold() throws Unreadable {
        Jq term = term();
        while (!next.is("as")) {
            if (next.type() == Type.FIELD) {
                Token field = take();
                term = Jq.of(Kind.FIELD, field.text(), field.at(), term);
            } else if (next.is("[")) {
                term = brackets(term);
            } else {
                need("?");
            }
        }
        return term;
    }

    private Jq object() throws Unreadable {
        int at = take().at();
        List<Member> members = new ArrayList<>();
        while (!next.is("}")) {
            members.add(member());
            if (!takes(",")) {
                break;
            }
        }
        need("}");
        return new Jq(Kind.OBJECT, "", List.of(), List.copyOf(members), List.of(), at);
    }

    private Member member() throws Unreadable {
        Token token = take();
        String name = null;
        Jq key = null;
        switch (token.type()) {
            case WORD, NUMBER -> name = token.text();
            case TEXT -> {
                name = token.inside().isEmpty() ? token.text() : null;
                key = token.inside().isEmpty() ? null : text(token);
            }
            case VARIABLE -> {
                if (!next.is(":")) {
                    return new Member(token.text(), null, Jq.of(Kind.VARIABLE, token.text(), token.at()), token.at());
                }
                key = Jq.of(Kind.VARIABLE, token.text(), token.at());
            }
            case FORMAT -> {
                expect(next.type() == Type.TEXT);
                key = text(take());
            }
            default -> {
                if (!token.is("(")) {
                    throw new Unreadable(token.at());
                }
                key = pipe();
                need(")");
            }
        }
        return new Member(name, key, takes(":") ? value() : null, token.at());
    }

    private Jq value() throws Unreadable {
        int at = next.at();
        Jq left = binary(0);
        return takes("|") ? Jq.of(Kind.PIPE, "|", at, left, value()) : left;
    }
}
