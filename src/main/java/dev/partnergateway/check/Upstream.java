package dev.partnergateway.check;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a route may ask Talon.One for: the operations of {@code openapi/talon-one.yaml}. */
final class Upstream {

    static final String FILE = "openapi/talon-one.yaml";

    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    /**
     * One operation.
     *
     * @param path names of the parameters in its path, which each request has
     * @param query names of its query parameters
     * @param body what its body has
     * @param open members of the body in which more may stand than it says: attributes, and ids of audiences
     */
    record Operation(Set<String> path, Set<String> query, Shape body, Set<String> open) {}

    private final Map<String, Operation> operations = new LinkedHashMap<>();

    Upstream(Tree file) {
        for (Tree.Entry path : file.get("paths").map(Tree::members).orElse(List.of())) {
            for (Tree.Entry method : path.value().members()) {
                if (METHODS.contains(method.name())) {
                    operations.put(method.value().text("operationId"), operation(file, path.name(), method.value()));
                }
            }
        }
    }

    private Upstream() {}

    /** None at all, because the file cannot be read. */
    static Upstream none() {
        return new Upstream();
    }

    private static Operation operation(Tree file, String path, Tree operation) {
        Set<String> inPath = new LinkedHashSet<>();
        Matcher names = PARAMETER.matcher(path);
        while (names.find()) {
            inPath.add(names.group(1));
        }
        Set<String> query = new LinkedHashSet<>();
        for (Tree stated : operation.get("parameters").map(Tree::items).orElse(List.of())) {
            Shape.resolved(file, stated)
                    .filter(parameter -> parameter.text("in").equals("query"))
                    .ifPresent(parameter -> query.add(parameter.text("name")));
        }
        Set<String> open = new LinkedHashSet<>();
        operation.get("x-attributes-of").ifPresent(places -> places.names()
                .forEach(pointer -> open.add(pointer.substring(1))));
        operation.get("x-audiences").ifPresent(places -> places.items()
                .forEach(place -> open.add(place.text().replaceFirst("^body/", ""))));
        Shape body = operation
                .get("requestBody", "content", "application/json", "schema")
                .map(schema -> Shape.of(file, schema))
                .orElse(Shape.ANY);
        return new Operation(inPath, query, body, open);
    }

    Operation operation(String id) {
        return operations.get(id);
    }

    Set<String> names() {
        return operations.keySet();
    }
}
