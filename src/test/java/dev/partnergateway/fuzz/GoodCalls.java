package dev.partnergateway.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.cases.Case;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.sandbox.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A call of every operation that succeeds, taken from the cases: what the fuzzers change. */
public final class GoodCalls {

    /** Stands in a call where each one of its kind needs a value of its own. */
    public static final String UNIQUE = "5f0c4e52-1b0a-4b0e-9a44-5d8a3c1d9e10";

    private GoodCalls() {}

    /** A name and a value. */
    public record Pair(String name, String value) {}

    /**
     * A call.
     *
     * @param integration whose it is
     * @param body JSON; null = none
     */
    public record Good(
            String integration, Operation operation, String path, List<Pair> query, List<Pair> headers, JsonNode body) {

        public byte[] bodyBytes() {
            return body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** One for each operation of each contract. */
    public static List<Good> all() throws IOException {
        List<Good> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("openapi"))) {
            for (Path file : files.sorted().toList()) {
                if (!file.endsWith("talon-one.yaml")) {
                    String integration = file.getFileName().toString().replace(".yaml", "");
                    for (Operation operation : Contract.read(file).operations()) {
                        all.add(good(integration, operation));
                    }
                }
            }
        }
        return all;
    }

    private static Good good(String integration, Operation operation) {
        // The longest one shows the most.
        return of(integration, operation).stream()
                .max(Comparator.comparingInt(each -> each.toString().length()))
                .orElseThrow(() -> new AssertionError("no case shows a success of " + operation.id()));
    }

    /** Every call of an operation that succeeds at the sandbox. */
    public static List<Good> of(String integration, Operation operation) {
        String pattern = operation.path().replaceAll("/$", "/?").replaceAll("\\{[^}]+}", "[^/]+");
        return Case.all().stream()
                .filter(each -> each.integration().equals(integration))
                .flatMap(each -> each.steps().stream())
                .filter(step -> step.path("answer").path("status").asInt() / 100 == 2)
                .map(step -> step.path("call"))
                .filter(each -> each.path("method").asText().equals(operation.method())
                        && each.path("path").asText().matches(pattern)
                        && each.toString().toLowerCase(Locale.ROOT).contains(Seed.HOST)
                        && !each.toString().contains("{{sandbox}}"))
                .map(call -> good(integration, operation, json(call.toString().replace("{{unique}}", UNIQUE))))
                .toList();
    }

    private static Good good(String integration, Operation operation, JsonNode call) {
        List<Pair> headers = pairs(call.path("headers"));
        if (call.has("json")
                && headers.stream().noneMatch(header -> header.name().equals("Content-Type"))) {
            headers.add(new Pair("Content-Type", "application/json"));
        }
        return new Good(
                integration,
                operation,
                call.path("path").asText(),
                pairs(call.path("query")),
                headers,
                call.get("json"));
    }

    private static List<Pair> pairs(JsonNode object) {
        List<Pair> pairs = new ArrayList<>();
        object.properties()
                .forEach(member ->
                        pairs.add(new Pair(member.getKey(), member.getValue().asText())));
        return pairs;
    }

    /** Lines of a file of {@code src/test/resources/fuzz}; one in quotes is a JSON text, for what no eye can see. */
    static List<String> corpus(String file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src/test/resources/fuzz", file))) {
            lines.add(line.startsWith("\"") ? json(line).asText() : line);
        }
        return lines;
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The head of a request. */
    public static String head(String method, String target, List<Pair> headers, int length) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: gateway\r\n");
        headers.forEach(header ->
                head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        return head.append("Content-Length: ").append(length).append("\r\n\r\n").toString();
    }

    public static String target(String path, List<Pair> query) {
        StringBuilder target = new StringBuilder(path);
        char separator = '?';
        for (Pair pair : query) {
            target.append(separator).append(encoded(pair.name())).append('=').append(encoded(pair.value()));
            separator = '&';
        }
        return target.toString();
    }
}
