package dev.partnergateway.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.partnergateway.cases.Case;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The beginning of an integration, made from a platform's OpenAPI file. The platform's names stay as they are; what callers
 * send is bounded; the deployment and the customer are guessed by the names of fields, and asked for where there are none.
 */
final class Draught {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build());

    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
    private static final Pattern DEPLOYMENT =
            Pattern.compile("(?i).*(deployment|talon|tenant|instance|hostname|host).*");
    private static final Pattern CUSTOMER =
            Pattern.compile("(?i).*(profile|customer|contact|subscriber|member|recipient|user|person|email).*");
    private static final String KEY = "ApiKey-v1 sandbox-key-demo-shop";

    private final String name;
    private final JsonNode platform;
    private final PlatformSchemas schemas;
    private final ObjectNode contract = JSON.objectNode();
    private final StringBuilder route = new StringBuilder();
    private final Map<String, String> cases = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private String first;

    /**
     * Makes it.
     *
     * @param name of the integration
     * @param text the platform's OpenAPI file, of any version 3
     * @throws IllegalArgumentException when it is none, or has no operation
     */
    Draught(String name, String text) {
        this.name = name;
        try {
            platform = YAML.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("this is neither YAML nor JSON", e);
        }
        if (platform == null || !platform.path("openapi").asText().startsWith("3")) {
            throw new IllegalArgumentException("this is no OpenAPI file of version 3");
        }
        schemas = new PlatformSchemas(platform);
        begin();
        platform.path("paths")
                .properties()
                .forEach(path -> METHODS.forEach(method -> {
                    if (path.getValue().has(method)) {
                        operation(path.getKey(), method, path.getValue());
                    }
                }));
        if (first == null) {
            throw new IllegalArgumentException("there is no operation that could become one of an integration");
        }
        finish();
    }

    String route() {
        return route.toString();
    }

    String contract() {
        return yaml(contract);
    }

    /** Files of cases, by their names. */
    Map<String, String> cases() {
        return cases;
    }

    /** What was not taken over, in sentences. */
    List<String> notes() {
        return notes;
    }

    String firstOperation() {
        return first;
    }

    private static String yaml(JsonNode tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree could not be written", e);
        }
    }

    private void begin() {
        contract.put("openapi", "3.0.3");
        contract.putObject("info")
                .put("title", platform.path("info").path("title").asText(name))
                .put("version", "1");
        contract.putArray("servers").addObject().put("url", "/" + name.replace('-', '_'));
        contract.putArray("security").addObject().putArray("ApiKey");
        contract.putObject("paths");
        route.append(String.format("""
                - rest:
                    id: %1$s
                    openApi:
                      specification: file:openapi/%1$s.yaml
                      routeId: %1$s
                      missingOperation: fail
                """, name));
    }

    private void finish() {
        ObjectNode components = contract.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject("ApiKey")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", "Authorization")
                .put("description", "The text `ApiKey-v1`, a space, and an API key of the Application.");
        ObjectNode error = components.putObject("schemas").putObject("Error");
        error.put("type", "object")
                .putArray("required")
                .add("StatusCode")
                .add("Error")
                .add("RequestUUID");
        ObjectNode members = error.putObject("properties");
        members.putObject("StatusCode").put("type", "integer").put("description", "The HTTP status.");
        members.putObject("Error").put("type", "string").put("description", "What to fix; names the field.");
        members.putObject("RequestUUID").put("type", "string").put("description", "Id of this call.");
    }

    private void operation(String path, String method, JsonNode item) {
        JsonNode declared = item.path(method);
        String id = id(path, method, declared);
        Made made = new Made(path, method, id);
        for (JsonNode shared : item.path("parameters")) {
            made.parameter(schemas.resolved(shared));
        }
        for (JsonNode own : declared.path("parameters")) {
            made.parameter(schemas.resolved(own));
        }
        JsonNode content = schemas.resolved(declared.path("requestBody")).path("content");
        if (!content.isMissingNode()) {
            ObjectNode schema = schemas.bounded(content.path("application/json").path("schema"), 0);
            if (!schema.path("type").asText().equals("object")
                    || schema.path("properties").isEmpty()) {
                notes.add(method.toUpperCase(Locale.ROOT) + " " + path + " is left out: its body is no JSON object");
                return;
            }
            made.body = schema;
        }
        made.finish(declared.path("summary").asText(declared.path("description").asText(id)));
        first = first == null ? made.id : first;
    }

    private String id(String path, String method, JsonNode declared) {
        String given = declared.path("operationId").asText("");
        String text = given.isEmpty() ? method + " " + path : given;
        StringBuilder id = new StringBuilder();
        boolean capital = false;
        for (char c : text.toCharArray()) {
            boolean kept = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (kept) {
                id.append(capital && !id.isEmpty() ? Character.toUpperCase(c) : c);
            }
            capital = !kept;
        }
        String base = name + "/" + Character.toLowerCase(id.charAt(0)) + id.substring(1);
        return contract.path("paths").findValuesAsText("operationId").contains(base) ? base + method : base;
    }

    /** One operation on its way from the platform's file into the three parts. */
    private final class Made {
        private final String path;
        private final String method;
        private final String id;
        private final ArrayNode parameters = JSON.arrayNode();
        private ObjectNode body;

        /** Where the customer's id is, as jq. */
        private String customer;

        Made(String path, String method, String id) {
            this.path = path;
            this.method = method;
            this.id = id;
        }

        void parameter(JsonNode declared) {
            String in = declared.path("in").asText();
            String parameter = declared.path("name").asText();
            boolean known = List.of("path", "query", "header").contains(in)
                    && !(in.equals("header")
                            && List.of("authorization", "accept", "content-type")
                                    .contains(parameter.toLowerCase(Locale.ROOT)));
            ObjectNode schema = schemas.bounded(declared.path("schema"), 0);
            if (!known
                    || List.of("array", "object").contains(schema.path("type").asText())) {
                return;
            }
            ObjectNode made = parameters.addObject().put("name", parameter).put("in", in);
            made.put("required", in.equals("path") || declared.path("required").asBoolean());
            PlatformSchemas.keep(declared, made, "description");
            made.set("schema", schema);
        }

        void finish(String summary) {
            deployment();
            customer();
            ObjectNode operation = contract.withObjectProperty("paths")
                    .withObjectProperty(path)
                    .putObject(method)
                    .put("operationId", id)
                    .put("summary", summary);
            operation.set("parameters", parameters);
            if (parameters.isEmpty()) {
                operation.remove("parameters");
            }
            if (body != null) {
                operation
                        .putObject("requestBody")
                        .put("required", true)
                        .putObject("content")
                        .putObject("application/json")
                        .set("schema", body);
            }
            responses(operation.putObject("responses"));
            route();
            cases.put(id.substring(name.length() + 1), shown());
        }

        private boolean reads() {
            return method.equals("get");
        }

        private void responses(ObjectNode responses) {
            if (reads()) {
                ObjectNode schema = responses
                        .putObject("200")
                        .put("description", "What Talon.One knows of the customer.")
                        .putObject("content")
                        .putObject("application/json")
                        .putObject("schema")
                        .put("type", "object");
                schema.putObject("properties")
                        .putObject("attributes")
                        .put("type", "object")
                        .put("additionalProperties", true);
            } else {
                responses.putObject("204").put("description", "Done, by this call or by the first one like it.");
            }
            for (Map.Entry<String, String> failure : Map.of(
                            "400", "The call is not as described here; the text names the field.",
                            "401", "The key is missing or not accepted.",
                            "default", "Anything else; a status of 502, 503 or 504 is temporary.")
                    .entrySet()
                    .stream()
                    .sorted(Map.Entry.comparingByKey())
                    .toList()) {
                responses
                        .putObject(failure.getKey())
                        .put("description", failure.getValue())
                        .putObject("content")
                        .putObject("application/json")
                        .putObject("schema")
                        .put("$ref", "#/components/schemas/Error");
            }
        }

        /** Marks what holds the deployment's address, or asks for it in a header. */
        private void deployment() {
            for (JsonNode parameter : parameters) {
                if (!parameter.path("in").asText().equals("path")
                        && isText(parameter.path("schema"))
                        && DEPLOYMENT.matcher(parameter.path("name").asText()).matches()) {
                    ((ObjectNode) parameter).put("required", true).put("x-deployment", true);
                    return;
                }
            }
            for (String property : names(body)) {
                ObjectNode schema = (ObjectNode) body.path("properties").path(property);
                if (isText(schema) && DEPLOYMENT.matcher(property).matches()) {
                    schema.put("x-deployment", true);
                    require(property);
                    return;
                }
            }
            parameters
                    .addObject()
                    .put("name", "destination-hostname")
                    .put("in", "header")
                    .put("required", true)
                    .put("description", "Host of the Talon.One deployment; the operator has to have configured it.")
                    .put("x-deployment", true)
                    .putObject("schema")
                    .put("type", "string")
                    .put("maxLength", 300);
        }

        /** Finds whom the call is about, or asks for it in the query. */
        private void customer() {
            for (String in : List.of("path", "query")) {
                for (JsonNode parameter : parameters) {
                    if (parameter.path("in").asText().equals(in)
                            && isText(parameter.path("schema"))
                            && CUSTOMER.matcher(parameter.path("name").asText()).matches()) {
                        ((ObjectNode) parameter).put("required", true);
                        identify((ObjectNode) parameter.path("schema"));
                        customer = "." + in + member(parameter.path("name").asText());
                        return;
                    }
                }
            }
            for (String property : names(body)) {
                ObjectNode schema = (ObjectNode) body.path("properties").path(property);
                if (isText(schema)
                        && !schema.has("x-deployment")
                        && CUSTOMER.matcher(property).matches()) {
                    identify(schema);
                    require(property);
                    customer = ".body" + member(property);
                    return;
                }
            }
            parameters
                    .addObject()
                    .put("name", "profile")
                    .put("in", "query")
                    .put("required", true)
                    .put("description", "Profile of the customer.")
                    .putObject("schema")
                    .put("type", "string")
                    .put("minLength", 1)
                    .put("maxLength", 1000);
            customer = ".query.profile";
            notes.add(id + ": no field looks like the customer's id, so that the query has to have one (profile)");
        }

        /** As long as the id of a profile may be. */
        private static void identify(ObjectNode schema) {
            schema.put("minLength", 1).put("maxLength", 1000);
        }

        private void require(String property) {
            ArrayNode required = body.withArrayProperty("required");
            for (JsonNode each : required) {
                if (each.asText().equals(property)) {
                    return;
                }
            }
            required.add(property);
        }

        private static boolean isText(JsonNode schema) {
            return schema.path("type").asText().equals("string") && !schema.has("enum") && !schema.has("format");
        }

        private static List<String> names(JsonNode object) {
            List<String> names = new ArrayList<>();
            if (object != null) {
                object.path("properties").fieldNames().forEachRemaining(names::add);
            }
            return names;
        }

        private static String member(String property) {
            return property.matches("[A-Za-z_][A-Za-z0-9_]*") ? "." + property : "[\"" + property + "\"]";
        }

        private void route() {
            List<String> lines = new ArrayList<>(
                    List.of("", "- route:", "    id: " + id, "    from:", "      uri: direct:" + id, "      steps:"));
            if (reads()) {
                lines.addAll(List.of(
                        "        - transform:",
                        "            jq:",
                        "              expression: '{path: {integrationId: " + customer
                                + "}, query: {profile: \"true\"}}'",
                        "        - to: talon-one:getCustomerInventory",
                        "        - transform:",
                        "            jq:",
                        "              expression: '{attributes: .profile.attributes}'"));
            } else {
                String attributes = attributes().isEmpty()
                        ? "{}"
                        : "(.body | {" + String.join(", ", attributes()) + "} | del(.[] | select(. == null)))";
                lines.addAll(List.of(
                        "        # The same call within a day gets the first answer, and nothing is done again.",
                        "        - idempotentConsumer:",
                        "            idempotentRepository: \"#answers\"",
                        "            jq:",
                        "              expression: '{key: [.path, .query, .body], window: \"24h\"}'",
                        "            steps:",
                        "              # viewed_product is an event of the sandbox: write one of yours.",
                        "              - transform:",
                        "                  jq:",
                        "                    expression: |-",
                        "                      {",
                        "                        customerProfileId: " + customer + ",",
                        "                        eventType: \"viewed_product\",",
                        "                        attributes: " + attributes + ",",
                        "                        unknown: \"skip\"",
                        "                      }",
                        "              - to: kamelet:track-event"));
            }
            route.append(String.join("\n", lines)).append('\n');
        }

        /** Fields that can be attributes of an event: plain values that are neither the deployment nor the customer. */
        private List<String> attributes() {
            return names(body).stream()
                    .filter(each -> !body.path("properties").path(each).has("x-deployment"))
                    .filter(each -> !customer.equals(".body" + member(each)))
                    .filter(each -> each.matches("[A-Za-z_][A-Za-z0-9_]*"))
                    .filter(each -> !List.of("object", "array")
                            .contains(body.path("properties")
                                    .path(each)
                                    .path("type")
                                    .asText()))
                    .collect(Collectors.toList());
        }

        /** One file of cases: what succeeds, the same again, and what is refused. */
        private String shown() {
            ObjectNode file = JSON.objectNode();
            ObjectNode call = file.putObject("defaults");
            call.put("method", method.toUpperCase(Locale.ROOT));
            ObjectNode headers = JSON.objectNode().put("Authorization", KEY);
            ObjectNode query = JSON.objectNode();
            String address = contract.path("servers").get(0).path("url").asText() + path;
            for (JsonNode parameter : parameters) {
                String parameterName = parameter.path("name").asText();
                String value = example(parameterName, parameter).asText();
                switch (parameter.path("in").asText()) {
                    case "path" -> address = address.replace("{" + parameterName + "}", value);
                    case "header" -> headers.put(parameterName, value);
                    default -> query.put(parameterName, value);
                }
            }
            call.put("path", address);
            call.set("headers", headers);
            if (!query.isEmpty()) {
                call.set("query", query);
            }
            if (body != null) {
                call.set("json", example("", JSON.objectNode().set("schema", body)));
            }
            ArrayNode all = file.putArray("cases");
            ArrayNode steps = all.addObject()
                    .put(
                            "case",
                            reads()
                                    ? "What is known of a customer is read"
                                    : "It is done once, however often it is asked for")
                    .putArray("steps");
            step(steps, null, reads() ? 200 : 204, reads() ? "getCustomerInventory" : "trackEventV2");
            if (reads()) {
                step(steps, null, 200, "getCustomerInventory");
            } else {
                steps.addObject().put("answer", "repeat").put("upstream", "none");
            }
            refused(all, "A call for a deployment that is not configured is refused", wrongDeployment(), 400);
            refused(
                    all,
                    "A key that Talon.One does not know is refused",
                    JSON.objectNode().set("headers", JSON.objectNode().put("Authorization", "ApiKey-v1 stranger")),
                    401);
            return yaml(file);
        }

        private static void step(ArrayNode steps, JsonNode call, int status, String operation) {
            ObjectNode step = steps.addObject();
            if (call != null) {
                step.set("call", call);
            }
            step.putObject("answer").put("status", status);
            step.putArray("upstream").addObject().put("operation", operation);
        }

        private static void refused(ArrayNode all, String title, JsonNode call, int status) {
            ObjectNode step =
                    all.addObject().put("case", title).putArray("steps").addObject();
            step.set("call", call);
            step.putObject("answer").put("status", status);
            step.put("upstream", "none");
        }

        private ObjectNode wrongDeployment() {
            String elsewhere = "elsewhere.example";
            for (JsonNode parameter : parameters) {
                if (parameter.has("x-deployment")) {
                    String in = parameter.path("in").asText().equals("query") ? "query" : "headers";
                    ObjectNode call = JSON.objectNode();
                    call.putObject(in).put(parameter.path("name").asText(), elsewhere);
                    return call;
                }
            }
            ObjectNode call = JSON.objectNode();
            names(body).stream()
                    .filter(each -> body.path("properties").path(each).has("x-deployment"))
                    .forEach(each -> call.withObjectProperty("json").put(each, elsewhere));
            return call;
        }

        /** A value that fits; what is optional is left out, unless the platform's file has an example of it. */
        private JsonNode example(String named, JsonNode holder) {
            JsonNode schema = holder.path("schema");
            boolean whose = customer.endsWith(member(named)) && !named.isEmpty();
            if (holder.has("x-deployment") || schema.has("x-deployment")) {
                return JSON.textNode("sandbox.example");
            }
            if (whose) {
                // Alice is known to the sandbox; what is done must be new in each run.
                return JSON.textNode(reads() ? "alice" : Case.UNIQUE);
            }
            if (schema.path("enum").has(0)) {
                return schema.path("enum").get(0);
            }
            if (schema.has("example") && schema.path("example").isValueNode()) {
                return schema.path("example");
            }
            return switch (schema.path("type").asText()) {
                case "integer", "number" ->
                    JSON.numberNode(schema.path("minimum").asInt(1));
                case "boolean" -> JSON.booleanNode(true);
                case "array" ->
                    JSON.arrayNode().add(example("", JSON.objectNode().set("schema", schema.path("items"))));
                case "object" -> {
                    ObjectNode object = JSON.objectNode();
                    schema.path("required")
                            .forEach(each -> object.set(
                                    each.asText(),
                                    example(
                                            each.asText(),
                                            JSON.objectNode()
                                                    .set(
                                                            "schema",
                                                            schema.path("properties")
                                                                    .path(each.asText())))));
                    yield object;
                }
                default ->
                    schema.path("format").asText().equals("date-time")
                            ? JSON.textNode("2030-01-01T00:00:00Z")
                            : JSON.textNode("a"
                                    .repeat(Math.max(1, schema.path("minLength").asInt(1))));
            };
        }
    }
}
