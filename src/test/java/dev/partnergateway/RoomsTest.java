package dev.partnergateway;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house: which room may use which, and what may stand in a partner's file. */
class RoomsTest {

    private static final Path ARCHITECTURE = Path.of("docs/architecture.md");

    private static final Pattern PICTURE = Pattern.compile("(?s)-->\n```text\n(.*?)\n```");

    private static final Pattern WORD = Pattern.compile("`(\\w+)`");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.partnergateway");

    @Test
    void roomsUseEachOtherInOneDirection() {
        slices().matching("dev.partnergateway.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** Every room on a line with those that it uses; none uses one above it. */
    @Test
    void thePictureOfRoomsIsThatOfTheCode() throws IOException {
        String page = Files.readString(ARCHITECTURE);
        Matcher picture = PICTURE.matcher(page);
        assertTrue(picture.find(), "there is no picture");
        String drawn = drawn(uses());
        if (Boolean.getBoolean("rooms.draw")) {
            Files.writeString(
                    ARCHITECTURE, page.substring(0, picture.start(1)) + drawn + page.substring(picture.end(1)));
        } else {
            assertEquals(drawn, picture.group(1), "mvn test -Dtest=RoomsTest -Drooms.draw=true draws it anew");
        }
    }

    @Test
    void everyClassOnTheWayOfACallIsWhereThePageSays() throws IOException {
        String page = Files.readString(ARCHITECTURE);
        List<String> lost = new ArrayList<>();
        int named = 0;
        for (String line : page.lines().filter(line -> line.startsWith("| ")).toList()) {
            String room = null;
            Matcher word = WORD.matcher(line.split("\\|")[2]);
            while (word.find()) {
                if (Character.isLowerCase(word.group(1).charAt(0))) {
                    room = word.group(1);
                } else if (room != null) {
                    named++;
                    String name = "dev.partnergateway." + room + '.' + word.group(1);
                    if (!CLASSES.contain(name)) {
                        lost.add(name);
                    }
                }
            }
        }
        assertEquals(List.of(), lost);
        assertTrue(named > 20, named + " classes are named: the page is read no more");
    }

    @Test
    void everyRoomIntroducesItself() {
        Path rooms = Path.of("src/main/java/dev/partnergateway");
        assertEquals(
                List.of(),
                uses().keySet().stream()
                        .filter(room -> !room.equals("(process)"))
                        .filter(room -> !Files.exists(rooms.resolve(room).resolve("package-info.java")))
                        .toList());
    }

    private static SortedMap<String, SortedSet<String>> uses() {
        SortedMap<String, SortedSet<String>> uses = new TreeMap<>();
        for (JavaClass used : CLASSES) {
            SortedSet<String> others = uses.computeIfAbsent(room(used), name -> new TreeSet<>());
            used.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .filter(target -> target.getPackageName().startsWith("dev.partnergateway"))
                    .map(RoomsTest::room)
                    .filter(other -> !other.equals(room(used)))
                    .forEach(others::add);
        }
        return uses;
    }

    private static String room(JavaClass each) {
        String name = each.getPackageName().substring("dev.partnergateway".length());
        return name.isEmpty() ? "(process)" : name.substring(1);
    }

    /** The process stands on all rooms, also on the one that starts it. */
    private static int height(String room, Map<String, SortedSet<String>> uses) {
        return uses.get(room).stream()
                .filter(other -> !other.equals("(process)"))
                .mapToInt(other -> 1 + height(other, uses))
                .max()
                .orElse(0);
    }

    private static String drawn(SortedMap<String, SortedSet<String>> uses) {
        Map<Integer, List<String>> heights = new TreeMap<>(Comparator.reverseOrder());
        uses.keySet().forEach(room -> heights.computeIfAbsent(height(room, uses), unused -> new ArrayList<>())
                .add(room));
        return heights.values().stream()
                .map(rooms -> rooms.stream()
                        .map(room -> String.format(Locale.ROOT, "%-12s  %s", room, String.join(" ", uses.get(room)))
                                .strip())
                        .collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n\n"));
    }

    @Test
    void theSandboxKnowsNoOtherRoomAndNoRoomKnowsIt() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("dev.partnergateway.sandbox..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.partnergateway.sandbox..", "java..", "com..", "io..", "org..")
                .check(CLASSES);
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("house")
                .definedBy("dev.partnergateway")
                .layer("sandbox")
                .definedBy("dev.partnergateway.sandbox..")
                .whereLayer("sandbox")
                .mayOnlyBeAccessedByLayers("house")
                .check(CLASSES);
    }

    @Test
    void theCoreKnowsNoPartnerByName() throws IOException {
        // A segment of a path is no partner; one in quotes, before a slash or with a capital letter is.
        Pattern partner = Pattern.compile(
                "(?i:braze|iterable|emarsys|mparticle)|\\bSegment(?!s\\b)|[\"'/]segment[\"'/.]|segment\\.(camel|yaml)");
        assertEquals(List.of(), lines("src/main", line -> partner.matcher(line).find()));
    }

    @Test
    void aPartnersFileHoldsWiringOnly() throws IOException {
        List<String> foreign = List.of(
                "onException",
                "errorHandler",
                "doTry",
                "removeHeader",
                "setHeader",
                "CamelHttp",
                "http:",
                "https:",
                "Authorization",
                "toD:",
                "bean:",
                "script:",
                "groovy",
                "simple:");
        assertEquals(List.of(), lines("routes", line -> foreign.stream().anyMatch(line::contains)));
    }

    @Test
    void everyIntegrationHasItsContractAndItsCases() throws IOException {
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            assertEquals(
                    List.of(),
                    routes.map(route -> route.getFileName().toString())
                            .map(name -> name.replace(".camel.yaml", ""))
                            .filter(name -> !Files.exists(Path.of("openapi", name + ".yaml"))
                                    || !Files.isDirectory(Path.of("cases", name)))
                            .toList());
        }
    }

    private static List<String> lines(String folder, java.util.function.Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.filter(Files::isRegularFile)
                    .flatMap(file -> {
                        try {
                            return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                                    .filter(wanted)
                                    .map(line -> file + ": " + line.strip());
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
