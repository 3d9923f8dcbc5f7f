package dev.partnergateway.check;

import dev.partnergateway.check.JqCheck.Checked;
import dev.partnergateway.check.JqCheck.Kept;
import dev.partnergateway.contract.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at a route file. What may stand in it is a list of what is allowed: steps that wire, where a message may go, and
 * jq. Everything else, such as an error handler, a header or a URL, is the core's business and is found as a mistake.
 */
final class RouteCheck {

    /** Steps, and what may stand in each beside its branches. */
    static final Map<String, Set<String>> STEPS = new TreeMap<>(Map.ofEntries(
            Map.entry("transform", Set.of("jq")),
            Map.entry("setBody", Set.of("jq")),
            Map.entry("setVariable", Set.of("name", "jq")),
            Map.entry("to", Set.of("uri", "parameters", "variableReceive")),
            Map.entry("multicast", Set.of("stopOnException", "steps")),
            Map.entry("pipeline", Set.of("steps")),
            Map.entry("idempotentConsumer", Set.of("idempotentRepository", "jq", "steps")),
            Map.entry("choice", Set.of("when", "otherwise")),
            Map.entry("filter", Set.of("jq", "steps")),
            Map.entry("split", Set.of("jq", "aggregationStrategy", "parallelProcessing", "stopOnException", "steps"))));

    private static final Set<String> WITHOUT_JQ = Set.of("to", "multicast", "pipeline", "choice");
    private static final Set<String> SCHEMES = new TreeSet<>(Set.of("talon-one", "kamelet", "direct"));
    private static final Map<String, String> OPTIONS = new TreeMap<>(Map.of("missing", "null", "refused", "leave-out"));
    private static final Pattern TARGET = Pattern.compile("([a-z-]+):(?://)?([^?]*)(?:\\?(.*))?");
    private static final Pattern SPECIFICATION = Pattern.compile("file:openapi/([a-z0-9-]+)\\.yaml");
    private static final String DIRECT = "direct:";

    /**
     * What route files may name.
     *
     * @param kamelets names, with those of their parameters
     */
    record Known(JqFunctionNames functions, Upstream upstream, Map<String, Set<String>> kamelets) {}

    /**
     * A route.
     *
     * @param name by which it is called: what follows {@code direct:}
     * @param place of that name
     */
    record Route(String name, Tree place, Tree steps) {}

    /** What a message holds at a step: its shape, and the expressions that may have made it. */
    private record Flow(Shape shape, List<Made> made) {

        static final Flow UNKNOWN = new Flow(Shape.ANY, List.of());

        Flow or(Flow other) {
            List<Made> all = new ArrayList<>(made);
            all.addAll(other.made);
            return new Flow(shape == other.shape ? shape : Shape.ANY, List.copyOf(all));
        }
    }

    private record Made(Jq jq, Tree place) {}

    private final Known known;
    private final Tree file;
    private final Consumer<Mistake> found;
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private Kept kept;

    RouteCheck(Known known, Tree file, Consumer<Mistake> found) {
        this.known = known;
        this.file = file;
        this.found = found;
    }

    // --- A whole file -----------------------------------------------------------------------------------------------

    /**
     * Looks at the file of an integration.
     *
     * @param operations those of its contract; null when that cannot be read
     */
    void integration(String integration, Map<String, ContractCheck.Served> operations) {
        boolean served = false;
        for (Tree.Entry entry : entries()) {
            switch (entry.name()) {
                case "rest" -> {
                    rest(entry.value(), integration);
                    served = true;
                }
                case "route" -> route(entry.value());
                default ->
                    found.accept(entry.key()
                            .wrong(entry.name() + " is the core's business: a file of routes has rest and route"
                                    + Names.meant(entry.name(), List.of("rest", "route"))));
            }
        }
        if (!served) {
            found.accept(new Mistake(
                    file.file(),
                    1,
                    1,
                    "rest is missing: it names the contract, file:openapi/" + integration + ".yaml"));
        }
        kept = keptIn(file, Set.of());
        Map<String, Set<String>> reached = reached(operations);
        if (operations != null) {
            match(operations, reached);
        }
        for (Route route : routes.values()) {
            ContractCheck.Served own = operations == null ? null : operations.get(route.name());
            Set<String> from = reached.getOrDefault(route.name(), Set.of());
            Shape call = own != null
                    ? own.call()
                    : operations != null && from.size() == 1
                            ? operations.get(from.iterator().next()).call()
                            : Shape.ANY;
            Flow end = steps(route.steps(), new Flow(own == null ? Shape.ANY : call, List.of()), call);
            if (own != null) {
                end.made().forEach(made -> new RequestCheck(made.place(), found)
                        .answer(made.jq(), own.answer(), route.name()));
            }
        }
    }

    /** Looks at a Kamelet of the core. */
    void kamelet(Tree from, Set<String> parameters) {
        kept = keptIn(file, parameters);
        only(from, Set.of("uri", "steps"), "from");
        from.get("steps").ifPresent(steps -> steps(steps, Flow.UNKNOWN, Shape.ANY));
    }

    private List<Tree.Entry> entries() {
        if (!file.isList()) {
            found.accept(file.wrong("a file of routes is a list: - rest: ... and - route: ..."));
        }
        List<Tree.Entry> entries = new ArrayList<>();
        for (Tree item : file.items()) {
            if (item.members().size() != 1) {
                found.accept(item.wrong("each item of a file of routes has one name: rest or route"));
            }
            entries.addAll(item.members());
        }
        return entries;
    }

    private void rest(Tree rest, String integration) {
        only(rest, Set.of("id", "openApi"), "rest");
        Optional<Tree> contract = rest.get("openApi");
        if (contract.isEmpty()) {
            found.accept(rest.wrong("rest needs openApi: {specification, routeId, missingOperation: fail}"));
            return;
        }
        only(contract.get(), Set.of("specification", "routeId", "missingOperation"), "openApi");
        Optional<Tree> specification = contract.get().get("specification");
        Matcher named = SPECIFICATION.matcher(specification.map(Tree::text).orElse(""));
        if (!named.matches() || !named.group(1).equals(integration)) {
            found.accept(specification
                    .orElse(contract.get())
                    .wrong("the contract of this file is file:openapi/" + integration + ".yaml"));
        }
        if (!contract.get().text("missingOperation").equals("fail")) {
            found.accept(contract.get()
                    .get("missingOperation")
                    .orElse(contract.get())
                    .wrong("missingOperation: fail has to stand here"));
        }
        named(rest, "id", integration);
        named(contract.get(), "routeId", integration);
    }

    private void named(Tree place, String member, String integration) {
        if (!place.text(member).equals(integration)) {
            found.accept(place.get(member).orElse(place).wrong(member + " is the integration's name: " + integration));
        }
    }

    private void route(Tree route) {
        only(route, Set.of("id", "description", "from"), "route");
        Optional<Tree> from = route.get("from");
        Optional<Tree> uri = from.flatMap(start -> start.get("uri"));
        if (uri.isEmpty()) {
            found.accept(from.orElse(route).wrong("a route needs from: {uri: direct:<operationId>, steps: [...]}"));
            return;
        }
        only(from.get(), Set.of("uri", "steps"), "from");
        if (!uri.get().text().matches("direct:[A-Za-z0-9/_-]+")) {
            found.accept(uri.get()
                    .wrong("a route begins with direct: and the operationId, not with "
                            + uri.get().text()));
            return;
        }
        String name = uri.get().text().substring(DIRECT.length());
        if (!route.text("id").equals(name)) {
            found.accept(route.get("id")
                    .orElse(route)
                    .wrong("the route's id is " + route.text("id") + ", but it begins with direct:" + name
                            + ": both are the operationId"));
        }
        Optional<Tree> steps = from.get().get("steps");
        if (steps.isEmpty() || !steps.get().isList()) {
            found.accept(from.get().wrong("a route needs steps"));
            return;
        }
        if (routes.put(name, new Route(name, uri.get(), steps.get())) != null) {
            found.accept(uri.get().wrong("two routes begin with direct:" + name));
        }
    }

    /** Operations from which each route is reached. */
    private Map<String, Set<String>> reached(Map<String, ContractCheck.Served> operations) {
        Map<String, Set<String>> reached = new LinkedHashMap<>();
        if (operations != null) {
            operations.keySet().forEach(operation -> reach(operation, operation, reached));
        }
        return reached;
    }

    private void reach(String operation, String name, Map<String, Set<String>> reached) {
        Route route = routes.get(name);
        if (route != null
                && reached.computeIfAbsent(name, key -> new TreeSet<>()).add(operation)) {
            targets(route.steps(), target -> {
                if (target.startsWith(DIRECT)) {
                    reach(operation, target.substring(DIRECT.length()), reached);
                }
            });
        }
    }

    private static void targets(Tree place, Consumer<String> target) {
        place.items().forEach(item -> targets(item, target));
        place.members().forEach(member -> {
            if (member.name().equals("to")) {
                target.accept(
                        member.value().isText()
                                ? member.value().text()
                                : member.value().text("uri"));
            }
            targets(member.value(), target);
        });
    }

    /** Every operation has a route, and every route an operation that leads to it. */
    private void match(Map<String, ContractCheck.Served> operations, Map<String, Set<String>> reached) {
        Set<String> without = new TreeSet<>(operations.keySet());
        without.removeAll(routes.keySet());
        Set<String> nowhere = new TreeSet<>();
        routes.values()
                .forEach(route -> targets(route.steps(), target -> {
                    String name = target.replaceFirst("^" + DIRECT, "");
                    if (target.startsWith(DIRECT) && !routes.containsKey(name)) {
                        nowhere.add(name);
                    }
                }));
        for (Route route : routes.values()) {
            // What is misspelt where it is called is told there.
            if (!reached.containsKey(route.name()) && Nearest.likely(route.name(), nowhere) == null) {
                String likely = Nearest.likely(route.name(), without);
                if (likely != null) {
                    without.remove(likely);
                }
                found.accept(route.place()
                        .wrong("no operation of the contract and no other route leads to " + route.name()
                                + (likely == null ? "" : ": did you mean " + likely + "?")));
            }
        }
        without.forEach(operation -> found.accept(operations
                .get(operation)
                .place()
                .wrong("no route begins with direct:" + operation + " in " + file.file())));
    }

    private static Kept keptIn(Tree file, Set<String> parameters) {
        Set<String> answers = new TreeSet<>();
        Set<String> variables = new TreeSet<>();
        gather(file, answers, variables);
        return new Kept(answers, variables, parameters);
    }

    private static void gather(Tree place, Set<String> answers, Set<String> variables) {
        place.items().forEach(item -> gather(item, answers, variables));
        place.members().forEach(member -> {
            if (member.name().equals("variableReceive")) {
                answers.add(member.value().text());
                variables.add(member.value().text());
            } else if (member.name().equals("setVariable")) {
                variables.add(member.value().text("name"));
                answers.add(member.value().text("name"));
            }
            gather(member.value(), answers, variables);
        });
    }

    // --- Steps ------------------------------------------------------------------------------------------------------

    private Flow steps(Tree steps, Flow in, Shape call) {
        if (!steps.isList()) {
            found.accept(steps.wrong("steps is a list"));
        }
        Flow flow = in;
        for (Tree step : steps.items()) {
            if (step.members().size() != 1) {
                found.accept(step.wrong(
                        step.members().isEmpty()
                                ? "a step is a name and what it does, such as - to: talon-one:authPing"
                                : "a step has one name, here are " + String.join(" and ", step.names())
                                        + ": look at the indentation"));
            }
            for (Tree.Entry named : step.members()) {
                flow = step(named, flow, call);
            }
        }
        return flow;
    }

    private Flow step(Tree.Entry step, Flow in, Shape call) {
        String name = step.name();
        Tree content = step.value();
        if (!STEPS.containsKey(name)) {
            found.accept(step.key().wrong(name + " is no step of a route here" + Names.meant(name, STEPS.keySet())));
            return Flow.UNKNOWN;
        }
        if (content.isObject()) {
            only(content, STEPS.get(name), name);
        }
        Optional<Checked> jq = jq(content, in.shape(), call);
        if (!WITHOUT_JQ.contains(name) && content.get("jq").isEmpty()) {
            found.accept(step.key().wrong(name + " needs jq"));
        }
        return switch (name) {
            case "transform", "setBody" ->
                jq.map(made -> new Flow(made.shape(), List.of(new Made(made.jq(), expression(content)))))
                        .orElse(Flow.UNKNOWN);
            case "setVariable" -> {
                if (content.text("name").isEmpty()) {
                    found.accept(step.key().wrong("setVariable needs name"));
                }
                yield in;
            }
            case "to" -> to(content, in);
            case "idempotentConsumer" -> {
                consumer(step, jq);
                yield inner(content, in, call);
            }
            case "pipeline" -> inner(content, in, call);
            case "filter" -> in.or(inner(content, in, call));
            case "choice" -> choice(content, in, call);
            case "split" -> {
                Shape items = jq.map(list -> list.shape().items()).orElse(Shape.ANY);
                inner(content, new Flow(items, List.of()), call);
                yield content.get("aggregationStrategy").isPresent() ? Flow.UNKNOWN : in;
            }
            default -> {
                content.get("steps").ifPresent(branches -> branches.items()
                        .forEach(branch -> branch.members().forEach(named -> step(named, in, call))));
                yield Flow.UNKNOWN;
            }
        };
    }

    private Flow inner(Tree content, Flow in, Shape call) {
        return content.get("steps").map(steps -> steps(steps, in, call)).orElse(in);
    }

    private Flow choice(Tree content, Flow in, Shape call) {
        Flow out = null;
        for (Tree when : content.get("when").map(Tree::items).orElse(List.of())) {
            only(when, Set.of("jq", "steps"), "when");
            if (when.get("jq").isEmpty()) {
                found.accept(when.wrong("when needs jq"));
            }
            jq(when, in.shape(), call);
            Flow branch = inner(when, in, call);
            out = out == null ? branch : out.or(branch);
        }
        Optional<Tree> otherwise = content.get("otherwise");
        otherwise.ifPresent(others -> only(others, Set.of("steps"), "otherwise"));
        Flow last = otherwise.map(others -> inner(others, in, call)).orElse(null);
        // Without otherwise, one of the others is meant to be taken.
        return out == null || last == null
                ? Optional.ofNullable(out).or(() -> Optional.ofNullable(last)).orElse(in)
                : out.or(last);
    }

    private void consumer(Tree.Entry step, Optional<Checked> jq) {
        Tree content = step.value();
        if (!content.text("idempotentRepository").equals("#answers")) {
            found.accept(content.get("idempotentRepository")
                    .orElse(step.key())
                    .wrong("the answers are kept in idempotentRepository: \"#answers\""));
        }
        jq.ifPresent(key -> new RequestCheck(expression(content), found).key(key.jq()));
    }

    private static Tree expression(Tree content) {
        Tree jq = content.get("jq").orElse(content);
        return jq.get("expression").orElse(jq);
    }

    private Optional<Checked> jq(Tree content, Shape in, Shape call) {
        Optional<Tree> jq = content.get("jq");
        if (jq.isEmpty()) {
            return Optional.empty();
        }
        if (jq.get().isObject()) {
            only(jq.get(), Set.of("expression"), "jq");
        }
        Tree expression = expression(content);
        if (!expression.isText()) {
            found.accept(expression.wrong("jq is a text: put it in quotes, or after expression: |-"));
            return Optional.empty();
        }
        return new JqCheck(known.functions(), expression, kept, call, found).check(in);
    }

    private void only(Tree place, Set<String> names, String where) {
        for (Tree.Entry member : place.members()) {
            if (!names.contains(member.name())) {
                found.accept(member.key()
                        .wrong(member.name() + " may not stand in " + where
                                + Names.meant(member.name(), new TreeSet<>(names))));
            }
        }
    }

    // --- Where messages go ------------------------------------------------------------------------------------------

    private Flow to(Tree content, Flow in) {
        Optional<Tree> uri = content.isText() ? Optional.of(content) : content.get("uri");
        if (uri.isEmpty()) {
            found.accept(content.wrong("to needs uri"));
            return Flow.UNKNOWN;
        }
        Flow out = content.get("variableReceive").isPresent() ? in : Flow.UNKNOWN;
        Matcher target = TARGET.matcher(uri.get().text());
        String scheme = target.matches() ? target.group(1) : uri.get().text();
        if (!target.matches() || !SCHEMES.contains(scheme)) {
            found.accept(uri.get()
                    .wrong("a message goes to talon-one:, kamelet: or direct:, not to "
                            + uri.get().text()
                            + (Names.meant(scheme, SCHEMES).contains("mean") ? Names.meant(scheme, SCHEMES) : "")));
            return out;
        }
        Map<String, Tree> options = options(content, uri.get(), target.group(3));
        switch (scheme) {
            case "talon-one" ->
                talonOne(uri.get(), Arrays.asList(target.group(2).split(",", -1)), options, in);
            case "kamelet" -> kamelet(uri.get(), target.group(2), options);
            default -> {
                if (!routes.containsKey(target.group(2))) {
                    found.accept(uri.get()
                            .wrong("no route of this file begins with direct:" + target.group(2)
                                    + Names.meant(target.group(2), routes.keySet())));
                }
            }
        }
        return out;
    }

    private static Map<String, Tree> options(Tree content, Tree uri, String query) {
        Map<String, Tree> options = new LinkedHashMap<>();
        content.get("parameters").ifPresent(given -> given.members()
                .forEach(member ->
                        options.put(member.name() + '=' + member.value().text(), member.key())));
        if (query != null) {
            Arrays.stream(query.split("&")).forEach(option -> options.put(option, uri));
        }
        return options;
    }

    private void talonOne(Tree uri, List<String> ids, Map<String, Tree> options, Flow in) {
        List<Upstream.Operation> operations = new ArrayList<>();
        for (String id : ids) {
            Upstream.Operation operation = known.upstream().operation(id);
            operations.add(operation);
            if (operation == null) {
                found.accept(uri.wrong("talon-one: has no operation " + id
                        + Names.meant(id, known.upstream().names())));
            }
        }
        options.forEach((option, place) -> {
            String name = option.replaceFirst("=.*", "");
            if (!OPTIONS.containsKey(name)) {
                found.accept(place.wrong("talon-one: has no option " + name + Names.meant(name, OPTIONS.keySet())));
            } else if (!option.equals(name + '=' + OPTIONS.get(name))) {
                found.accept(place.wrong(name + " can only be " + OPTIONS.get(name)));
            }
        });
        in.made().forEach(made -> new RequestCheck(made.place(), found).request(made.jq(), ids, operations));
    }

    private void kamelet(Tree uri, String name, Map<String, Tree> options) {
        Set<String> parameters = known.kamelets().get(name);
        if (parameters == null) {
            found.accept(uri.wrong("there is no kamelet " + name
                    + Names.meant(name, known.kamelets().keySet())));
            return;
        }
        options.forEach((option, place) -> {
            String given = option.replaceFirst("=.*", "");
            if (!parameters.contains(given)) {
                found.accept(place.wrong("kamelet:" + name + " has no parameter " + given
                        + Names.meant(given, new HashSet<>(parameters))));
            } else if (!option.matches("[A-Za-z]+=[A-Za-z0-9._-]+")) {
                found.accept(place.wrong(given + " is a word of letters, digits, ., _ and -"));
            }
        });
    }
}
