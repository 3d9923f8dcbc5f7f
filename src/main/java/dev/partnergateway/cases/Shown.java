package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the cases of the working directory show of the operations of its contracts. */
public final class Shown {

    /** The file of {@code openapi/} that is no integration's. */
    private static final Path UPSTREAM = Path.of("talon-one.yaml");

    private static final Path CONTRACTS = Path.of("openapi");

    private final List<Case> cases = new ArrayList<>();
    private final Map<String, String> unshown = new TreeMap<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Map<Operation, String> owners = new IdentityHashMap<>();

    /** Reads all cases; contracts are read when they are asked for. */
    public Shown() {
        for (Path file : Case.files()) {
            CaseFile read = CaseFile.read(file);
            cases.addAll(read.cases());
            unshown.putAll(read.unshown());
        }
    }

    /** The contracts of all integrations, in the order of their names. */
    public static List<Path> contracts() {
        try (Stream<Path> files = Files.list(CONTRACTS)) {
            return files.filter(file -> !file.endsWith(UPSTREAM))
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of an integration, which its contract's file has. */
    public static String integration(Path contract) {
        return contract.getFileName().toString().replaceFirst("\\.yaml$", "");
    }

    /** Every operation of every contract. */
    public List<Operation> operations() {
        if (operations.isEmpty()) {
            for (Path file : contracts()) {
                Contract.read(file).operations().forEach(operation -> {
                    operations.add(operation);
                    owners.put(operation, integration(file));
                });
            }
            // A path without parameters is meant before one with them.
            operations.sort(Comparator.comparing(operation -> operation.path().contains("{")));
        }
        return operations;
    }

    /** Every case. */
    public List<Case> cases() {
        return cases;
    }

    /**
     * What no case shows: a status that an operation documents, as in {@code shop/read 404}, or what the same call gets a
     * second time, as in {@code shop/read repeat}. A file of cases says under {@code unshown} what cannot be shown, and
     * that it does not need to be: what it says of something that is shown is listed, too.
     */
    public TreeSet<String> missing() {
        return missing(List.of());
    }

    /**
     * As the other, of the operations of some integrations.
     *
     * @param integrations none = all
     */
    public TreeSet<String> missing(Collection<String> integrations) {
        TreeSet<String> missing = new TreeSet<>();
        for (Operation operation : operations()) {
            if (!integrations.isEmpty() && !integrations.contains(owners.get(operation))) {
                continue;
            }
            operation.statuses().forEach(status -> missing.add(operation.id() + " " + status));
            missing.add(operation.id() + " repeat");
        }
        TreeSet<String> shown = new TreeSet<>();
        for (Case each : cases) {
            for (int i = 0; i < each.steps().size(); i++) {
                JsonNode call = each.steps().get(i).path("call");
                boolean again = i > 0 && call.equals(each.steps().get(i - 1).path("call"));
                String status =
                        each.steps().get(i).path("answer").path("status").asText();
                operation(call).ifPresent(operation -> {
                    shown.add(operation.id() + " " + status);
                    if (again) {
                        shown.add(operation.id() + " repeat");
                    }
                });
            }
        }
        missing.removeAll(shown);
        unshown.keySet().forEach(each -> {
            if (!missing.remove(each) && integrations.isEmpty()) {
                missing.add(each + ", which is said to be unshown");
            }
        });
        return missing;
    }

    /** The operation that takes a call. */
    private Optional<Operation> operation(JsonNode call) {
        return operations().stream().filter(operation -> takes(operation, call)).findFirst();
    }

    private static boolean takes(Operation operation, JsonNode call) {
        String pattern = operation.path().replaceAll("/$", "").replaceAll("\\{[^}]+}", "[^/]+") + "/?";
        return call.path("method").asText().equals(operation.method())
                && call.path("path").asText().replaceFirst("\\?.*", "").matches(pattern);
    }

    /**
     * The calls of an operation that succeed and need no receiver of callbacks, in the order of the cases.
     *
     * @param method in upper case
     * @param path with the server's path in front
     */
    public List<JsonNode> successes(String method, String path) {
        String pattern = path.replaceAll("/$", "/?").replaceAll("\\{[^}]+}", "[^/]+");
        return cases.stream()
                .flatMap(each -> each.steps().stream())
                .filter(step -> step.path("answer").path("status").asInt() / 100 == 2)
                .map(step -> step.path("call"))
                .filter(call -> !call.toString().contains("{{sandbox}}"))
                .filter(call -> call.path("method").asText().equals(method)
                        && call.path("path").asText().matches(pattern))
                .toList();
    }
}
