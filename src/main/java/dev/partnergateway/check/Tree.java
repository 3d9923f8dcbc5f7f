package dev.partnergateway.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A place in a YAML file with what stands there, and where that is. */
final class Tree {

    /** A member of an object: its name, as a place of its own, and what it holds. */
    record Entry(Tree key, Tree value) {
        String name() {
            return key.text();
        }
    }

    private final String file;
    private final String[] lines;
    private final Node node;

    private Tree(String file, String[] lines, Node node) {
        this.file = file;
        this.lines = lines;
        this.node = node;
    }

    /**
     * Reads a file.
     *
     * @param found told what is no YAML; nothing of the file can be looked at then
     */
    static Optional<Tree> read(String file, String text, Consumer<Mistake> found) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(text.length() + 1);
        try {
            Node node = new Yaml(options).compose(new java.io.StringReader(text));
            if (node == null) {
                found.accept(new Mistake(file, 1, 1, "the file is empty"));
                return Optional.empty();
            }
            Tree tree = new Tree(file, text.split("\n", -1), node);
            return tree.isUnique(found, new HashSet<>(), new HashSet<>()) ? Optional.of(tree) : Optional.empty();
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            String context = e.getContext() == null ? "" : e.getContext() + ", ";
            found.accept(new Mistake(
                    file,
                    mark == null ? 1 : mark.getLine() + 1,
                    mark == null ? 1 : mark.getColumn() + 1,
                    "this is no YAML: " + context + e.getProblem()));
        } catch (YAMLException e) {
            found.accept(new Mistake(file, 1, 1, "this is no YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    /** Of two members of one name YAML readers take one, without a word. */
    private boolean isUnique(Consumer<Mistake> found, Set<Node> seen, Set<Node> around) {
        if (around.contains(node)) {
            found.accept(wrong("this refers to what it is a part of"));
            return false;
        }
        if (!seen.add(node)) {
            return true;
        }
        around.add(node);
        boolean unique = true;
        Set<String> names = new HashSet<>();
        for (Entry member : members()) {
            if (!names.add(member.name())) {
                found.accept(member.key().wrong(member.name() + " stands here twice: of the two only one would count"));
                unique = false;
            }
            unique &= member.value().isUnique(found, seen, around);
        }
        for (Tree item : items()) {
            unique &= item.isUnique(found, seen, around);
        }
        around.remove(node);
        return unique;
    }

    private Tree at(Node other) {
        return new Tree(file, lines, other);
    }

    boolean isObject() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isText() {
        return node instanceof ScalarNode;
    }

    /** What stands here, when it is neither an object nor a list; else an empty text. */
    String text() {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    List<Entry> members() {
        List<Entry> members = new ArrayList<>();
        if (node instanceof MappingNode object) {
            for (NodeTuple tuple : object.getValue()) {
                members.add(new Entry(at(tuple.getKeyNode()), at(tuple.getValueNode())));
            }
        }
        return members;
    }

    List<Tree> items() {
        return node instanceof SequenceNode list
                ? list.getValue().stream().map(this::at).toList()
                : List.of();
    }

    Optional<Tree> get(String name) {
        return entry(name).map(Entry::value);
    }

    Optional<Entry> entry(String name) {
        return members().stream().filter(member -> member.name().equals(name)).findFirst();
    }

    /** What stands at the end of these names, if anything. */
    Optional<Tree> get(String first, String... more) {
        Optional<Tree> place = get(first);
        for (String name : more) {
            place = place.flatMap(tree -> tree.get(name));
        }
        return place;
    }

    /** The text of a member; empty when there is none. */
    String text(String name) {
        return get(name).map(Tree::text).orElse("");
    }

    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        members().forEach(member -> names.add(member.name()));
        return names;
    }

    /** What a JSON Pointer leads to. */
    Optional<Tree> point(String pointer) {
        Optional<Tree> place = Optional.of(this);
        for (String part : pointer.split("/", -1)) {
            String name = part.replace("~1", "/").replace("~0", "~");
            if (!part.isEmpty()) {
                place = place.flatMap(tree -> tree.isList() ? tree.item(name) : tree.get(name));
            }
        }
        return place;
    }

    private Optional<Tree> item(String index) {
        List<Tree> items = items();
        return index.matches("[0-9]{1,6}") && Integer.parseInt(index) < items.size()
                ? Optional.of(items.get(Integer.parseInt(index)))
                : Optional.empty();
    }

    String file() {
        return file;
    }

    int line() {
        return node.getStartMark().getLine() + 1;
    }

    int column() {
        return node.getStartMark().getColumn() + 1;
    }

    /** Whether two are the same place. */
    boolean same(Tree other) {
        return node == other.node;
    }

    Mistake wrong(String sentence) {
        return new Mistake(file, line(), column(), sentence);
    }

    /**
     * Something wrong inside the text that stands here.
     *
     * @param at which character of the text, from 0
     */
    Mistake wrong(int at, String sentence) {
        String before = text().substring(0, Math.max(0, Math.min(at, text().length())));
        int down = (int) before.chars().filter(c -> c == '\n').count();
        int right = before.length() - before.lastIndexOf('\n') - 1;
        ScalarStyle style = node instanceof ScalarNode scalar ? scalar.getScalarStyle() : ScalarStyle.PLAIN;
        if (style == ScalarStyle.LITERAL) {
            int line = line() + 1 + down;
            return new Mistake(file, line, indentation() + right + 1, sentence);
        }
        if (style == ScalarStyle.FOLDED
                || down > 0
                || node.getEndMark().getLine() != node.getStartMark().getLine()) {
            return new Mistake(file, line() + (style == ScalarStyle.FOLDED ? 1 : 0), column(), sentence);
        }
        return new Mistake(file, line(), column() + right + (style == ScalarStyle.PLAIN ? 0 : 1), sentence);
    }

    /** Spaces before each line of a block of text. */
    private int indentation() {
        for (int line = line(); line < lines.length; line++) {
            if (!lines[line].isBlank()) {
                return lines[line].length() - lines[line].stripLeading().length();
            }
        }
        return 0;
    }
}
