package dev.partnergateway.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.maven.artifact.versioning.ComparableVersion;

/**
 * Compares what is delivered ({@code target/sbom.json}) with a list of vulnerabilities that somebody has downloaded, in the
 * format of OSV: a zip or a folder of its JSON files, or one file with one of them or a list. Asks nobody. What
 * {@code docs/security.md} names has been looked at; anything else that fits is printed and fails the build.
 */
public final class KnownVulnerabilities {

    private static final ObjectMapper JSON = new ObjectMapper();

    private KnownVulnerabilities() {}

    /**
     * @param arguments the SBOM (CycloneDX, JSON), the list, the page with the answers, the pom.xml that the SBOM is of
     * @throws IllegalStateException naming what fits the SBOM and is not on the page
     */
    public static void main(String[] arguments) throws IOException {
        if (Files.getLastModifiedTime(Path.of(arguments[0])).compareTo(Files.getLastModifiedTime(Path.of(arguments[3])))
                < 0) {
            throw new IllegalStateException(arguments[0] + " is older than " + arguments[3]
                    + ": run Maven without -o, which leaves the SBOM as it was");
        }
        Map<String, String> delivered = delivered(Path.of(arguments[0]));
        List<JsonNode> list = list(Path.of(arguments[1]));
        String answers = Files.readString(Path.of(arguments[2]));
        Set<String> answered = new TreeSet<>();
        Set<String> open = new TreeSet<>();
        for (JsonNode vulnerability : list) {
            List<String> names =
                    new ArrayList<>(List.of(vulnerability.path("id").asText()));
            vulnerability.path("aliases").forEach(alias -> names.add(alias.asText()));
            for (JsonNode affected : vulnerability.path("affected")) {
                String library = affected.at("/package/name").asText();
                String version = delivered.get(library);
                if (version != null
                        && affected.at("/package/ecosystem").asText().startsWith("Maven")
                        && !vulnerability.has("withdrawn")
                        && affects(affected, version)) {
                    boolean known = names.stream().anyMatch(name -> names(answers, name));
                    (known ? answered : open)
                            .add(String.join(" = ", names) + ": " + library + " " + version + ": "
                                    + vulnerability.path("summary").asText());
                }
            }
        }
        System.out.println(delivered.size() + " libraries, " + list.size() + " vulnerabilities in the list, "
                + answered.size() + " fit and are answered in " + arguments[2] + ":");
        answered.forEach(System.out::println);
        if (list.isEmpty() || delivered.isEmpty()) {
            throw new IllegalStateException(
                    "nothing was compared: is " + arguments[1] + " a list, and " + arguments[0] + " an SBOM?");
        }
        if (!open.isEmpty()) {
            throw new IllegalStateException("not answered in " + arguments[2] + ":\n" + String.join("\n", open));
        }
    }

    /** CVE-2026-1 does not name CVE-2026-10. */
    private static boolean names(String page, String name) {
        for (int at = page.indexOf(name); at >= 0; at = page.indexOf(name, at + 1)) {
            int end = at + name.length();
            if (end == page.length() || !Character.isLetterOrDigit(page.charAt(end))) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, String> delivered(Path sbom) throws IOException {
        Map<String, String> delivered = new HashMap<>();
        for (JsonNode component : JSON.readTree(sbom.toFile()).path("components")) {
            delivered.put(
                    component.path("group").asText() + ":"
                            + component.path("name").asText(),
                    component.path("version").asText());
        }
        return delivered;
    }

    private static List<JsonNode> list(Path given) throws IOException {
        if (given.toString().endsWith(".zip")) {
            try (FileSystem zip = FileSystems.newFileSystem(given)) {
                return folder(zip.getPath("/"));
            }
        }
        return Files.isDirectory(given) ? folder(given) : file(given);
    }

    private static List<JsonNode> folder(Path folder) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".json")).toList()) {
                all.addAll(file(file));
            }
        }
        return all;
    }

    private static List<JsonNode> file(Path file) throws IOException {
        try (InputStream text = Files.newInputStream(file)) {
            JsonNode content = JSON.readTree(text);
            JsonNode list = content.has("vulns") ? content.path("vulns") : content;
            List<JsonNode> all = new ArrayList<>();
            (list.isArray() ? list : JSON.createArrayNode().add(list)).forEach(all::add);
            return all;
        }
    }

    /** As OSV says: one of the versions that are listed, or inside one of the ranges. */
    private static boolean affects(JsonNode affected, String version) {
        for (JsonNode listed : affected.path("versions")) {
            if (listed.asText().equals(version)) {
                return true;
            }
        }
        for (JsonNode range : affected.path("ranges")) {
            if (!range.path("type").asText().equals("GIT") && inside(range.path("events"), version)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inside(JsonNode events, String version) {
        ComparableVersion here = new ComparableVersion(version);
        List<Map.Entry<String, JsonNode>> inOrder = new ArrayList<>();
        events.forEach(event -> inOrder.addAll(event.properties()));
        inOrder.sort(Comparator.comparing(
                event -> new ComparableVersion(event.getValue().asText())));
        boolean inside = false;
        for (Map.Entry<String, JsonNode> event : inOrder) {
            String at = event.getValue().asText();
            int after = here.compareTo(new ComparableVersion(at));
            switch (event.getKey()) {
                case "introduced" -> inside = inside || at.equals("0") || after >= 0;
                case "fixed" -> inside = inside && after < 0;
                case "last_affected" -> inside = inside && after <= 0;
                default -> {}
            }
        }
        return inside;
    }
}
