package dev.partnergateway.conformance;

import static dev.partnergateway.conformance.Changed.remove;
import static dev.partnergateway.conformance.Changed.set;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the calls that an operation must refuse from what its contract says, each with one mistake in a good call. */
final class BadCalls {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int LONGEST_LIST = 2000;

    private final OpenAPI model;
    private final String template;
    private final Operation operation;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, String> query = new LinkedHashMap<>();
    private final String path;
    private final JsonNode body;
    private final List<Bad> all = new ArrayList<>();
    private final List<Bad> unfitItems = new ArrayList<>();
    private int apart;

    /**
     * A call that must be refused.
     *
     * @param name what is wrong with it
     * @param statuses expected status, one of these
     * @param names what the error text must hold, one of these; empty = nothing in particular
     * @param path path and query
     * @param body the body; null = none
     */
    record Bad(
            String name,
            Set<Integer> statuses,
            Set<String> names,
            Map<String, String> headers,
            String path,
            String body) {

        /** The call, for somebody who has to find out what became of it. */
        String shown(String method) {
            return method + " " + path + " " + headers + (body == null ? "" : " " + body);
        }
    }

    /** The published text for a call without a deployment, whatever it would be named. */
    private static final String NO_DEPLOYMENT = "No Deployment URL specified";

    private BadCalls(OpenAPI model, String template, Operation operation, JsonNode good) {
        this.model = model;
        this.template = template;
        this.operation = operation;
        this.path = good.path("path").asText().replaceFirst("\\?.*", "");
        good.path("headers")
                .properties()
                .forEach(each -> headers.put(each.getKey(), each.getValue().asText()));
        good.path("query")
                .properties()
                .forEach(each -> query.put(each.getKey(), each.getValue().asText()));
        this.body = good.get("json");
        if (body != null) {
            headers.putIfAbsent("Content-Type", "application/json");
        }
    }

    /**
     * Every bad call of an operation.
     *
     * @param template its path, the server's in front
     * @param good the {@code call} of a case that succeeds
     */
    static List<Bad> of(OpenAPI model, String template, Operation operation, JsonNode good) {
        BadCalls calls = new BadCalls(model, template, operation, good);
        calls.credentials();
        calls.parameters();
        if (calls.body != null) {
            calls.documents();
            calls.walk(calls.schema(), "", calls.body);
            calls.forms();
        }
        return calls.all;
    }

    /** Calls with one item in them that is not as the contract says and costs itself alone ({@code x-apart: unfit}). */
    static List<Bad> ofUnfitItems(OpenAPI model, String template, Operation operation, JsonNode good) {
        BadCalls calls = new BadCalls(model, template, operation, good);
        if (calls.body != null) {
            calls.walk(calls.schema(), "", calls.body);
        }
        return calls.unfitItems;
    }

    /**
     * Calls of somebody with a key that Talon.One does not know: good ones, and ones with as little content as
     * possible.
     *
     * @param template its path, the server's in front
     * @param good the {@code call} of a case that succeeds
     */
    static List<Bad> ofAStranger(OpenAPI model, String template, Operation operation, JsonNode good) {
        BadCalls calls = new BadCalls(model, template, operation, good);
        calls.headers.computeIfPresent(
                "Authorization",
                (name, value) -> value.startsWith("Basic ") ? basic("ApiKey-v1:stranger") : "ApiKey-v1 stranger");
        JsonNode whole = calls.body == null ? JSON.objectNode() : calls.body;
        Set<String> keys = calls.marked(whole, "x-credential");
        if (keys.isEmpty() && !calls.headers.containsKey("Authorization")) {
            // Needs no key.
            return List.of();
        }
        for (String key : keys) {
            whole = set(whole, key, JSON.textNode("stranger"));
        }
        calls.add("a stranger", 401, "", calls.headers, calls.body == null ? null : text(whole));
        Set<String> deployments = calls.markedParameters("x-deployment");
        calls.query.keySet().retainAll(deployments);
        if (calls.body == null) {
            calls.add("a stranger without content", 401, "", calls.headers, null);
            return calls.all;
        }
        Set<String> kept = new TreeSet<>(keys);
        kept.addAll(calls.marked(whole, "x-deployment"));
        if (calls.schema().getDiscriminator() != null) {
            kept.add("/" + calls.schema().getDiscriminator().getPropertyName());
        }
        ObjectNode object = (ObjectNode) whole.deepCopy();
        object.retain(kept.stream()
                .map(at -> JsonPointer.compile(at).getMatchingProperty())
                .toList());
        calls.add("a stranger without content", 401, "", calls.headers, text(object));
        calls.properties(calls.schema(), whole).forEach((name, schema) -> {
            if (!object.has(name)) {
                object.put(name, ("array".equals(schema.getType()) ? "[" : "{\"a\":").repeat(10_000));
            }
        });
        calls.add("a stranger with JSON in texts", 401, "", calls.headers, text(object));
        return calls.all;
    }

    /** Where members of the body are that the contract marks, as far as a call has them; items of lists left out. */
    private Set<String> marked(JsonNode root, String extension) {
        Set<String> found = new TreeSet<>();
        if (body != null) {
            marked(schema(), "", root, extension, found);
        }
        return found;
    }

    private void marked(Schema<?> schema, String at, JsonNode root, String extension, Set<String> found) {
        properties(schema, root.at(at)).forEach((name, property) -> {
            String here = at + "/" + name.replace("~", "~0").replace("/", "~1");
            if (marked(property.getExtensions(), extension) && !root.at(here).isMissingNode()) {
                found.add(here);
            } else if (root.at(here).isObject()) {
                marked(property, here, root, extension, found);
            }
        });
    }

    private Set<String> markedParameters(String extension) {
        Set<String> found = new TreeSet<>();
        for (Parameter parameter : parametersOf(operation)) {
            if (marked(parameter.getExtensions(), extension)) {
                found.add(parameter.getName());
            }
        }
        return found;
    }

    private static List<Parameter> parametersOf(Operation operation) {
        return operation.getParameters() == null ? List.of() : operation.getParameters();
    }

    private static Set<String> naming(String name) {
        return name.isEmpty() ? Set.of() : Set.of(name);
    }

    /**
     * Good calls in which one optional number, boolean or date-time is blank, the way templates render what is not
     * there.
     */
    static List<Bad> ofBlanks(OpenAPI model, String template, Operation operation, JsonNode good) {
        BadCalls calls = new BadCalls(model, template, operation, good);
        Set<Integer> others = Set.of(404, 409, 429, 503);
        List<Bad> blanks = new ArrayList<>();
        for (Parameter parameter : parametersOf(operation)) {
            if (parameter.getIn().equals("query")
                    && !Boolean.TRUE.equals(parameter.getRequired())
                    && WrongValues.isNoText(parameter.getSchema())) {
                Map<String, String> query = with(calls.query, parameter.getName(), "");
                blanks.add(new Bad(
                        "query " + parameter.getName() + " is blank",
                        others,
                        Set.of(),
                        calls.headers,
                        calls.path + text(query),
                        text(calls.body)));
            }
        }
        if (calls.body instanceof ObjectNode object && calls.schema().getProperties() != null) {
            calls.schema().getProperties().forEach((name, schema) -> {
                if (WrongValues.isNoText(schema) && !required(calls.schema()).contains(name)) {
                    blanks.add(new Bad(
                            name + " is blank",
                            others,
                            Set.of(),
                            calls.headers,
                            calls.path + text(calls.query),
                            text(object.deepCopy().put(name, " "))));
                }
            });
        }
        return blanks;
    }

    private void add(String name, int status, String names, Map<String, String> withHeaders, String withBody) {
        add(name, status, naming(names), withHeaders, withBody);
    }

    private void add(String name, int status, Set<String> names, Map<String, String> withHeaders, String withBody) {
        all.add(new Bad(name, Set.of(status), names, withHeaders, path + text(query), withBody));
    }

    private void credentials() {
        if (!headers.containsKey("Authorization")) {
            return;
        }
        add("no key", 401, "", without(headers, "Authorization"), text(body));
        List<String> malformed = new ArrayList<>(List.of("Bearer x", "ApiKey-v1", "ApiKey-v1 two words"));
        if (headers.get("Authorization").startsWith("Basic ")) {
            malformed.addAll(List.of("Basic", "Basic ???", basic("user:password"), basic("ApiKey-v1:"), basic("")));
        }
        malformed.forEach(value -> add("the key " + value, 401, "", with(headers, "Authorization", value), text(body)));
    }

    private static String basic(String content) {
        return "Basic " + Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));
    }

    private void parameters() {
        for (Parameter parameter : parametersOf(operation)) {
            Map<String, Object> extensions = parameter.getExtensions();
            if (extensions != null && extensions.containsKey("x-attributes")) {
                attributes();
            } else if (parameter.getIn().equals("path")) {
                pathParameter(parameter);
            } else {
                parameter(parameter);
            }
        }
    }

    private void attributes() {
        for (String wrong : List.of(".a=1&_a=1", "_a=1&_a=2", ".1a=1", "_a-b=1", ".%C3%A4=1", ".a%20b=1", "._=1")) {
            String separator = query.isEmpty() ? "?" : "&";
            all.add(new Bad(
                    "attribute " + wrong,
                    Set.of(400),
                    Set.of("a"),
                    headers,
                    path + text(query) + separator + wrong,
                    text(body)));
        }
    }

    private void pathParameter(Parameter parameter) {
        Matcher matcher = Pattern.compile(template.replaceAll("\\{" + parameter.getName() + "}", "([^/]+)")
                        .replaceAll("\\{[^}]+}", "[^/]+"))
                .matcher(path);
        if (!matcher.matches()) {
            throw new AssertionError("the path " + path + " is not " + template);
        }
        List<String> wrong = new ArrayList<>(List.of("%00", "%20", "%ff"));
        WrongValues.of(parameter.getSchema()).stream()
                .filter(JsonNode::isValueNode)
                .forEach(value -> wrong.add(encode(value.asText())));
        for (String value : wrong) {
            String changed = path.substring(0, matcher.start(1)) + value + path.substring(matcher.end(1));
            String shown = value.length() > 40 ? value.length() + " characters" : value;
            all.add(new Bad(
                    "path " + parameter.getName() + " = " + shown,
                    Set.of(400),
                    Set.of(parameter.getName()),
                    headers,
                    changed + text(query),
                    text(body)));
        }
    }

    private void parameter(Parameter parameter) {
        boolean header = parameter.getIn().equals("header");
        Map<String, String> place = header ? headers : query;
        List<Map<String, String>> wrong = new ArrayList<>();
        if (Boolean.TRUE.equals(parameter.getRequired())) {
            wrong.add(without(place, parameter.getName()));
            wrong.add(with(place, parameter.getName(), " "));
        }
        for (JsonNode value : WrongValues.of(parameter.getSchema())) {
            if (value.isValueNode() || !"string".equals(parameter.getSchema().getType())) {
                wrong.add(with(place, parameter.getName(), value.isTextual() ? value.asText() : value.toString()));
            }
        }
        boolean deployment = marked(parameter.getExtensions(), "x-deployment");
        for (Map<String, String> values : wrong) {
            String value = String.valueOf(values.get(parameter.getName()));
            Set<String> names = deployment && (value.isBlank() || value.equals("null"))
                    ? Set.of(NO_DEPLOYMENT)
                    : Set.of(parameter.getName());
            all.add(new Bad(
                    parameter.getIn() + " " + parameter.getName() + " = "
                            + (value.length() > 40 ? value.length() + " characters" : value),
                    Set.of(400),
                    names,
                    header ? values : headers,
                    path + text(header ? query : values),
                    text(body)));
        }
        if (!header && query.containsKey(parameter.getName())) {
            String twice = "&" + parameter.getName() + "=" + encode(query.get(parameter.getName()));
            all.add(new Bad(
                    "query " + parameter.getName() + " twice",
                    Set.of(400),
                    Set.of(parameter.getName()),
                    headers,
                    path + text(query) + twice,
                    text(body)));
        }
    }

    private void documents() {
        String good = text(body);
        add("malformed JSON", 400, "", headers, good.substring(0, good.length() - 1));
        add("two documents", 400, "", headers, good + good);
        add("a list", 400, "", headers, "[]");
        add("a number", 400, "", headers, "5");
        add("an empty body", 400, "body", headers, "");
        add("not a number", 400, "", headers, "{\"x\":NaN}");
        add("XML", 415, "", with(headers, "Content-Type", "application/xml"), "<x/>");
    }

    private Schema<?> schema() {
        Content content = operation.getRequestBody().getContent();
        return content.get("application/json").getSchema();
    }

    /** The same text fields that JSON needs, missing and wrong in a form. */
    private void forms() {
        if (!operation.getRequestBody().getContent().containsKey(FORM)) {
            return;
        }
        Map<String, String> asForm = with(headers, "Content-Type", FORM);
        Map<String, String> fields = new LinkedHashMap<>();
        body.properties()
                .forEach(field -> fields.put(
                        field.getKey(),
                        field.getValue().isTextual()
                                ? field.getValue().asText()
                                : field.getValue().toString()));
        Schema<?> schema = schema();
        properties(schema, body).forEach((name, property) -> {
            if (required(schema).contains(name)) {
                boolean deployment = marked(property.getExtensions(), "x-deployment");
                add(
                        "form without " + name,
                        400,
                        deployment ? NO_DEPLOYMENT : name,
                        asForm,
                        form(without(fields, name)));
            }
            if (Set.of("integer", "boolean", "array", "object").contains(String.valueOf(property.getType()))
                    && !marked(property.getExtensions(), "x-characters")) {
                add("form " + name + " = maybe", 400, name, asForm, form(with(fields, name, "maybe")));
            }
        });
        fields.keySet().stream()
                .findFirst()
                .ifPresent(name -> add(
                        "form with " + name + " twice",
                        400,
                        "",
                        asForm,
                        form(fields) + "&" + name + "=" + encode(fields.get(name))));
    }

    private void walk(Schema<?> schema, String at, JsonNode root) {
        Map<String, Schema<?>> properties = properties(schema, root.at(at));
        properties.forEach((name, property) -> {
            String here = at + "/" + name.replace("~", "~0").replace("/", "~1");
            member(property, here, name, required(schema).contains(name), root);
            descend(property, here, name, root);
        });
    }

    private void descend(Schema<?> schema, String at, String name, JsonNode root) {
        if (schema.getItems() != null) {
            sizes(schema, at, name, root);
            boolean unfit = schema.getExtensions() != null
                    && "unfit".equals(schema.getExtensions().get("x-apart"));
            apart += unfit ? 1 : 0;
            items(schema.getItems(), at, name, root);
            JsonNode given = root.at(at).isArray() && !root.at(at).isEmpty()
                    ? root
                    : set(root, at, JSON.arrayNode().add(valid(schema.getItems())));
            walk(schema.getItems(), at + "/0", given);
            apart -= unfit ? 1 : 0;
        } else if (!properties(schema, root.at(at)).isEmpty()) {
            walk(schema, at, root.at(at).isObject() ? root : set(root, at, valid(schema)));
        }
    }

    private void member(Schema<?> schema, String at, String name, boolean required, JsonNode root) {
        Set<Integer> statuses = marked(schema.getExtensions(), "x-credential") ? Set.of(400, 401) : Set.of(400);
        Set<String> names = statuses.contains(401) ? Set.of() : Set.of(name);
        if (required) {
            Set<String> missing = statuses.contains(400) && holdsDeployment(schema) ? Set.of(NO_DEPLOYMENT) : names;
            body("no " + at, statuses, missing, remove(root, at));
            if (!nullable(schema)) {
                body(at + " = null", statuses, missing, set(root, at, JSON.nullNode()));
            }
            if ("string".equals(schema.getType())) {
                body(at + " blank", statuses, missing, set(root, at, JSON.textNode("  ")));
            }
        }
        for (JsonNode value : WrongValues.of(schema)) {
            String shown = value.toString();
            String title = at + " = " + (shown.length() > 40 ? shown.length() + " characters" : shown);
            body(title, statuses, names, set(root, at, value));
        }
    }

    /** Without what holds the deployment, the deployment is what is missing. */
    private static boolean holdsDeployment(Schema<?> schema) {
        return marked(schema.getExtensions(), "x-deployment")
                || schema.getProperties() != null
                        && schema.getProperties().values().stream().anyMatch(BadCalls::holdsDeployment);
    }

    private void sizes(Schema<?> list, String at, String name, JsonNode root) {
        Schema<?> item = list.getItems();
        if (list.getMaxItems() != null && list.getMaxItems() < LONGEST_LIST) {
            ArrayNode many = JSON.arrayNode();
            for (int i = 0; i <= list.getMaxItems(); i++) {
                many.add(valid(item));
            }
            body(at + " with " + many.size() + " items", Set.of(400), Set.of(name), set(root, at, many));
        }
        if (list.getMinItems() != null && list.getMinItems() > 0) {
            body(at + " empty", Set.of(400), Set.of(name), set(root, at, JSON.arrayNode()));
        }
    }

    private void items(Schema<?> item, String at, String name, JsonNode root) {
        for (JsonNode value : WrongValues.of(item)) {
            String shown = value.toString();
            String title = at + "/0 = " + (shown.length() > 40 ? shown.length() + " characters" : shown);
            body(
                    title,
                    Set.of(400),
                    Set.of(name),
                    set(root, at, JSON.arrayNode().add(value)));
        }
    }

    private void body(String title, Set<Integer> statuses, Set<String> names, JsonNode changed) {
        (apart > 0 ? unfitItems : all).add(new Bad(title, statuses, names, headers, path + text(query), text(changed)));
    }

    /** Members a schema has; where a member decides which schema it is, as the good call decides. */
    private Map<String, Schema<?>> properties(Schema<?> schema, JsonNode good) {
        Map<String, Schema<?>> properties = new LinkedHashMap<>();
        if (schema.getDiscriminator() != null && schema.getDiscriminator().getMapping() != null) {
            String reference = schema.getDiscriminator()
                    .getMapping()
                    .get(good.path(schema.getDiscriminator().getPropertyName()).asText());
            if (reference != null) {
                String branch = reference.replaceFirst(".*/", "");
                properties.putAll(properties(model.getComponents().getSchemas().get(branch), JSON.objectNode()));
            }
        }
        if (schema.getAllOf() != null) {
            schema.getAllOf().forEach(part -> properties.putAll(properties(part, good)));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, property) -> {
                if (!Boolean.TRUE.equals(property.getReadOnly())) {
                    properties.put(name, property);
                }
            });
        }
        return properties;
    }

    private static boolean nullable(Schema<?> schema) {
        return Boolean.TRUE.equals(schema.getNullable())
                || WrongValues.branches(schema).stream().anyMatch(BadCalls::nullable);
    }

    private static List<String> required(Schema<?> schema) {
        return schema.getRequired() == null ? List.of() : schema.getRequired();
    }

    /** The smallest value that a schema allows. */
    private JsonNode valid(Schema<?> schema) {
        if (schema.getExample() == null && !WrongValues.branches(schema).isEmpty()) {
            return valid(WrongValues.branches(schema).get(0));
        }
        if (schema.getExample() != null) {
            return MAPPER.valueToTree(schema.getExample());
        }
        if (schema.getEnum() != null) {
            return MAPPER.valueToTree(schema.getEnum().get(0));
        }
        return switch (String.valueOf(schema.getType())) {
            case "integer", "number" ->
                schema.getMinimum() == null
                        ? JSON.numberNode(1)
                        : JSON.numberNode(schema.getMinimum().intValue() + 1);
            case "boolean" -> JSON.booleanNode(true);
            case "array" -> JSON.arrayNode().add(valid(schema.getItems()));
            case "string" ->
                JSON.textNode(
                        "date-time".equals(schema.getFormat())
                                ? "2030-01-01T00:00:00Z"
                                : "x".repeat(schema.getMinLength() == null ? 1 : Math.max(1, schema.getMinLength())));
            default -> {
                ObjectNode object = JSON.objectNode();
                Map<String, Schema<?>> properties = properties(schema, object);
                required(schema).forEach(name -> object.set(name, valid(properties.get(name))));
                yield object;
            }
        };
    }

    private static boolean marked(Map<String, Object> extensions, String name) {
        return extensions != null && extensions.containsKey(name);
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

    private static String text(JsonNode json) {
        return json == null ? null : json.toString();
    }

    private static String text(Map<String, String> parameters) {
        return parameters.isEmpty() ? "" : "?" + form(parameters);
    }

    private static String form(Map<String, String> fields) {
        StringBuilder form = new StringBuilder();
        fields.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&")
                .append(encode(name))
                .append('=')
                .append(encode(value)));
        return form.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
