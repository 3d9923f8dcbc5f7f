package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter.StyleEnum;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles the operations of one file. */
final class Operations {
    /** OpenAPI says that parameters of these names are ignored, so declaring one would promise what does not hold. */
    private static final Set<String> NOT_PARAMETERS = Set.of("accept", "authorization", "content-type");

    private final OpenAPI model;
    private final Components components;
    private final Types types;

    Operations(OpenAPI model) {
        this.model = model;
        components = new Components(model);
        types = new Types(components);
    }

    /**
     * Compiles every operation that can be.
     *
     * @param mistakes takes what is wrong with the others
     */
    Map<String, Operation> compile(List<String> mistakes) {
        if (model.getOpenapi() == null || !model.getOpenapi().startsWith("3.0")) {
            throw new IllegalArgumentException("openapi: expected version 3.0.x");
        }
        if (model.getPaths() == null || model.getPaths().isEmpty()) {
            throw new IllegalArgumentException("paths: expected at least one operation");
        }
        int rateLimit = rateLimit();
        Map<String, Operation> operations = new LinkedHashMap<>();
        model.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            String place = method + " " + path;
            String id = operation.getOperationId();
            if (id == null || id.isBlank()) {
                throw wrong(place, "an operationId is missing");
            }
            try {
                if (operations.put(id, operation(method, path, item, operation, rateLimit)) != null) {
                    throw wrong(place, "the operationId " + id + " is used twice");
                }
            } catch (IllegalArgumentException e) {
                mistakes.add(e.getMessage());
            }
        }));
        return Collections.unmodifiableMap(operations);
    }

    private Operation operation(
            PathItem.HttpMethod method,
            String path,
            PathItem item,
            io.swagger.v3.oas.models.Operation operation,
            int rateLimit) {
        String id = operation.getOperationId();
        Map<String, List<Parameter>> parameters = parameters(item, operation, id);
        Body body = body(operation.getRequestBody(), id);
        Set<Integer> statuses = statuses(operation, id);
        Map<String, Object> extensions = extensions(operation, id);
        int success = statuses.stream()
                .filter(status -> status >= 200 && status < 300)
                .min(Integer::compare)
                .orElseThrow(() -> wrong(id, "a documented status from 200 to 299 is missing"));
        Operation.Head head = new Operation.Head(
                id,
                method.name(),
                prefix() + path,
                success,
                statuses,
                body != null && body.holdsCredential() ? Authentication.BODY : authentication(operation, id),
                proof(extensions.get("x-proof"), parameters, body, id),
                largestAnswer(extensions.get("x-largest-answer"), id),
                Boolean.TRUE.equals(extensions.get("x-callback")),
                Queueing.read(Json.of(extensions.getOrDefault("x-queue", List.of())), success, id),
                rateLimit,
                platform());
        requirePathParameters(path, parameters.get("path"), id);
        return new Operation(
                head, parameters.get("path"), new Query(parameters.get("query")), parameters.get("header"), body);
    }

    private String prefix() {
        if (model.getServers() == null || model.getServers().isEmpty()) {
            return "";
        }
        String path = URI.create(model.getServers().get(0).getUrl()).getPath();
        return path == null ? "" : path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static Set<Integer> statuses(io.swagger.v3.oas.models.Operation operation, String id) {
        Set<Integer> statuses = new LinkedHashSet<>();
        if (operation.getResponses() != null) {
            for (String status : operation.getResponses().keySet()) {
                if (status.matches("[1-5][0-9][0-9]")) {
                    statuses.add(Integer.valueOf(status));
                } else if (!status.equals("default")) {
                    throw wrong(id, "the response " + status + " is not a status from 100 to 599");
                }
            }
        }
        return Collections.unmodifiableSet(statuses);
    }

    private static Map<String, Object> extensions(io.swagger.v3.oas.models.Operation operation, String id) {
        Map<String, Object> extensions = operation.getExtensions() == null ? Map.of() : operation.getExtensions();
        extensions.forEach((name, value) -> {
            known(Extensions.OF_OPERATION, name, id, "an operation");
            switch (name) {
                case "x-callback" -> require(value instanceof Boolean, id, "x-callback must be true or false");
                case "x-queue" -> require(value instanceof List, id, "x-queue must be a list");
                default -> {}
            }
        });
        return extensions;
    }

    /** A place that no call has would prove nothing. */
    private static Proof proof(Object declared, Map<String, List<Parameter>> parameters, Body body, String id) {
        Proof proof = Proof.read(declared == null ? MissingNode.getInstance() : Json.of(declared), id);
        requireNumber(proof.campaign(), true, parameters, body, id);
        requireNumber(proof.loyaltyProgram(), true, parameters, body, id);
        requireNumber(proof.application(), false, parameters, body, id);
        return proof;
    }

    private static void requireNumber(
            JsonPointer place, boolean always, Map<String, List<Parameter>> parameters, Body body, String id) {
        if (place == null) {
            return;
        }
        String in = place.getMatchingProperty();
        JsonPointer member = place.tail();
        Property property;
        if (in.equals("body")) {
            property = body == null ? null : body.property(member);
        } else {
            property = parameters.get(in.equals("headers") ? "header" : in).stream()
                    .filter(parameter -> parameter.name().equals(member.getMatchingProperty()))
                    .filter(parameter -> member.tail().matches())
                    .map(Parameter::property)
                    .findFirst()
                    .orElse(null);
        }
        require(
                property != null && property.type() instanceof IntegerType,
                id,
                "x-proof: the operation declares no integer at " + place);
        require(!always || property.required(), id, "x-proof: what is at " + place + " must be required");
    }

    private int rateLimit() {
        Object limit = ofTheFile().getOrDefault("x-rate-limit", 0);
        require(limit instanceof Integer number && number >= 0, "x-rate-limit", "expected calls a second");
        return (Integer) limit;
    }

    private String platform() {
        Object platform = ofTheFile().getOrDefault("x-platform", "");
        require(
                platform instanceof String text && text.matches("[a-z_]*"),
                "x-platform",
                "must be a text of small letters and _");
        return platform.toString();
    }

    private Map<String, Object> ofTheFile() {
        Map<String, Object> extensions = model.getExtensions() == null ? Map.of() : model.getExtensions();
        extensions.keySet().forEach(name -> known(Extensions.OF_FILE, name, "the file", "a contract"));
        return extensions;
    }

    /** A misspelt extension would switch a check off without a word. */
    private static void known(Set<String> all, String name, String place, String of) {
        String meant = Nearest.of(name, all);
        require(
                all.contains(name),
                place,
                name + " is not an extension of " + of + (meant == null ? "" : ": did you mean " + meant + "?")
                        + "; known are " + String.join(", ", all));
    }

    private static void require(boolean holds, String place, String sentence) {
        if (!holds) {
            throw wrong(place, sentence);
        }
    }

    private static LargestAnswer largestAnswer(Object limit, String id) {
        if (limit == null) {
            return LargestAnswer.UNLIMITED;
        }
        JsonNode declared = Json.of(limit);
        int bytes = declared.path("bytes").asInt(0);
        String advice = declared.path("advice").asText("");
        if (bytes < 1 || advice.isBlank()) {
            throw wrong(id, "x-largest-answer needs bytes and advice");
        }
        return new LargestAnswer(bytes, advice);
    }

    private Authentication authentication(io.swagger.v3.oas.models.Operation operation, String id) {
        List<SecurityRequirement> requirements =
                operation.getSecurity() == null ? model.getSecurity() : operation.getSecurity();
        if (requirements == null || requirements.isEmpty()) {
            return Authentication.NONE;
        }
        if (requirements.size() > 1 || requirements.get(0).size() != 1) {
            throw wrong(id, "security must name exactly one scheme, or none");
        }
        String name = requirements.get(0).keySet().iterator().next();
        SecurityScheme scheme = components.securityScheme(name, id);
        if (scheme.getType() == SecurityScheme.Type.APIKEY
                && scheme.getIn() == SecurityScheme.In.HEADER
                && "Authorization".equalsIgnoreCase(scheme.getName())) {
            return Authentication.API_KEY;
        }
        if (scheme.getType() == SecurityScheme.Type.HTTP && "basic".equalsIgnoreCase(scheme.getScheme())) {
            return Authentication.BASIC;
        }
        throw wrong(id, "the security scheme " + name + " is neither an apiKey in Authorization nor http basic");
    }

    private Map<String, List<Parameter>> parameters(
            PathItem item, io.swagger.v3.oas.models.Operation operation, String id) {
        Map<String, io.swagger.v3.oas.models.parameters.Parameter> declared = new LinkedHashMap<>();
        for (var shared : item.getParameters() == null
                ? List.<io.swagger.v3.oas.models.parameters.Parameter>of()
                : item.getParameters()) {
            var parameter = components.parameter(shared, id);
            declared.put(parameter.getIn() + " " + parameter.getName(), parameter);
        }
        if (operation.getParameters() != null) {
            for (var own : operation.getParameters()) {
                var parameter = components.parameter(own, id);
                declared.put(parameter.getIn() + " " + parameter.getName(), parameter);
            }
        }
        Map<String, List<Parameter>> parameters =
                Map.of("path", new ArrayList<>(), "query", new ArrayList<>(), "header", new ArrayList<>());
        Set<String> names = new LinkedHashSet<>();
        declared.values().forEach(parameter -> {
            String place = id + " " + parameter.getIn() + " parameter " + parameter.getName();
            if (!parameters.containsKey(parameter.getIn())) {
                throw wrong(place, "only path, query and header parameters are supported");
            }
            Parameter compiled = parameter(parameter, place);
            for (String name : compiled.names()) {
                if (!names.add(parameter.getIn() + " " + Query.key(name))) {
                    throw wrong(place, "another parameter has the name " + name + ", perhaps in another letter case");
                }
            }
            parameters.get(parameter.getIn()).add(compiled);
        });
        if (parameters.get("query").stream()
                        .filter(Parameter::collectsAttributes)
                        .count()
                > 1) {
            throw wrong(id, "x-attributes can be used for one query parameter");
        }
        return parameters;
    }

    private Parameter parameter(io.swagger.v3.oas.models.parameters.Parameter declared, String place) {
        String in = declared.getIn();
        if (in.equals("header") && NOT_PARAMETERS.contains(Query.key(declared.getName()))) {
            throw wrong(place, "OpenAPI ignores header parameters of this name");
        }
        if (declared.getSchema() == null) {
            throw wrong(place, "a schema is missing");
        }
        List<Schema<?>> parts = List.of(declared.getSchema());
        Draft draft = types.draft(parts, place);
        if (!draft.annotations().equals(Annotations.NONE)) {
            throw wrong(place, "vendor extensions belong beside the schema of a parameter, not into it");
        }
        Type type = types.type(parts, draft);
        Annotations annotations = Annotations.of(declared.getExtensions(), place);
        refuseMisplaced(declared, draft, annotations, place);
        boolean required = Boolean.TRUE.equals(declared.getRequired());
        return new Parameter(
                in, new Property(declared.getName(), type, required, Types.fallback(draft, type), annotations));
    }

    private static void refuseMisplaced(
            io.swagger.v3.oas.models.parameters.Parameter declared,
            Draft draft,
            Annotations annotations,
            String place) {
        boolean query = declared.getIn().equals("query");
        boolean attributes = annotations.attributes();
        if (annotations.credential()
                || annotations.characters()
                || annotations.apart() != Annotations.Apart.NONE
                || annotations.mostChanges() > 0
                || annotations.memberNames() != null
                || !annotations.mostInTotal().isEmpty()) {
            throw wrong(
                    place,
                    "x-credential, x-characters, x-apart, x-most-changes, x-member-names and x-most-in-total belong"
                            + " to properties of a body");
        }
        if (!annotations.aliases().isEmpty() && (attributes || declared.getIn().equals("path"))) {
            throw wrong(place, "x-aliases belongs to query and header parameters and to properties of a body");
        }
        if (annotations.dryRun() && !(declared.getIn().equals("header") && "boolean".equals(draft.type()))) {
            throw wrong(place, "x-dry-run belongs to a boolean header parameter");
        }
        if (annotations.deployment() && !"string".equals(draft.type())) {
            throw wrong(place, "x-deployment belongs to a parameter of type string");
        }
        if (attributes && !(query && "object".equals(draft.type()) && !Boolean.FALSE.equals(declared.getExplode()))) {
            throw wrong(place, "x-attributes belongs to a query parameter of type object, style form, explode true");
        }
        if (!attributes && !Set.of("string", "integer", "number", "boolean").contains(String.valueOf(draft.type()))) {
            throw wrong(place, "a parameter must be a string, an integer, a number or a boolean");
        }
        if (declared.getStyle() != null && declared.getStyle() != (query ? StyleEnum.FORM : StyleEnum.SIMPLE)) {
            throw wrong(place, "the style " + declared.getStyle() + " is not supported");
        }
    }

    private static void requirePathParameters(String path, List<Parameter> declared, String id) {
        for (Parameter parameter : declared) {
            if (!path.contains("{" + parameter.name() + "}")) {
                throw wrong(id, "the path parameter " + parameter.name() + " is not in the path");
            }
        }
        if (path.chars().filter(c -> c == '{').count() != declared.size()) {
            throw wrong(id, "a name in the path " + path + " is not declared as a path parameter");
        }
    }

    private Body body(RequestBody reference, String id) {
        RequestBody declared = components.requestBody(reference, id);
        if (declared == null) {
            return null;
        }
        String place = id + " body";
        if (declared.getContent() == null || declared.getContent().isEmpty()) {
            throw wrong(place, "a requestBody needs content");
        }
        Map<MediaType, Type> accepted = new EnumMap<>(MediaType.class);
        declared.getContent().forEach((key, content) -> {
            MediaType media = MediaType.of(key);
            if (media == null) {
                throw wrong(place, "the media type " + key + " is not supported");
            }
            if (content.getSchema() == null) {
                throw wrong(place, "a schema is missing for " + key);
            }
            accepted.put(media, types.plain(List.of(content.getSchema()), place));
        });
        return new Body(accepted, Boolean.TRUE.equals(declared.getRequired()));
    }

    private static IllegalArgumentException wrong(String place, String sentence) {
        return new IllegalArgumentException(place + ": " + sentence);
    }
}
