package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whoever has this repository has all that it speaks of: what code, routes, contracts and pages refer to is a file of it,
 * and a heading in that file.
 */
class ReferencesTest {

    private static final List<Path> FOLDERS = Stream.of(
                    ".github", "bench", "cases", "docs", "image", "k8s", "openapi", "routes", "src")
            .map(Path::of)
            .toList();

    private static final Set<String> TEXTS =
            Set.of("java", "yaml", "yml", "md", "properties", "xml", "sql", "html", "js");

    /** A page of the repository, as comments name it. */
    private static final Pattern PAGE = Pattern.compile("\\b(docs/[\\w/-]+\\.md|[A-Z]{4,}\\.md)(#[\\w-]+)?");

    /** A link of a page, to another or within itself. */
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|mailto:)([^)#\\s]*)(#[^)\\s]*)?\\)");

    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");

    /** Numbers of chapters, decisions and rules of documents that nobody else has. */
    private static final List<Pattern> ELSEWHERE = Stream.of(
                    "\\bcontract(?:'s)?[ \\n*/]+(?:\\d+(?:\\.\\d+)?\\b(?! )|[DNS]\\d+\\b)",
                    "(?m)^\\s*(?:\\*|/\\*\\*|//|#|--).*\\bD\\d{1,2}\\b",
                    "(?i)\\bdesign rules?\\b",
                    "(?i)\\bissues? #?\\d+",
                    "\\bdesign\\.md\\b",
                    "\\b(?:camel|infra)-notes\\b",
                    "\\.\\./shared\\b")
            .map(Pattern::compile)
            .toList();

    /** This test has to name what it looks for. */
    private static final Path SELF = Path.of("src/test/java/dev/partnergateway/ReferencesTest.java");

    private final Map<Path, Set<String>> anchors = new HashMap<>();

    private static List<Path> texts() throws IOException {
        List<Path> texts = new ArrayList<>();
        try (Stream<Path> top = Files.list(Path.of(""))) {
            top.filter(Files::isRegularFile).filter(ReferencesTest::isText).forEach(texts::add);
        }
        for (Path folder : FOLDERS) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(Files::isRegularFile)
                            .filter(ReferencesTest::isText)
                            .forEach(texts::add);
                }
            }
        }
        texts.remove(SELF);
        return texts;
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return TEXTS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    @Test
    void everyPageThatIsNamedIsThereAndHasTheHeading() throws IOException {
        Set<String> missing = new TreeSet<>();
        int found = 0;
        for (Path file : texts()) {
            Matcher reference = PAGE.matcher(Files.readString(file).replaceAll("\\n\\s*(?:\\*|//) ", " "));
            while (reference.find()) {
                found++;
                Path page = Path.of(reference.group(1));
                if (!has(page, reference.group(2))) {
                    missing.add(file + " refers to " + reference.group());
                }
            }
        }
        assertEquals(Set.of(), missing);
        assertTrue(found > 100, "only " + found + " references were found: the test has become blind");
    }

    @Test
    void everyLinkOfAPageLeadsSomewhere() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (Path file : texts()) {
            if (!file.toString().endsWith(".md")) {
                continue;
            }
            Matcher link = LINK.matcher(FENCED.matcher(Files.readString(file)).replaceAll(""));
            while (link.find()) {
                Path folder = file.getParent() == null ? Path.of("") : file.getParent();
                Path target = link.group(1).isEmpty()
                        ? file
                        : folder.resolve(link.group(1)).normalize();
                if (!has(target, link.group(2))) {
                    missing.add(file + " links to " + link.group(1) + (link.group(2) == null ? "" : link.group(2)));
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyRowOfATableHasAsManyCellsAsItsHead() throws IOException {
        Set<String> uneven = new TreeSet<>();
        for (Path file : texts()) {
            if (!file.toString().endsWith(".md")) {
                continue;
            }
            int head = 0;
            for (String line :
                    FENCED.matcher(Files.readString(file)).replaceAll("").split("\n")) {
                String row = line.strip();
                int cells = row.startsWith("|") ? row.split("(?<!\\\\)\\|", -1).length : 0;
                if (cells > 0 && head > 0 && cells != head) {
                    uneven.add(file + ": " + row);
                }
                head = cells == 0 ? 0 : head == 0 ? cells : head;
            }
        }
        assertEquals(Set.of(), uneven);
    }

    @Test
    void nothingCitesADocumentThatIsNotHere() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path file : texts()) {
            String text = Files.readString(file);
            for (Pattern elsewhere : ELSEWHERE) {
                elsewhere
                        .matcher(text)
                        .results()
                        .forEach(hit -> found.add(file + ": " + hit.group().strip()));
            }
        }
        assertEquals(Set.of(), found);
    }

    private boolean has(Path file, String anchor) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        if (anchor == null || anchor.equals("#")) {
            return true;
        }
        if (!anchors.containsKey(file)) {
            anchors.put(file, anchors(Files.readString(file)));
        }
        return anchors.get(file).contains(anchor.substring(1));
    }

    /** As forges make them: small letters, no punctuation, a hyphen for each space, a number for those that come again. */
    private static Set<String> anchors(String page) {
        Set<String> anchors = new HashSet<>();
        Matcher heading = HEADING.matcher(FENCED.matcher(page).replaceAll(""));
        while (heading.find()) {
            String anchor = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\w\\- ]", "")
                    .replace(' ', '-');
            for (int again = 1; !anchors.add(anchor); again++) {
                anchor = anchor.replaceAll("-\\d+$", "") + "-" + again;
            }
        }
        return anchors;
    }
}
