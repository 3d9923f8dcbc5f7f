package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the author of a route file may write, as a list of what is allowed: a file is read as YAML, and
 * everything in it that is not named here fails the build.
 */
class WiringTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Where a message may go: an operation of Talon.One, a step of the core, another route. */
    private static final Pattern TARGET = Pattern.compile(
            "talon-one:[A-Za-z0-9]+(,[A-Za-z0-9]+)*(\\?(missing=null|refused=leave-out))?|kamelet:[a-z][a-z-]*(\\?[A-Za-z]+=[A-Za-z0-9._-]+)*|direct:[A-Za-z0-9/_-]+");

    static final Set<String> BRANCHES = Set.of("steps", "when", "otherwise");

    /** Steps, and what may stand in each beside its branches. */
    static final Map<String, Set<String>> STEPS = Map.ofEntries(
            Map.entry("transform", Set.of("jq")),
            Map.entry("setBody", Set.of("jq")),
            Map.entry("setVariable", Set.of("name", "jq")),
            Map.entry("to", Set.of("uri", "parameters", "variableReceive")),
            Map.entry("multicast", Set.of("stopOnException")),
            Map.entry("pipeline", Set.of()),
            Map.entry("idempotentConsumer", Set.of("idempotentRepository", "jq")),
            Map.entry("choice", Set.of()),
            Map.entry("filter", Set.of("jq")),
            Map.entry("split", Set.of("jq", "aggregationStrategy", "parallelProcessing", "stopOnException")));

    /** jq that could see more than the call: headers, the environment, files, placeholders. */
    private static final Pattern FOREIGN_JQ = Pattern.compile(
            "\\bheader\\(|\\bproperty\\(|\\$ENV|\\benv\\b|\\binput(s|_filename)?\\b|\\bimport\\b|\\{\\{");

    /** A text in jq; one that holds an expression is looked into. */
    private static final Pattern JQ_TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\[^(])*\"");

    /** A function's name where it is no member's. */
    private static final String CALLED = "(?<![.$\\w])(?:%s)(?![\\w:])";

    /**
     * jq whose time grows faster than what it works on: regular expressions, and functions that copy what they have
     * gathered with each further item. The functions of the core and {@code [...] | from_entries} do the same at once.
     */
    private static final Pattern SLOW_JQ = Pattern.compile(String.format(
                    CALLED,
                    "test|match|capture|scan|splits|sub|gsub|_match_impl|_sub_impl|reduce|foreach|add|flatten"
                            + "|transpose|walk|map_values|combinations|until|while|recurse|limit|nth|fromjson")
            + "|(?<![.$\\w])split\\([^()]*;");

    static List<Path> files() throws IOException {
        try (Stream<Path> partners = Files.list(Path.of("routes"));
                Stream<Path> core = Files.list(Path.of("src/main/resources/core"))) {
            return Stream.concat(partners, core).sorted().toList();
        }
    }

    @Test
    void everySharedRouteFileIsLoaded() throws IOException {
        try (Stream<Path> core = Files.list(Path.of("src/main/resources/core"))) {
            assertEquals(
                    core.map(file -> file.getFileName().toString()).sorted().toList(),
                    Gateway.SHARED_ROUTES.stream()
                            .map(name -> name + ".camel.yaml")
                            .sorted()
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aRouteFileHoldsWiringOnly(Path file) throws IOException {
        assertEquals(List.of(), foreign(YAML.readTree(file.toFile()), file.startsWith("routes")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- beans: [{name: a, type: java.lang.Runtime}]",
                "- onException: {exception: [java.lang.Exception]}",
                "- errorHandler: {noErrorHandler: {}}",
                "- intercept: {steps: []}",
                "- routeTemplate: {id: a, from: {uri: 'kamelet:source', steps: []}}",
                "- route: {id: a, from: {uri: 'timer:a', steps: []}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{to: 'http://evil.example'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{to: {uri: 'exec:sh'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{toD: 'talon-one:x'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{to: 'talon-one:{{x}}'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setHeader: {name: a, constant: b}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{script: {groovy: '1'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setBody: {simple: '${header.a}'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: 'header(\"a\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: {expression: '$ENV'}}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '\"{{env:PATH}}\"'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{log: 'x'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '.a | test(\"^ *$\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '[match(\"a\"; \"g\")]'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: 'capture(\"(?<a>.)\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '[scan (\"a\")]'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setVariable: {name: a, jq: 'gsub(\" \"; \"\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{split: {jq: 'split(\",\"; null)', steps: []}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{split: {jq: '[splits(\",\")]', steps: []}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{choice: {when: [{jq: '.a|sub(\"a\";\"\")', steps: []}]}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '\"\\(.a | sub(\"b\"; \"\"))\"'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: 'reduce .[] as $x ({}; . + $x)'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '.a | add'}}]}}",
                "- route: {id: a, errorHandler: {}, from: {uri: 'direct:a', steps: []}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{choice: {when: [{jq: '.a', steps: [{bean: x}]}]}}]}}",
                "- rest: {id: a, get: [{path: /}]}",
                "- rest: {id: a, openApi: {specification: 'https://evil.example/a.yaml', routeId: a, missingOperation: fail}}"
            })
    void whatIsNotWiringIsFound(String route) throws IOException {
        assertFalse(foreign(YAML.readTree(route), true).isEmpty());
    }

    @Test
    void whatRoutesNeedIsAllowed() throws IOException {
        String route = "- route: {id: a, from: {uri: 'direct:a', steps: [{setVariable: {name: a, jq: '.b'}},"
                + "{filter: {jq: '.a', steps: [{to: 'kamelet:create-coupon'}]}},"
                + "{transform: {jq: '{add: .sub, test: \"match(a)\", a: (.b | split(\",\"))}'}},"
                + "{choice: {when: [{jq: '.a', steps: [{to: 'talon-one:x?missing=null'}]}], otherwise: {steps: []}}}]}}";
        assertEquals(List.of(), foreign(YAML.readTree(route), true));
    }

    private static List<String> foreign(JsonNode file, boolean partner) throws IOException {
        List<String> foreign = new ArrayList<>();
        for (JsonNode entry : file) {
            for (Map.Entry<String, JsonNode> member : entry.properties()) {
                JsonNode content = withoutParameters(member.getValue());
                switch (member.getKey()) {
                    case "rest" -> rest(content, partner, foreign);
                    case "route" ->
                        route(content, Set.of("id", "description", "from"), "direct:[A-Za-z0-9/_-]+", foreign);
                    case "routeTemplate" -> {
                        if (partner) {
                            foreign.add("routeTemplate: belongs to the core");
                        }
                        route(content, Set.of("id", "description", "parameters", "from"), "kamelet:source", foreign);
                    }
                    default -> foreign.add(member.getKey());
                }
            }
        }
        return foreign;
    }

    private static void rest(JsonNode rest, boolean partner, List<String> foreign) {
        only(rest, Set.of("id", "openApi"), "rest", foreign);
        JsonNode contract = rest.path("openApi");
        only(contract, Set.of("specification", "routeId", "missingOperation"), "openApi", foreign);
        if (!partner
                || !contract.path("specification").asText().matches("file:openapi/[a-z-]+\\.yaml")
                || !contract.path("missingOperation").asText().equals("fail")) {
            foreign.add("rest: " + rest);
        }
    }

    private static void route(JsonNode route, Set<String> names, String from, List<String> foreign) {
        only(route, names, "route", foreign);
        only(route.path("from"), Set.of("uri", "steps"), "from", foreign);
        if (!route.path("from").path("uri").asText().matches(from)) {
            foreign.add("from: " + route.path("from").path("uri"));
        }
        steps(route.path("from").path("steps"), foreign);
    }

    private static void steps(JsonNode steps, List<String> foreign) {
        for (JsonNode step : steps) {
            step.properties().forEach(member -> {
                if (STEPS.containsKey(member.getKey())) {
                    step(member.getKey(), member.getValue(), foreign);
                } else {
                    foreign.add(member.getKey() + ": " + member.getValue());
                }
            });
        }
    }

    private static void step(String name, JsonNode step, List<String> foreign) {
        if (name.equals("to")) {
            String target = step.isTextual() ? step.asText() : step.path("uri").asText();
            if (!TARGET.matcher(target).matches()) {
                foreign.add("to: " + target);
            }
        }
        if (name.equals("idempotentConsumer")
                && !step.path("idempotentRepository").asText().equals("#answers")) {
            foreign.add("idempotentRepository: " + step.path("idempotentRepository"));
        }
        step.properties().forEach(member -> {
            String key = member.getKey();
            JsonNode value = member.getValue();
            if (key.equals("jq")) {
                jq(value, foreign);
            } else if (key.equals("steps")) {
                steps(value, foreign);
            } else if (key.equals("when")) {
                for (JsonNode when : value) {
                    only(when, Set.of("jq", "steps"), "when", foreign);
                    jq(when.path("jq"), foreign);
                    steps(when.path("steps"), foreign);
                }
            } else if (key.equals("otherwise")) {
                only(value, Set.of("steps"), "otherwise", foreign);
                steps(value.path("steps"), foreign);
            } else if (!STEPS.get(name).contains(key)) {
                foreign.add(name + "/" + key);
            }
            if (BRANCHES.contains(key) && (name.equals("to") || name.equals("transform"))) {
                foreign.add(name + "/" + key);
            }
        });
    }

    /** A Kamelet of the core may place its own parameters, which route files write and callers never reach. */
    private static JsonNode withoutParameters(JsonNode template) throws IOException {
        String text = template.toString();
        for (JsonNode parameter : template.path("parameters")) {
            text = text.replace("{{" + parameter.path("name").asText() + "}}", "parameter");
        }
        return YAML.readTree(text);
    }

    private static void jq(JsonNode jq, List<String> foreign) {
        if (jq.isObject()) {
            only(jq, Set.of("expression"), "jq", foreign);
        }
        String text = jq.isObject() ? jq.path("expression").asText() : jq.asText();
        if (FOREIGN_JQ.matcher(text).find()) {
            foreign.add("jq: " + text);
        }
        if (SLOW_JQ.matcher(JQ_TEXT.matcher(text).replaceAll("\"\"")).find()) {
            foreign.add("jq that takes too long: " + text);
        }
    }

    private static void only(JsonNode node, Set<String> names, String where, List<String> foreign) {
        node.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                foreign.add(where + "/" + name);
            }
        });
    }
}
