package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation refuses what its contract does not allow: made from the OpenAPI files, laid over the first successful
 * case of each operation. Always the documented body, never a call to Talon.One.
 */
class BadInputTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.shared();
        sandbox = gateway.sandbox();
    }

    /**
     * A call that must be refused.
     *
     * @param name what is wrong with it
     * @param status expected status
     * @param names what the error text must name; empty = nothing in particular
     * @param body the body; null = none
     */
    private record Bad(String name, int status, String names, Map<String, String> headers, String query, String body) {}

    @TestFactory
    Stream<DynamicTest> everyOperationRefusesWhatItsContractDoesNotAllow() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("openapi"))) {
            for (Path file : files.sorted().toList()) {
                if (!file.endsWith("talon-one.yaml")) {
                    tests.addAll(of(file));
                }
            }
        }
        assertTrue(tests.size() > 100, "only " + tests.size() + " bad calls were made");
        return tests.stream();
    }

    private static List<DynamicTest> of(Path file) throws IOException {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        options.setResolveFully(true);
        OpenAPI model = new OpenAPIV3Parser()
                .readContents(Files.readString(file), List.of(), options)
                .getOpenAPI();
        String prefix = model.getServers().get(0).getUrl();
        List<DynamicTest> tests = new ArrayList<>();
        model.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            JsonNode good = goodCall(method.name(), prefix + path);
            for (Bad bad : bad(operation, good)) {
                tests.add(DynamicTest.dynamicTest(
                        operation.getOperationId() + ": " + bad.name(),
                        () -> isRefused(method.name(), good.path("path").asText(), bad)));
            }
        }));
        return tests;
    }

    private static JsonNode goodCall(String method, String template) {
        String pattern = template.replaceAll("/$", "/?").replaceAll("\\{[^}]+}", "[^/]+");
        return Case.all().stream()
                .flatMap(each -> each.steps().stream())
                .filter(step -> step.path("answer").path("status").asInt() / 100 == 2)
                .map(step -> step.path("call"))
                .filter(call -> !call.path("path").asText().contains("{{"))
                .filter(call -> call.path("method").asText().equals(method)
                        && call.path("path").asText().matches(pattern))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case shows a success of " + method + " " + template));
    }

    private static List<Bad> bad(Operation operation, JsonNode good) {
        Map<String, String> headers = new LinkedHashMap<>();
        good.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        Map<String, String> query = new LinkedHashMap<>();
        good.path("query")
                .properties()
                .forEach(parameter ->
                        query.put(parameter.getKey(), parameter.getValue().asText()));
        String body = good.has("json") ? good.get("json").toString() : null;
        if (body != null) {
            headers.put("Content-Type", "application/json");
        }
        List<Bad> all = new ArrayList<>();
        if (headers.containsKey("Authorization")) {
            all.add(new Bad("no key", 401, "", without(headers, "Authorization"), query(query), body));
            all.add(new Bad(
                    "a malformed key", 401, "", with(headers, "Authorization", "Bearer x"), query(query), body));
        }
        for (Parameter parameter :
                operation.getParameters() == null ? List.<Parameter>of() : operation.getParameters()) {
            Map<String, String> place = parameter.getIn().equals("header") ? headers : query;
            if (parameter.getIn().equals("path")) {
                continue;
            }
            List<Map<String, String>> wrong = new ArrayList<>();
            if (Boolean.TRUE.equals(parameter.getRequired())) {
                wrong.add(without(place, parameter.getName()));
                wrong.add(with(place, parameter.getName(), " "));
            }
            if (!parameter.getSchema().getType().equals("object")) {
                for (JsonNode value : wrongValues(parameter.getSchema())) {
                    // Every text is a string here.
                    if (value.isTextual() || !parameter.getSchema().getType().equals("string")) {
                        wrong.add(with(
                                place, parameter.getName(), value.isTextual() ? value.asText() : value.toString()));
                    }
                }
            }
            String names = deployment(parameter.getExtensions()) ? "deployment" : parameter.getName();
            for (Map<String, String> values : wrong) {
                boolean header = place == headers;
                all.add(new Bad(
                        parameter.getIn() + " " + parameter.getName() + " = " + values.get(parameter.getName()),
                        400,
                        names,
                        header ? values : headers,
                        query(header ? query : values),
                        body));
            }
        }
        if (body != null) {
            bodies(operation, good, headers, query(query), all);
        }
        return all;
    }

    private static void bodies(
            Operation operation, JsonNode good, Map<String, String> headers, String query, List<Bad> all) {
        String body = good.get("json").toString();
        all.add(new Bad("malformed JSON", 400, "", headers, query, body.substring(0, body.length() - 1)));
        all.add(new Bad("two documents", 400, "", headers, query, body + body));
        all.add(new Bad("a list", 400, "", headers, query, "[]"));
        all.add(new Bad("a number", 400, "", headers, query, "5"));
        all.add(new Bad("an empty body", 400, "body", headers, query, ""));
        all.add(new Bad("not a number", 400, "", headers, query, "{\"x\":NaN}"));
        all.add(new Bad("XML", 415, "", with(headers, "Content-Type", "application/xml"), query, "<x/>"));
        Schema<?> schema =
                operation.getRequestBody().getContent().get("application/json").getSchema();
        if (schema.getProperties() != null) {
            schema.getProperties()
                    .forEach((name, property) ->
                            property(schema, name, property, good.get("json"), headers, query, all));
        }
    }

    private static void property(
            Schema<?> parent,
            String name,
            Schema<?> schema,
            JsonNode good,
            Map<String, String> headers,
            String query,
            List<Bad> all) {
        String names = deployment(schema.getExtensions()) ? "deployment" : name;
        if (parent.getRequired() != null && parent.getRequired().contains(name)) {
            all.add(new Bad("no " + name, 400, names, headers, query, without(good, name)));
            all.add(new Bad(name + " = null", 400, names, headers, query, with(good, name, JSON.nullNode())));
            if ("string".equals(schema.getType())) {
                all.add(new Bad(name + " blank", 400, names, headers, query, with(good, name, JSON.textNode("  "))));
            }
        }
        for (JsonNode value : wrongValues(schema)) {
            String shown = value.toString();
            all.add(new Bad(
                    name + " = " + (shown.length() > 40 ? shown.length() + " characters" : shown),
                    400,
                    names,
                    headers,
                    query,
                    with(good, name, value)));
        }
    }

    private static boolean deployment(Map<String, Object> extensions) {
        return extensions != null && extensions.containsKey("x-deployment");
    }

    private static List<JsonNode> wrongValues(Schema<?> schema) {
        List<JsonNode> wrong = new ArrayList<>();
        String type = schema.getType() == null ? "object" : schema.getType();
        switch (type) {
            case "integer" -> {
                wrong.addAll(List.of(
                        JSON.textNode("abc"),
                        JSON.textNode("1.0"),
                        JSON.textNode("1e3"),
                        JSON.numberNode(1.5),
                        JSON.textNode("99999999999999999999"),
                        JSON.objectNode(),
                        JSON.arrayNode(),
                        JSON.booleanNode(true)));
            }
            case "number" -> wrong.addAll(List.of(JSON.textNode("abc"), JSON.objectNode(), JSON.booleanNode(true)));
            case "boolean" -> wrong.addAll(List.of(JSON.textNode("maybe"), JSON.numberNode(1), JSON.objectNode()));
            case "array" -> wrong.addAll(List.of(JSON.numberNode(5), JSON.booleanNode(true)));
            case "object" -> wrong.addAll(List.of(JSON.numberNode(5), JSON.textNode("abc"), JSON.arrayNode()));
            default -> wrong.add(JSON.objectNode());
        }
        if (schema.getMinimum() != null) {
            wrong.add(JSON.numberNode(schema.getMinimum().subtract(BigDecimal.ONE)));
        }
        if (schema.getMaximum() != null) {
            wrong.add(JSON.numberNode(schema.getMaximum().add(BigDecimal.ONE)));
        }
        if (schema.getMaxLength() != null) {
            wrong.add(JSON.textNode("x".repeat(schema.getMaxLength() + 1)));
        }
        if (schema.getEnum() != null) {
            wrong.add(JSON.textNode("none-of-these"));
        }
        if ("date-time".equals(schema.getFormat())) {
            wrong.addAll(List.of(
                    JSON.textNode("tomorrow"),
                    JSON.textNode("2026-02-30T00:00:00Z"),
                    JSON.textNode("2026-01-01"),
                    JSON.textNode("2026-01-01T00:00:00")));
        }
        return wrong;
    }

    private static String with(JsonNode good, String name, JsonNode value) {
        ObjectNode body = good.deepCopy();
        body.set(name, value);
        return body.toString();
    }

    private static String without(JsonNode good, String name) {
        ObjectNode body = good.deepCopy();
        body.remove(name);
        return body.toString();
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(map);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, String> without(Map<String, String> map, String name) {
        Map<String, String> changed = new LinkedHashMap<>(map);
        changed.remove(name);
        return changed;
    }

    private static String query(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, value) -> query.append(query.isEmpty() ? '?' : '&')
                .append(java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8))
                .append('=')
                .append(java.net.URLEncoder.encode(value, java.nio.charset.StandardCharsets.UTF_8)));
        return query.toString();
    }

    private static void isRefused(String method, String path, Bad bad) {
        sandbox.forgetCalls();
        List<String> headers = new ArrayList<>();
        bad.headers().forEach((name, value) -> {
            headers.add(name);
            headers.add(value);
        });
        Http.Answer answer =
                gateway.partner().send(method, path + bad.query(), bad.body(), headers.toArray(String[]::new));
        assertEquals(bad.status(), answer.status(), answer.text());
        assertEquals(bad.status(), answer.json().path("StatusCode").asInt());
        assertEquals(
                answer.header("X-Request-Id"), answer.json().path("RequestUUID").asText());
        String error = answer.json().path("Error").asText().toLowerCase(Locale.ROOT);
        assertTrue(error.contains(bad.names().toLowerCase(Locale.ROOT)), answer.text());
        assertEquals(List.of(), sandbox.calls());
    }
}
