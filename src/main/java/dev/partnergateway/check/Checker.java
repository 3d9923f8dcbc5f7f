package dev.partnergateway.check;

import dev.partnergateway.check.RouteCheck.Known;
import dev.partnergateway.contract.Contract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;

/**
 * Finds what is wrong in the files of integrations, before anything of them is started. Two files make an integration:
 * {@code routes/<name>.camel.yaml} and {@code openapi/<name>.yaml}; they are held to each other, to
 * {@code openapi/talon-one.yaml} and to the Kamelets of the core.
 */
public final class Checker {

    private JqFunctionNames functions;

    /**
     * What was found.
     *
     * @param mistakes by file and place; empty = all is well
     * @param contracts those that can be read, compiled, by integration
     */
    public record Found(List<Mistake> mistakes, Map<String, Contract> contracts) {

        /** The mistakes as they are printed. */
        public List<String> lines() {
            return mistakes.stream().map(Mistake::toString).toList();
        }

        /** Whether nothing is wrong. */
        public boolean isClean() {
            return mistakes.isEmpty();
        }
    }

    /**
     * Looks at integrations.
     *
     * @param files what stands in them
     * @param names which; empty = all
     */
    public Found check(IntegrationFiles files, Set<String> names) {
        Set<Mistake> mistakes = new ConcurrentSkipListSet<>();
        Map<String, Contract> contracts = new ConcurrentSkipListMap<>();
        Known known = known(files, mistakes::add);
        Set<String> chosen = new TreeSet<>(names.isEmpty() ? files.integrations() : names);
        chosen.parallelStream().forEach(name -> integration(files, name, known, mistakes::add)
                .ifPresent(contract -> contracts.put(name, contract)));
        contracts.forEach((name, contract) -> contract.operations().forEach(operation -> contracts.keySet().stream()
                .filter(other -> other.compareTo(name) < 0)
                .filter(other -> contracts.get(other).operations().stream()
                        .anyMatch(theirs -> theirs.id().equals(operation.id())))
                .forEach(other -> mistakes.add(twice(files, name, operation.id(), other)))));
        return new Found(List.copyOf(mistakes), contracts);
    }

    private static Mistake twice(IntegrationFiles files, String name, String operation, String other) {
        String file = IntegrationFiles.contract(name);
        List<String> lines = files.text(file).orElse("").lines().toList();
        int line = 0;
        while (line < lines.size() && !lines.get(line).strip().equals("operationId: " + operation)) {
            line++;
        }
        return new Mistake(
                file,
                line < lines.size() ? line + 1 : 1,
                1,
                "the operationId " + operation + " is that of an operation in " + IntegrationFiles.contract(other)
                        + ", too: routes would be mixed up");
    }

    /** Looks at the Kamelets that integrations share. */
    public List<Mistake> checkCore(IntegrationFiles files) {
        Set<Mistake> mistakes = new TreeSet<>();
        Known known = known(files, mistakes::add);
        files.core().forEach((file, text) -> Tree.read(file, text, mistakes::add)
                .ifPresent(tree -> tree.get("spec", "template", "from")
                        .ifPresent(
                                from -> new RouteCheck(known, tree, mistakes::add).kamelet(from, parameters(tree)))));
        return List.copyOf(mistakes);
    }

    /** Read when they are needed first: it takes a while. */
    private synchronized JqFunctionNames functions() {
        if (functions == null) {
            functions = new JqFunctionNames();
        }
        return functions;
    }

    private Known known(IntegrationFiles files, Consumer<Mistake> found) {
        Map<String, Set<String>> kamelets = new TreeMap<>();
        files.core().forEach((file, text) -> Tree.read(file, text, found)
                .ifPresent(tree -> kamelets.put(
                        tree.get("metadata", "name").map(Tree::text).orElse(""), parameters(tree))));
        Optional<String> upstream = files.text(Upstream.FILE);
        if (upstream.isEmpty()) {
            found.accept(
                    new Mistake(Upstream.FILE, 1, 1, "it is missing: the operations of Talon.One that routes use"));
        }
        return new Known(
                functions(),
                upstream.flatMap(text -> Tree.read(Upstream.FILE, text, found))
                        .map(Upstream::new)
                        .orElseGet(Upstream::none),
                kamelets);
    }

    private static Set<String> parameters(Tree kamelet) {
        return kamelet.get("spec", "definition", "properties").map(Tree::names).orElse(Set.of());
    }

    private static Optional<Contract> integration(
            IntegrationFiles files, String name, Known known, Consumer<Mistake> found) {
        String routes = IntegrationFiles.routes(name);
        String contract = IntegrationFiles.contract(name);
        Optional<String> routesText = files.text(routes);
        Optional<String> contractText = files.text(contract);
        if (routesText.isEmpty() && contractText.isEmpty()) {
            found.accept(new Mistake(
                    routes, 1, 1, "there is no integration " + name + Names.meant(name, files.integrations())));
            return Optional.empty();
        }
        if (contractText.isEmpty()) {
            Set<String> others = new TreeSet<>(files.contracts());
            others.removeAll(files.integrations());
            found.accept(new Mistake(
                    routes,
                    1,
                    1,
                    contract + " is missing: the contract of this integration" + Names.meant(name, others)));
        }
        Optional<ContractCheck> check = contractText.flatMap(
                text -> Tree.read(contract, text, found).map(tree -> new ContractCheck(tree, text, name, found)));
        Map<String, ContractCheck.Served> served =
                check.map(ContractCheck::check).orElse(null);
        // It takes as long as the routes do.
        CompletableFuture<Void> compiling = CompletableFuture.runAsync(() -> check.ifPresent(ContractCheck::compile));
        if (routesText.isEmpty()) {
            found.accept(new Mistake(contract, 1, 1, routes + " is missing: the routes of this integration"));
        }
        routesText.flatMap(text -> Tree.read(routes, text, found)).ifPresent(tree -> new RouteCheck(known, tree, found)
                .integration(name, served));
        compiling.join();
        return check.flatMap(ContractCheck::contract);
    }
}
