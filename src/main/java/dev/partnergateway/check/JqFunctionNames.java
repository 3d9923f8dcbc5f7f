package dev.partnergateway.check;

import dev.partnergateway.edge.RouteFunctions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;

/** The functions that a route's jq may call, and with how many arguments. */
final class JqFunctionNames {

    /** What Camel adds. */
    private static final Map<String, Set<Integer>> OF_CAMEL =
            Map.of("variable", Set.of(1, 2), "constant", Set.of(1, 2), "body", Set.of(0));

    /** They could see more than the call: headers, the environment, files. */
    private static final Set<String> FOREIGN =
            Set.of("header", "property", "env", "input", "inputs", "input_filename", "debug", "stderr", "$__prog_args");

    /**
     * Functions whose time grows faster than what they work on: regular expressions, and those that copy what they have
     * gathered with each further item. The functions of the core and {@code [...] | from_entries} do the same at once.
     */
    private static final Set<String> SLOW = Set.of(
            "test",
            "match",
            "capture",
            "scan",
            "splits",
            "sub",
            "gsub",
            "_match_impl",
            "_sub_impl",
            "reduce",
            "foreach",
            "add",
            "flatten",
            "transpose",
            "walk",
            "map_values",
            "combinations",
            "until",
            "while",
            "recurse",
            "limit",
            "nth",
            "fromjson");

    private final Map<String, Set<Integer>> arities = new TreeMap<>();

    JqFunctionNames() {
        BuiltinFunctionLoader.getInstance()
                .listFunctions(Versions.JQ_1_7, Scope.newEmptyScope())
                .keySet()
                .forEach(this::add);
        OF_CAMEL.forEach((name, counts) ->
                arities.computeIfAbsent(name, key -> new TreeSet<>()).addAll(counts));
        RouteFunctions.ALL.keySet().forEach(this::add);
    }

    /** {@code name/2} takes two arguments, {@code name} any number of them. */
    private void add(String name) {
        int slash = name.lastIndexOf('/');
        boolean counted = slash > 0 && slash < name.length() - 1;
        Set<Integer> counts =
                arities.computeIfAbsent(counted ? name.substring(0, slash) : name, key -> new TreeSet<>());
        if (counted) {
            counts.add(Integer.valueOf(name.substring(slash + 1)));
        } else {
            counts.add(-1);
        }
    }

    /** What is wrong with a call; null when nothing is. */
    String refusal(String name, int arguments) {
        if (FOREIGN.contains(name)) {
            return name
                    + " sees more than the call: a route works with what came in (call) and with what its steps have"
                    + " kept (kept, variable)";
        }
        if (SLOW.contains(name) || name.equals("split") && arguments == 2) {
            return name + (name.equals("split") ? " with two arguments" : "")
                    + " can take much longer than what it works on is long: use split(\",\"), whole, addressable,"
                    + " alphanumeric, or build a list and from_entries";
        }
        Set<Integer> counts = arities.get(name);
        if (counts == null) {
            return "there is no function " + name + Names.meant(name, usable());
        }
        return counts.contains(arguments) || counts.contains(-1)
                ? null
                : name + " takes " + count(counts) + ", not " + arguments;
    }

    private Set<String> usable() {
        Set<String> names = new TreeSet<>(arities.keySet());
        names.removeAll(FOREIGN);
        names.removeAll(SLOW);
        names.removeIf(name -> name.startsWith("_"));
        return names;
    }

    private static String count(Set<Integer> counts) {
        StringBuilder text = new StringBuilder();
        counts.forEach(count -> text.append(text.isEmpty() ? "" : " or ").append(count == 0 ? "no" : count));
        boolean one = counts.equals(Set.of(1)) || counts.equals(Set.of(0));
        return text.append(one ? " argument" : " arguments").toString();
    }
}
