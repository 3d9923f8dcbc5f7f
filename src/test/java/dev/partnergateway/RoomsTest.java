package dev.partnergateway;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house: which room may use which, and what may stand in a partner's file. */
class RoomsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.partnergateway");

    @Test
    void roomsUseEachOtherInOneDirection() {
        slices().matching("dev.partnergateway.(*)..").should().beFreeOfCycles().check(CLASSES);
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
    void everyIntegrationHasItsContract() throws IOException {
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            assertEquals(
                    List.of(),
                    routes.map(route -> route.getFileName().toString())
                            .filter(name -> !Files.exists(Path.of("openapi", name.replace(".camel.yaml", ".yaml"))))
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
