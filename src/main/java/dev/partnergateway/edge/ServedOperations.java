package dev.partnergateway.edge;

import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * All operations of all integrations, found by their id, or by method and path. Fixed parts of a path match letter by
 * letter; where several paths match, the one counts whose parts are fixed for longest.
 */
public final class ServedOperations {

    private final Map<String, Operation> byId = new ConcurrentHashMap<>();
    private final Map<String, List<Entry>> byIntegration = new ConcurrentHashMap<>();

    /**
     * The operation that a call is for.
     *
     * @param path values of its path parameters, as they came: percent-encoded
     */
    record Found(Operation operation, Map<String, String> path) {}

    private record Entry(Operation operation, List<String> segments) {

        static Entry of(Operation operation) {
            return new Entry(operation, RequestPath.of(operation.path()).segments());
        }

        /** Fixed before variable, from the left; only paths of equal length are ever compared. */
        String rank() {
            return segments.stream()
                    .map(segment -> isVariable(segment) ? "1" : "0")
                    .collect(Collectors.joining());
        }

        boolean matches(RequestPath path) {
            if (segments.size() != path.segments().size()) {
                return false;
            }
            for (int i = 0; i < segments.size(); i++) {
                String sent = path.segments().get(i);
                if (isVariable(segments.get(i))
                        ? sent.isEmpty()
                        : !segments.get(i).equals(sent)) {
                    return false;
                }
            }
            return true;
        }

        Found found(RequestPath path) {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < segments.size(); i++) {
                String segment = segments.get(i);
                if (isVariable(segment)) {
                    values.put(
                            segment.substring(1, segment.length() - 1),
                            path.segments().get(i));
                }
            }
            return new Found(operation, values);
        }

        private static boolean isVariable(String segment) {
            return segment.startsWith("{");
        }
    }

    /** Serves the operations of an integration, in place of those it had before. */
    void serve(String integration, Collection<Operation> operations) {
        remove(integration);
        operations.forEach(operation -> byId.put(operation.id(), operation));
        byIntegration.put(
                integration,
                operations.stream()
                        .map(Entry::of)
                        .sorted(Comparator.comparing(Entry::rank))
                        .toList());
    }

    /** Serves an integration no more. */
    public void remove(String integration) {
        List<Entry> before = byIntegration.remove(integration);
        if (before != null) {
            before.forEach(entry -> byId.remove(entry.operation().id(), entry.operation()));
        }
    }

    /**
     * Finds the operation of a call.
     *
     * @throws Refusal 404 when the path is none, 405 when it takes other methods
     */
    Found find(String integration, String method, RequestPath path) {
        List<Entry> matching = new ArrayList<>();
        for (Entry entry : byIntegration.getOrDefault(integration, List.of())) {
            if (entry.matches(path)) {
                if (entry.operation().method().equals(method)) {
                    return entry.found(path);
                }
                matching.add(entry);
            }
        }
        if (matching.isEmpty()) {
            throw unknownPath();
        }
        throw Refusal.notAllowed(
                matching.stream()
                        .map(entry -> entry.operation().method())
                        .collect(Collectors.toCollection(TreeSet::new))
                        .stream()
                        .collect(Collectors.joining(", ")));
    }

    static Refusal unknownPath() {
        return Refusal.of(404, "No operation has this path");
    }

    /** The operation of an id, or null. */
    public Operation get(String id) {
        return byId.get(id);
    }

    /** All of them. */
    public Collection<Operation> values() {
        return byId.values();
    }
}
