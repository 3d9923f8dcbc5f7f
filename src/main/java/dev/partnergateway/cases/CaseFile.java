package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A file of cases. A member that nobody knows is refused: it would be a check that is silently not made.
 *
 * @param cases in the order of the file
 * @param unshown operation and status, such as {@code shop/read 404}, of what the file says no case can show, with the reason
 */
record CaseFile(List<Case> cases, Map<String, String> unshown) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** What may stand where. */
    enum Part {
        FILE("defaults", "cases", "unshown"),
        CASE("case", "steps"),
        STEP("call", "sandbox", "faults", "answer", "upstream", "log", "callback"),
        CALL("method", "path", "query", "headers", "json", "text"),
        ORDER("method", "path", "json"),
        ANSWER("status", "json", "text", "error", "headers", "repeat"),
        UPSTREAM("operation", "path", "query", "status", "body", "replayed"),
        CALLBACK("headers", "body");

        private final List<String> members;

        Part(String... members) {
            this.members = List.of(members);
        }

        List<String> members() {
            return members;
        }
    }

    static CaseFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Node lines;
        JsonNode content;
        try {
            lines = new Yaml(new LoaderOptions()).compose(new java.io.StringReader(text));
            content = YAML.readTree(text);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new CaseException(file, line, "this is not YAML: " + e.getProblem());
        } catch (IOException e) {
            throw new CaseException(file, 1, "this is not YAML: " + e.getMessage());
        }
        return new Reader(file).read(content, lines);
    }

    private record Reader(Path file) {

        CaseFile read(JsonNode content, Node node) {
            if (!(node instanceof MappingNode top)) {
                throw new CaseException(file, 1, "expected the members " + Part.FILE.members());
            }
            require(Part.FILE, top);
            member(top, "defaults").ifPresent(defaults -> require(Part.CALL, defaults));
            List<Case> cases = new ArrayList<>();
            List<Node> nodes = items(member(top, "cases").orElse(null));
            for (int i = 0; i < nodes.size(); i++) {
                cases.add(read(content.path("cases").get(i), nodes.get(i), content.path("defaults")));
            }
            Map<String, String> unshown = new TreeMap<>();
            content.path("unshown")
                    .properties()
                    .forEach(each -> unshown.put(each.getKey(), each.getValue().asText()));
            return new CaseFile(List.copyOf(cases), unshown);
        }

        private Case read(JsonNode entry, Node node, JsonNode defaults) {
            require(Part.CASE, node);
            String name = entry.path("case").asText("");
            List<Node> nodes = items(member(node, "steps").orElse(null));
            if (name.isBlank() || nodes.isEmpty()) {
                throw new CaseException(file, line(node), "a case needs a name (case) and steps");
            }
            List<JsonNode> steps = new ArrayList<>();
            List<Integer> lines = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                check(nodes.get(i));
                ObjectNode whole = entry.path("steps").get(i).deepCopy();
                ObjectNode call = defaults.isObject() ? defaults.deepCopy() : JsonNodeFactory.instance.objectNode();
                merge(call, whole.path("call"));
                whole.set("call", call);
                steps.add(whole);
                lines.add(line(nodes.get(i)));
            }
            String integration = file.toAbsolutePath().getParent().getFileName().toString();
            return new Case(integration, file, line(node), name, List.copyOf(steps), List.copyOf(lines));
        }

        private void check(Node step) {
            require(Part.STEP, step);
            member(step, "call").ifPresent(call -> require(Part.CALL, call));
            member(step, "answer")
                    .filter(MappingNode.class::isInstance)
                    .ifPresent(answer -> require(Part.ANSWER, answer));
            member(step, "callback").ifPresent(callback -> require(Part.CALLBACK, callback));
            items(member(step, "sandbox").orElse(null)).forEach(order -> require(Part.ORDER, order));
            for (Node call : items(member(step, "upstream").orElse(null))) {
                if (call instanceof SequenceNode sideBySide) {
                    sideBySide.getValue().forEach(each -> require(Part.UPSTREAM, each));
                } else {
                    require(Part.UPSTREAM, call);
                }
            }
        }

        private void require(Part part, Node node) {
            if (!(node instanceof MappingNode mapping)) {
                throw new CaseException(file, line(node), "expected members: " + known(part));
            }
            for (NodeTuple member : mapping.getValue()) {
                String name = ((ScalarNode) member.getKeyNode()).getValue();
                if (!part.members().contains(name)) {
                    throw new CaseException(
                            file, line(member.getKeyNode()), name + " is not known here: known are " + known(part));
                }
            }
        }

        private static String known(Part part) {
            return part.members().stream().collect(Collectors.joining(", "));
        }

        private static int line(Node node) {
            return node.getStartMark().getLine() + 1;
        }

        private static java.util.Optional<Node> member(Node node, String name) {
            return ((MappingNode) node)
                    .getValue().stream()
                            .filter(member -> ((ScalarNode) member.getKeyNode())
                                    .getValue()
                                    .equals(name))
                            .map(NodeTuple::getValueNode)
                            .findFirst();
        }

        private static List<Node> items(Node node) {
            return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
        }
    }

    /** Lays values over defaults, member by member; null takes a default away. */
    static void merge(ObjectNode onto, JsonNode values) {
        values.properties().forEach(member -> {
            if (member.getValue().isNull()) {
                onto.remove(member.getKey());
            } else if (member.getValue().isObject()
                    && onto.path(member.getKey()).isObject()) {
                merge((ObjectNode) onto.get(member.getKey()), member.getValue());
            } else {
                onto.set(member.getKey(), member.getValue());
            }
        });
    }
}
