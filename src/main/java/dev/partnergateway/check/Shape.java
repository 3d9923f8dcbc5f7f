package dev.partnergateway.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What members a value has, as far as a contract says so. */
final class Shape {

    /** Nothing is known of it. */
    static final Shape ANY = new Shape(null, () -> Shape.any());

    /** Deeper ones are those of schemas that lead to themselves. */
    private static final int DEEPEST = 30;

    private final Map<String, Supplier<Shape>> members;
    private final Supplier<Shape> items;

    private Shape(Map<String, Supplier<Shape>> members, Supplier<Shape> items) {
        this.members = members;
        this.items = items;
    }

    private static Shape any() {
        return ANY;
    }

    /** An object with these members and no others. */
    static Shape of(Map<String, Supplier<Shape>> members) {
        return new Shape(members, Shape::any);
    }

    static Shape listOf(Shape items) {
        return items == ANY ? ANY : new Shape(null, () -> items);
    }

    /**
     * What a schema says.
     *
     * @param file that its references lead into
     */
    static Shape of(Tree file, Tree schema) {
        return of(file, schema, 0);
    }

    private static Shape of(Tree file, Tree schema, int depth) {
        if (depth > DEEPEST) {
            return ANY;
        }
        Map<String, Supplier<Shape>> members = new LinkedHashMap<>();
        List<Tree> items = new ArrayList<>();
        boolean closed = collect(file, schema, members, items, depth);
        return new Shape(
                closed && !members.isEmpty() ? members : null,
                () -> items.size() == 1 ? of(file, items.get(0), depth + 1) : ANY);
    }

    /** Adds what a schema says; false when there may be others. */
    private static boolean collect(
            Tree file, Tree given, Map<String, Supplier<Shape>> members, List<Tree> items, int depth) {
        Optional<Tree> found = resolved(file, given);
        if (depth > DEEPEST || found.isEmpty()) {
            return false;
        }
        Tree schema = found.get();
        boolean closed = schema.get("additionalProperties")
                .map(others -> others.text().equals("false"))
                .orElse(schema.get("properties").isPresent()
                        || schema.get("allOf").isPresent()
                        || schema.get("oneOf").isPresent()
                        || schema.get("anyOf").isPresent());
        schema.get("properties").ifPresent(properties -> properties
                .members()
                .forEach(property -> members.put(property.name(), () -> of(file, property.value(), depth + 1))));
        schema.get("items").ifPresent(items::add);
        for (String parts : List.of("allOf", "oneOf", "anyOf")) {
            for (Tree part : schema.get(parts).map(Tree::items).orElse(List.of())) {
                closed &= collect(file, part, members, items, depth + 1);
            }
        }
        return closed;
    }

    /** What a place says, or what it refers to says. */
    static Optional<Tree> resolved(Tree file, Tree place) {
        Optional<Tree> found = Optional.of(place);
        for (int i = 0; i < DEEPEST && found.isPresent(); i++) {
            String reference = found.get().text("$ref");
            if (reference.isEmpty()) {
                return found;
            }
            found = reference.startsWith("#/") ? file.point(reference.substring(1)) : Optional.empty();
        }
        return Optional.empty();
    }

    boolean knows(String name) {
        return members == null || members.containsKey(name);
    }

    /** Names of its members; empty when nothing is known of them. */
    Set<String> names() {
        return members == null ? Set.of() : members.keySet();
    }

    Shape member(String name) {
        return members == null || !members.containsKey(name)
                ? ANY
                : members.get(name).get();
    }

    Shape items() {
        return items.get();
    }
}
