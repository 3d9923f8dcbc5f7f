package dev.partnergateway.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One case of {@code src/test/resources/cases/<integration>/*.yaml}; CONTRIBUTING.md describes the format.
 *
 * @param file where it is written
 * @param name what it shows
 * @param steps calls in order, each with its expected answer and upstream calls; the file's defaults are put in
 */
public record Case(Path file, String name, List<JsonNode> steps) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path ROOT = Path.of("src/test/resources/cases");

    /** Every case of every integration. */
    public static List<Case> all() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .flatMap(file -> read(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Case> read(Path file) {
        JsonNode content;
        try {
            content = YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is not YAML", e);
        }
        List<Case> cases = new ArrayList<>();
        for (JsonNode entry : content.path("cases")) {
            List<JsonNode> steps = new ArrayList<>();
            for (JsonNode step : entry.path("steps")) {
                ObjectNode whole = step.deepCopy();
                ObjectNode call = content.path("defaults").deepCopy();
                merge(call, step.path("call"));
                whole.set("call", call);
                steps.add(whole);
            }
            cases.add(new Case(file, entry.path("case").asText(), steps));
        }
        return cases;
    }

    /** Lays values over defaults, member by member; null takes a default away. */
    private static void merge(ObjectNode onto, JsonNode values) {
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

    /** Folder the case stands in: its integration. */
    public String integration() {
        return ROOT.relativize(file).getName(0).toString();
    }

    /** Makes the call of a step. */
    static Http.Answer send(Http partner, JsonNode call) {
        List<String> headers = new ArrayList<>();
        call.path("headers").properties().forEach(header -> {
            headers.add(header.getKey());
            headers.add(header.getValue().asText());
        });
        String body = call.hasNonNull("text") ? call.get("text").asText() : null;
        if (call.hasNonNull("json")) {
            body = call.get("json").toString();
            if (!call.path("headers").has("Content-Type")) {
                headers.add("Content-Type");
                headers.add("application/json");
            }
        }
        StringBuilder path = new StringBuilder(call.path("path").asText());
        call.path("query").properties().forEach(parameter -> path.append(path.indexOf("?") < 0 ? '?' : '&')
                .append(encode(parameter.getKey()))
                .append('=')
                .append(encode(parameter.getValue().asText())));
        return partner.send(call.path("method").asText(), path.toString(), body, headers.toArray(String[]::new));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
