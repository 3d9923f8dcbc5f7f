package dev.partnergateway.security;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is delivered is compared with a list of vulnerabilities, and only an answered one passes. */
class KnownVulnerabilitiesTest {

    @TempDir
    Path folder;

    @BeforeEach
    void oneLibraryIsDelivered() throws IOException {
        Files.writeString(folder.resolve("pom.xml"), "<project/>");
        Files.writeString(folder.resolve("sbom.json"), """
                {"bomFormat": "CycloneDX", "components":
                  [{"group": "org.example", "name": "parser", "version": "4.1.138.Final"}]}
                """);
        Files.writeString(folder.resolve("page.md"), "| CVE-2026-10 | not used |");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'introduced': '0'}]                                                   | true",
                "[{'introduced': '0'}, {'fixed': '4.1.138.Final'}]                       | false",
                "[{'introduced': '0'}, {'fixed': '4.1.139.Final'}]                       | true",
                "[{'introduced': '4.1.139'}]                                             | false",
                "[{'introduced': '4.1.9'}, {'last_affected': '4.1.138.Final'}]           | true",
                "[{'introduced': '4.1.9'}, {'last_affected': '4.1.137.Final'}]           | false",
                "[{'fixed': '4.0.5'}, {'introduced': '4.1.0'}, {'introduced': '4.0.0'}]  | true",
                "[{'introduced': '4.0.0'}, {'fixed': '4.0.5'}, {'introduced': '4.2.0'}]  | false",
            })
    void aVersionIsInsideARangeOrNot(String events, boolean fits) throws IOException {
        Path list = list("{'id': 'GHSA-1', 'affected': [" + affected("org.example:parser", events) + "]}");
        if (fits) {
            assertTrue(failure(list).contains("GHSA-1: org.example:parser 4.1.138.Final"));
        } else {
            assertDoesNotThrow(() -> compare(list));
        }
    }

    @Test
    void aListedVersionFitsWithoutARange() throws IOException {
        Path list =
                list("{'id': 'GHSA-1', 'affected': [{'package': {'ecosystem': 'Maven', 'name': 'org.example:parser'},"
                        + " 'versions': ['4.1.137.Final', '4.1.138.Final']}]}");
        assertTrue(failure(list).contains("GHSA-1"));
    }

    @Test
    void aLibraryThatIsNotDeliveredDoesNotFit() throws IOException {
        Path list = list("[{'id': 'GHSA-1', 'affected': [" + affected("org.example:other", "[{'introduced': '0'}]")
                + "]}, {'id': 'GHSA-2', 'withdrawn': '2026-01-01T00:00:00Z', 'affected': ["
                + affected("org.example:parser", "[{'introduced': '0'}]") + "]}]");
        assertDoesNotThrow(() -> compare(list));
    }

    @Test
    void whatThePageNamesIsAnsweredByAnyOfItsNamesButNotByABeginningOfOne() throws IOException {
        String all = "'affected': [" + affected("org.example:parser", "[{'introduced': '0'}]") + "]}";
        Path answered = list("{'id': 'GHSA-1', 'aliases': ['CVE-2026-10'], " + all);
        assertDoesNotThrow(() -> compare(answered));
        Path other = list("{'id': 'GHSA-1', 'aliases': ['CVE-2026-1'], " + all);
        assertTrue(failure(other).contains("CVE-2026-1:"));
    }

    @Test
    void aZipAsItIsDownloadedIsReadAndAnEmptyListIsNoAllClear() throws IOException {
        Path zip = folder.resolve("all.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String id : new String[] {"GHSA-1", "GHSA-2"}) {
                out.putNextEntry(new ZipEntry(id + ".json"));
                out.write(json("{'id': '" + id + "', 'affected': ["
                                + affected("org.example:parser", "[{'introduced': '0'}]") + "]}")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        assertEquals(
                2, failure(zip).lines().filter(line -> line.startsWith("GHSA-")).count());
        assertTrue(failure(list("[]")).contains("nothing was compared"));
    }

    @Test
    void anSbomOfAnEarlierBuildIsNotCompared() throws IOException {
        Path list = list("{'id': 'GHSA-1', 'affected': []}");
        assertDoesNotThrow(() -> compare(list));
        Files.setLastModifiedTime(folder.resolve("sbom.json"), FileTime.fromMillis(0));
        assertTrue(failure(list).contains("without -o"));
    }

    private String failure(Path list) {
        return assertThrows(IllegalStateException.class, () -> compare(list)).getMessage();
    }

    private void compare(Path list) throws IOException {
        KnownVulnerabilities.main(new String[] {
            folder.resolve("sbom.json").toString(),
            list.toString(),
            folder.resolve("page.md").toString(),
            folder.resolve("pom.xml").toString()
        });
    }

    private Path list(String text) throws IOException {
        return Files.writeString(folder.resolve("list.json"), json(text));
    }

    private static String affected(String library, String events) {
        return "{'package': {'ecosystem': 'Maven', 'name': '" + library
                + "'}, 'ranges': [{'type': 'ECOSYSTEM', 'events': " + events + "}]}";
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
