package dev.partnergateway.check;

import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.ContractMistakes;
import dev.partnergateway.contract.Extensions;
import dev.partnergateway.contract.Nearest;
import dev.partnergateway.contract.Proof;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks at the contract of an integration: first at names and references, each at its place, then it is compiled. */
final class ContractCheck {

    private static final Set<String> METHODS =
            new TreeSet<>(Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace"));
    private static final Set<String> FILE = with(
            Extensions.OF_FILE,
            "openapi",
            "info",
            "servers",
            "security",
            "paths",
            "components",
            "tags",
            "externalDocs");
    private static final Set<String> PATH = with(METHODS, "parameters", "summary", "description");
    private static final Set<String> OPERATION = with(
            Extensions.OF_OPERATION,
            "tags",
            "summary",
            "description",
            "externalDocs",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "deprecated",
            "security");
    private static final Set<String> PARAMETER = with(
            Extensions.OF_VALUE,
            "name",
            "in",
            "description",
            "required",
            "deprecated",
            "allowEmptyValue",
            "style",
            "explode",
            "schema",
            "example",
            "examples");
    private static final Set<String> SCHEMA = with(
            Extensions.OF_VALUE,
            "type",
            "format",
            "title",
            "description",
            "nullable",
            "readOnly",
            "writeOnly",
            "deprecated",
            "enum",
            "default",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "items",
            "minItems",
            "maxItems",
            "uniqueItems",
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "allOf",
            "oneOf",
            "anyOf",
            "not",
            "discriminator",
            "example",
            "examples",
            "externalDocs",
            "xml");
    private static final Set<String> RESPONSE = new TreeSet<>(Set.of("description", "headers", "content", "links"));
    private static final Set<String> BODY = new TreeSet<>(Set.of("description", "content", "required"));
    private static final Set<String> MEDIA = new TreeSet<>(Set.of("schema", "example", "examples", "encoding"));
    private static final Set<String> COMPONENTS = new TreeSet<>(
            Set.of("schemas", "responses", "parameters", "requestBodies", "securitySchemes", "headers", "examples"));
    private static final Pattern OF_PARSER = Pattern.compile("(?:attribute )?([a-z]+)\\.'([^']+)'\\((\\w+)\\)(.*)");

    /**
     * An operation that callers may call.
     *
     * @param place of its operationId
     * @param call {@code {path, query, headers, body}}
     * @param answer body of its answer
     */
    record Served(Tree place, Shape call, Shape answer) {}

    private final Tree file;
    private final String text;
    private final String integration;
    private final Consumer<Mistake> found;
    private final List<Tree> seen = new ArrayList<>();
    private int mistakes;
    private Contract contract;

    ContractCheck(Tree file, String text, String integration, Consumer<Mistake> found) {
        this.file = file;
        this.text = text;
        this.integration = integration;
        this.found = found;
    }

    private static Set<String> with(Set<String> extensions, String... names) {
        Set<String> all = new TreeSet<>(extensions);
        all.addAll(List.of(names));
        return all;
    }

    private void wrong(Tree place, String sentence) {
        mistakes++;
        found.accept(place.wrong(sentence));
    }

    /** What has been compiled, where nothing was found. */
    Optional<Contract> contract() {
        return Optional.ofNullable(contract);
    }

    /** Looks at names and references; gives what is served, by operationId. */
    Map<String, Served> check() {
        only(file, FILE, "a contract");
        server();
        Map<String, Served> served = new LinkedHashMap<>();
        for (Tree.Entry path : members(file, "paths")) {
            only(path.value(), PATH, "a path");
            parameters(path.value());
            for (Tree.Entry method : path.value().members()) {
                if (METHODS.contains(method.name())) {
                    operation(path, method, served);
                }
            }
        }
        components();
        return served;
    }

    private void server() {
        List<Tree> servers = file.get("servers").map(Tree::items).orElse(List.of());
        Optional<Tree> url = servers.stream().findFirst().flatMap(server -> server.get("url"));
        String expected = '/' + integration;
        String given = url.map(Tree::text).orElse("").replace('_', '-');
        if (servers.size() != 1 || !given.equals(expected)) {
            wrong(
                    url.or(() -> file.get("servers")).orElse(file),
                    "servers is [{url: " + expected + "}]: the path that callers of this file use");
        }
    }

    private static List<Tree.Entry> members(Tree place, String name) {
        return place.get(name).map(Tree::members).orElse(List.of());
    }

    private void operation(Tree.Entry path, Tree.Entry method, Map<String, Served> served) {
        Tree operation = method.value();
        only(operation, OPERATION, "an operation");
        parameters(operation);
        proof(operation, path.value());
        operation.get("requestBody").ifPresent(this::body);
        members(operation, "responses").forEach(response -> response(response.value()));
        Optional<Tree> id = operation.get("operationId");
        if (id.isEmpty()) {
            wrong(method.key(), "operationId is missing: the route of this operation begins with direct:<operationId>");
            return;
        }
        if (!id.get().text().matches("[A-Za-z0-9/_-]+")) {
            wrong(id.get(), "an operationId is made of letters, digits, /, _ and -");
        }
        Served declared = new Served(id.get(), call(operation, path.value()), answer(operation));
        if (served.put(id.get().text(), declared) != null) {
            wrong(id.get(), "the operationId " + id.get().text() + " is used twice");
        }
    }

    private void proof(Tree operation, Tree path) {
        Optional<Tree> proof = operation.get("x-proof");
        if (proof.isEmpty()) {
            return;
        }
        if (!proof.get().isObject()) {
            wrong(
                    proof.get(),
                    "x-proof says where the call names what is proven, such as {campaign: /body/campaignId,"
                            + " application: /body/applicationId}");
        }
        Shape call = call(operation, path);
        for (Tree.Entry member : proof.get().members()) {
            if (!Proof.KNOWN.contains(member.name())) {
                wrong(member.key(), "there is no proof " + member.name() + Names.meant(member.name(), Proof.KNOWN));
            }
            Shape place = call;
            for (String name : member.value().text().replaceFirst("^/", "").split("/")) {
                if (!place.knows(name)) {
                    wrong(
                            member.value(),
                            "the call has no " + member.value().text() + Names.meant(name, place.names()));
                    break;
                }
                place = place.member(name);
            }
        }
    }

    private Shape call(Tree operation, Tree path) {
        Map<String, Map<String, Supplier<Shape>>> parts = new LinkedHashMap<>();
        List.of("path", "query", "header").forEach(part -> parts.put(part, new LinkedHashMap<>()));
        Stream.of(path, operation)
                .flatMap(holder -> holder.get("parameters").map(Tree::items).orElse(List.of()).stream())
                .flatMap(stated -> Shape.resolved(file, stated).stream())
                .filter(parameter -> parts.containsKey(parameter.text("in")))
                .forEach(parameter -> parts.get(parameter.text("in")).put(parameter.text("name"), () -> Shape.ANY));
        Shape body = operation
                .get("requestBody")
                .flatMap(stated -> Shape.resolved(file, stated))
                .flatMap(stated -> stated.get("content"))
                .flatMap(content -> content.members().stream().findFirst())
                .flatMap(media -> media.value().get("schema"))
                .map(schema -> Shape.of(file, schema))
                .orElse(Shape.ANY);
        return Shape.of(Map.of(
                "path", () -> Shape.of(parts.get("path")),
                "query", () -> Shape.of(parts.get("query")),
                "headers", () -> Shape.of(parts.get("header")),
                "body", () -> body));
    }

    private Shape answer(Tree operation) {
        return members(operation, "responses").stream()
                .filter(response -> response.name().matches("2[0-9][0-9]"))
                .min(java.util.Comparator.comparing(Tree.Entry::name))
                .flatMap(response -> Shape.resolved(file, response.value()))
                .flatMap(response -> response.get("content", "application/json", "schema"))
                .map(schema -> Shape.of(file, schema))
                .orElse(Shape.ANY);
    }

    private void components() {
        Optional<Tree> components = file.get("components");
        if (components.isEmpty()) {
            return;
        }
        only(components.get(), COMPONENTS, "components");
        if (components.get().get("schemas").isEmpty()) {
            wrong(components.get(), "components need schemas, or Camel does not start with this file");
        }
        members(components.get(), "schemas").forEach(schema -> schema(schema.value()));
        members(components.get(), "parameters").forEach(parameter -> parameter(parameter.value()));
        members(components.get(), "requestBodies").forEach(body -> body(body.value()));
        members(components.get(), "responses").forEach(response -> response(response.value()));
    }

    // --- Names and references ---------------------------------------------------------------------------------------

    private void only(Tree place, Set<String> names, String where) {
        if (place.get("$ref").isPresent()) {
            reference(place);
            return;
        }
        for (Tree.Entry member : place.members()) {
            if (!names.contains(member.name())) {
                String kind = member.name().startsWith("x-") ? "extension " : "member ";
                wrong(member.key(), where + " has no " + kind + member.name() + meant(member.name(), names));
            }
        }
    }

    private static String meant(String name, Set<String> names) {
        Set<String> likely = new TreeSet<>(names);
        likely.removeIf(known -> known.startsWith("x-") != name.startsWith("x-"));
        String meant = Names.meant(name, likely);
        if (meant.isEmpty() && name.startsWith("x-") && !likely.isEmpty()) {
            return "; there are " + String.join(", ", likely);
        }
        return meant;
    }

    private void reference(Tree place) {
        Tree reference = place.get("$ref").orElseThrow();
        String target = reference.text();
        if (!target.startsWith("#/")) {
            wrong(reference, "a $ref leads to a place of this file: #/components/...");
            return;
        }
        if (file.point(target.substring(1)).isEmpty()) {
            int slash = target.lastIndexOf('/');
            Set<String> beside =
                    file.point(target.substring(1, slash)).map(Tree::names).orElse(Set.of());
            String likely = Nearest.likely(target.substring(slash + 1), beside);
            String others = likely == null
                    ? Names.meant(target, references())
                    : ": did you mean " + target.substring(0, slash + 1) + likely + "?";
            wrong(reference, target + " is not in this file" + others);
        }
    }

    private Set<String> references() {
        Set<String> all = new TreeSet<>();
        members(file, "components")
                .forEach(kind ->
                        kind.value().names().forEach(name -> all.add("#/components/" + kind.name() + '/' + name)));
        return all;
    }

    private void parameters(Tree holder) {
        holder.get("parameters").map(Tree::items).orElse(List.of()).forEach(this::parameter);
    }

    private void parameter(Tree parameter) {
        only(parameter, PARAMETER, "a parameter");
        parameter.get("schema").ifPresent(this::schema);
    }

    private void body(Tree body) {
        only(body, BODY, "a requestBody");
        content(body);
    }

    private void response(Tree response) {
        only(response, RESPONSE, "a response");
        content(response);
    }

    private void content(Tree holder) {
        for (Tree.Entry media : members(holder, "content")) {
            only(media.value(), MEDIA, "content");
            media.value().get("schema").ifPresent(this::schema);
        }
    }

    private void schema(Tree schema) {
        if (!schema.isObject() || seen.stream().anyMatch(schema::same)) {
            return;
        }
        seen.add(schema);
        only(schema, SCHEMA, "a schema");
        members(schema, "properties").forEach(property -> schema(property.value()));
        schema.get("items").ifPresent(this::schema);
        schema.get("additionalProperties").ifPresent(this::schema);
        for (String parts : List.of("allOf", "oneOf", "anyOf")) {
            schema.get(parts).map(Tree::items).orElse(List.of()).forEach(this::schema);
        }
        Set<String> declared =
                new HashSet<>(schema.get("properties").map(Tree::names).orElse(Set.of()));
        if (!declared.isEmpty() && schema.get("allOf").isEmpty()) {
            for (Tree required : schema.get("required").map(Tree::items).orElse(List.of())) {
                if (!declared.contains(required.text())) {
                    wrong(
                            required,
                            "required names " + required.text() + ", which is no property"
                                    + Names.meant(required.text(), new TreeSet<>(declared)));
                }
            }
        }
    }

    // --- What the compilation finds ---------------------------------------------------------------------------------

    /** Compiles the contract, after {@link #check}. */
    void compile() {
        boolean clean = mistakes == 0;
        try {
            contract = Contract.parse(file.file(), text);
        } catch (ContractMistakes compiled) {
            Set<String> sentences = new LinkedHashSet<>(compiled.all());
            for (String sentence : sentences) {
                boolean pointer = sentence.startsWith("/");
                if (pointer || clean) {
                    int colon = sentence.indexOf(": ");
                    String place = colon < 0 ? "" : sentence.substring(0, colon);
                    wrong(located(place), colon < 0 ? sentence : told(place, sentence.substring(colon + 2)));
                }
            }
        }
    }

    /** A place that can be shown needs no words. */
    private String told(String place, String sentence) {
        return place.startsWith("/") && file.point(place).isPresent() ? sentence : place + ": " + sentence;
    }

    private Tree located(String place) {
        if (place.startsWith("/")) {
            return deepest(place);
        }
        Matcher parser = OF_PARSER.matcher(place);
        if (parser.matches()) {
            return file.get(parser.group(1), parser.group(2), parser.group(3)).orElse(file);
        }
        for (Tree.Entry path : members(file, "paths")) {
            for (Tree.Entry method : path.value().members()) {
                String id = method.value().text("operationId");
                if (!id.isEmpty() && (place.equals(id) || place.startsWith(id + ' '))) {
                    return inOperation(
                            path.value(),
                            method.value(),
                            place.substring(id.length()).strip());
                }
            }
        }
        return file.entry(place).map(Tree.Entry::key).orElse(file);
    }

    private Tree deepest(String pointer) {
        for (String part = pointer; !part.isEmpty(); part = part.substring(0, part.lastIndexOf('/'))) {
            Optional<Tree> there = file.point(part);
            if (there.isPresent()) {
                return there.get();
            }
        }
        return file;
    }

    private Tree inOperation(Tree path, Tree operation, String rest) {
        Tree id = operation.get("operationId").orElse(operation);
        int parameter = rest.indexOf(" parameter ");
        if (parameter >= 0) {
            String name = rest.substring(parameter + 11).replaceFirst("/.*", "");
            return Stream.of(operation, path)
                    .flatMap(holder -> holder.get("parameters").map(Tree::items).orElse(List.of()).stream())
                    .flatMap(stated -> Shape.resolved(file, stated).stream())
                    .filter(stated -> stated.text("name").equals(name))
                    .findFirst()
                    .orElse(id);
        }
        if (!rest.startsWith("body")) {
            return id;
        }
        Optional<Tree> place = operation
                .get("requestBody")
                .flatMap(body -> Shape.resolved(file, body))
                .flatMap(body -> members(body, "content").stream().findFirst())
                .flatMap(media -> media.value().get("schema"));
        Tree last = place.orElse(id);
        for (String name : rest.substring(4).split("/")) {
            if (!name.isEmpty() && place.isPresent()) {
                place = within(place.get(), name, 0);
                last = place.orElse(last);
            }
        }
        return last;
    }

    private Optional<Tree> within(Tree given, String name, int depth) {
        Optional<Tree> schema = Shape.resolved(file, given);
        if (schema.isEmpty() || depth > 10) {
            return Optional.empty();
        }
        Optional<Tree> direct =
                schema.get().get("properties", name).or(() -> schema.get().get(name));
        if (direct.isPresent()) {
            return direct;
        }
        return Stream.of("allOf", "oneOf", "anyOf")
                .flatMap(parts -> schema.get().get(parts).map(Tree::items).orElse(List.of()).stream())
                .flatMap(part -> within(part, name, depth + 1).stream())
                .findFirst();
    }
}
