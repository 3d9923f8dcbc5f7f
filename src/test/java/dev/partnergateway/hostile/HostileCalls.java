package dev.partnergateway.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.partnergateway.fuzz.GoodCalls;
import dev.partnergateway.fuzz.GoodCalls.Good;
import dev.partnergateway.fuzz.GoodCalls.Pair;
import dev.partnergateway.sandbox.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What somebody without a key can send: every text of every contract replaced by what makes careless software work hard,
 * and the calls that once stopped this gateway.
 */
final class HostileCalls {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Bytes of a body that a default gateway still takes. */
    private static final int LARGE = 900_000;

    /** Bytes that an address or a header may have. */
    private static final int LINE = 7000;

    private static final int DEEPEST = 5;

    /** Texts that are expensive for backtracking, recursion, big numbers, trees or text that is copied. */
    private static final Map<String, Maker> TEXTS = new LinkedHashMap<>();

    static {
        TEXTS.put("blanks and a letter", n -> " ".repeat(n) + "x");
        TEXTS.put("tabs and dots", n -> "\t.".repeat(n / 2) + "x");
        TEXTS.put("commas", ","::repeat);
        TEXTS.put("letters", "a"::repeat);
        TEXTS.put("digits", "9"::repeat);
        TEXTS.put("a huge exponent", n -> "1e999999999");
        TEXTS.put("a tiny exponent", n -> "-1e-999999999");
        TEXTS.put("a long fraction", n -> "0." + "1".repeat(n));
        TEXTS.put("empty objects in a text", n -> '[' + "{},".repeat(n / 3) + "{}]");
        TEXTS.put("members in a text", HostileCalls::members);
        TEXTS.put("nested lists in a text", n -> "[".repeat(n / 2) + "]".repeat(n / 2));
        TEXTS.put("nested objects in a text", n -> "{\"a\":".repeat(n / 6) + "1" + "}".repeat(n / 6));
        TEXTS.put("JSON in JSON in a text", HostileCalls::matryoshka);
        TEXTS.put("accents", n -> "e\u0301".repeat(n / 3));
        TEXTS.put("half emojis", n -> "\ud83d".repeat(n / 6));
        TEXTS.put("dollars", "$"::repeat);
        TEXTS.put("hashes", "#"::repeat);
        TEXTS.put("a host of dots", n -> "a.".repeat(n / 2));
        TEXTS.put("a date that goes on", n -> "2026-01-01T00:00:00." + "0".repeat(n) + "Z");
    }

    private static final Map<String, Integer> LENGTHS = Map.of("short", 1000, "long", 60_000, "longest", LARGE);

    @FunctionalInterface
    private interface Maker {
        String make(int length);
    }

    /**
     * A call that is made when it is sent: all of them at once would fill the memory.
     *
     * @param name what is wrong with it
     * @param request makes it
     */
    record Hostile(String name, Supplier<Request> request) {}

    /**
     * What is sent.
     *
     * @param head request line and headers, {@code Content-Length} included
     */
    record Request(String head, byte[] body) {

        int bytes() {
            return head.length() + body.length;
        }
    }

    private final List<Hostile> all = new ArrayList<>();
    private final AtomicInteger keys = new AtomicInteger();

    private HostileCalls() {}

    /** The calls that once stopped the gateway. */
    static List<Hostile> known() throws IOException {
        HostileCalls calls = new HostileCalls();
        for (Good good : GoodCalls.all()) {
            calls.known(good);
        }
        calls.samples();
        return List.copyOf(calls.all);
    }

    /** Every text field of every operation with every expensive text. */
    static List<Hostile> generated() throws IOException {
        HostileCalls calls = new HostileCalls();
        for (Good good : GoodCalls.all()) {
            calls.parameters(good);
            if (good.body() != null) {
                calls.fields(good);
            }
        }
        return List.copyOf(calls.all);
    }

    /** Calls that cost a careless gateway seconds of processor time each, by what its routes do with them. */
    private void samples() throws IOException {
        for (Good good : GoodCalls.all()) {
            switch (good.operation().id()) {
                case "mparticle/sendevent" -> {
                    for (String type : List.of("event_processing_request", "audience_membership_change_request")) {
                        add(good, "a profile of blanks, " + type, good.headers(), () -> message(type));
                    }
                }
                case "emarsys/getCoupon", "emarsys/getLoyaltyProgramBalance" ->
                    add(good, "900 contacts of blanks", good.headers(), () -> contacts(good.body()));
                default -> {}
            }
        }
    }

    private static JsonNode message(String type) {
        String blanks = " ".repeat(60_000) + "x";
        ObjectNode message = JSON.objectNode().put("type", type).put("id", "1").put("timestamp_ms", 1);
        message.putObject("account")
                .put("account_id", 1)
                .putObject("account_settings")
                .put("apiKey", Seed.DEMO_SHOP_KEY)
                .put("deploymentURL", Seed.HOST)
                .put("userIdField", "mpid");
        message.put("mpid", blanks);
        message.putArray("events").addObject().put("type", "custom_event").put("name", "viewed_product");
        ObjectNode profile = message.putArray("user_profiles").addObject().put("mpid", blanks);
        profile.putArray("audiences").addObject().put("audience_id", 1).put("action", "add");
        return message;
    }

    private static JsonNode contacts(JsonNode good) {
        ObjectNode body = good.deepCopy();
        ArrayNode contacts = body.putArray("parameters");
        for (int i = 0; i < 900; i++) {
            contacts.add(good.path("parameters")
                    .path(0)
                    .<ObjectNode>deepCopy()
                    .put("integrationId", " ".repeat(990 + i % 9) + "x" + i));
        }
        return body;
    }

    private void known(Good good) {
        String id = good.operation().id();
        if (good.body() == null) {
            add(
                    good,
                    "a list of X-Content-Fields",
                    with(good.headers(), "X-Content-Fields", ",".repeat(2000)),
                    () -> null);
            return;
        }
        add(good, "33,000 unknown members", good.headers(), () -> merged(good.body(), members(400_000)));
        add(good, "a tree of empty objects", good.headers(), () -> put(good.body(), "/unknown", list(LARGE / 3)));
        add(good, "nothing but lists", good.headers(), () -> JSON.textNode("[".repeat(LARGE)));
        for (String list : List.of("parameters", "data", "events", "user_profiles", "user_identities")) {
            if (good.body().has(list) && good.body().get(list).isArray()) {
                JsonNode item = good.body().get(list).path(0);
                add(
                        good,
                        "900 items of nothing but blanks",
                        good.headers(),
                        () -> put(good.body(), "/" + list, blanks(item)));
            }
        }
        add(good, "six texts of 49,900 objects", good.headers(), () -> {
            ObjectNode texts = good.body().deepCopy();
            for (int i = 0; i < 6; i++) {
                texts.put(".a" + i, '[' + "{},".repeat(49_900) + "{}]");
            }
            return texts;
        });
        if (id.endsWith("Session")) {
            add(
                    good,
                    "commas as X-Content-Fields",
                    with(
                            with(good.headers(), "X-Callback-Destination-URI", "https://receiver.example/"),
                            "X-Content-Fields",
                            ",".repeat(2000)),
                    good::body);
        }
    }

    private void parameters(Good good) {
        Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        good.headers().forEach(header -> headers.add(header.name()));
        headers.addAll(List.of("Authorization", "X-Content-Fields", "X-DRY-RUN", "Idempotency-Key", "X-Forwarded-For"));
        TEXTS.forEach((name, text) -> {
            String value = text.make(LINE).replaceAll("[^ -~]", "~").strip();
            String shortened = value.substring(0, Math.min(LINE, value.length()));
            headers.forEach(header ->
                    add(good, "header " + header + ": " + name, with(good.headers(), header, shortened), good::body));
            String encoded = GoodCalls.encoded(text.make(LINE / 3));
            String part = encoded.substring(0, Math.min(LINE, encoded.length() - encoded.length() % 3));
            int slash = good.path().lastIndexOf('/');
            raw(good, "path: " + name, good.path().substring(0, slash + 1) + part.replace("+", "%20"), good.query());
            for (Pair pair : good.query()) {
                List<Pair> query = new ArrayList<>(good.query());
                query.remove(pair);
                raw(
                        good,
                        "query " + pair.name() + ": " + name,
                        GoodCalls.target(good.path(), query) + (query.isEmpty() ? '?' : '&') + pair.name() + '=' + part,
                        List.of());
            }
        });
    }

    private void fields(Good good) throws IOException {
        JsonNode document = new YAMLMapper()
                .readTree(Path.of("openapi", good.integration() + ".yaml").toFile());
        Set<String> places = new TreeSet<>();
        document.path("paths")
                .forEach(path -> path.forEach(operation -> {
                    if (operation
                            .path("operationId")
                            .asText()
                            .equals(good.operation().id())) {
                        walk(document, operation.at("/requestBody/content/application~1json/schema"), "", 0, places);
                    }
                }));
        for (String place : places) {
            TEXTS.forEach((name, text) -> LENGTHS.forEach((length, n) -> add(
                    good,
                    "body " + place + ": " + name + ", " + length,
                    good.headers(),
                    () -> put(good.body(), place, JSON.textNode(text.make(n))))));
        }
    }

    private static void walk(JsonNode document, JsonNode stated, String at, int depth, Set<String> places) {
        JsonNode schema = stated.has("$ref")
                ? document.requiredAt(stated.path("$ref").asText().substring(1))
                : stated;
        if (depth > DEEPEST) {
            return;
        }
        if (!at.isEmpty()) {
            places.add(at);
        }
        schema.path("properties")
                .properties()
                .forEach(property -> walk(
                        document,
                        property.getValue(),
                        at + '/' + property.getKey().replace("~", "~0").replace("/", "~1"),
                        depth + 1,
                        places));
        if (schema.has("items")) {
            walk(document, schema.path("items"), at + "/0", depth + 1, places);
        }
        for (String parts : List.of("allOf", "oneOf", "anyOf")) {
            schema.path(parts).forEach(part -> walk(document, part, at, depth + 1, places));
        }
    }

    private void add(Good good, String name, List<Pair> headers, Supplier<JsonNode> body) {
        keep(good, name, GoodCalls.target(good.path(), good.query()), headers, body);
    }

    private void raw(Good good, String name, String target, List<Pair> query) {
        keep(good, name, GoodCalls.target(target, query), good.headers(), good::body);
    }

    private void keep(Good good, String name, String target, List<Pair> headers, Supplier<JsonNode> body) {
        all.add(new Hostile(good.operation().id() + ": " + name, () -> {
            JsonNode json = body.get();
            String text = json == null ? "" : json.isTextual() ? json.asText() : json.toString();
            byte[] bytes = without(text).getBytes(StandardCharsets.UTF_8);
            List<Pair> strange =
                    new ArrayList<>(headers.stream().map(this::strange).toList());
            if (headers.stream().noneMatch(header -> header.name().equals("X-Forwarded-For"))) {
                strange.add(address());
            }
            return new Request(
                    GoodCalls.head(good.operation().method(), without(target), strange, bytes.length), bytes);
        }));
    }

    /** A key that nobody has given out, another one each time: refused ones are remembered for a while. */
    private String wrongKey() {
        return "wrong-" + keys.incrementAndGet();
    }

    /** An address for each call, as whoever has many machines: nobody is slowed down for his wrong keys. */
    private Pair address() {
        int n = keys.incrementAndGet();
        return new Pair("X-Forwarded-For", "203." + n / 65536 % 256 + '.' + n / 256 % 256 + '.' + n % 256);
    }

    private String without(String text) {
        return text.replace(Seed.DEMO_SHOP_KEY, wrongKey());
    }

    private Pair strange(Pair header) {
        if (!header.name().equalsIgnoreCase("Authorization")) {
            return header;
        }
        if (header.value().startsWith("Basic ")) {
            String content = "ApiKey-v1:" + wrongKey();
            return new Pair(
                    header.name(),
                    "Basic " + Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)));
        }
        return new Pair(header.name(), without(header.value()));
    }

    private static List<Pair> with(List<Pair> headers, String name, String value) {
        List<Pair> changed = new ArrayList<>(headers);
        changed.removeIf(header -> header.name().equalsIgnoreCase(name));
        changed.add(new Pair(name, value));
        return changed;
    }

    /** Puts a value at a place, making what leads there. */
    private static JsonNode put(JsonNode root, String pointer, JsonNode value) {
        JsonNode copy = root.deepCopy();
        JsonNode at = copy;
        String[] names = pointer.substring(1).split("/");
        for (int i = 0; i < names.length; i++) {
            String name = names[i].replace("~1", "/").replace("~0", "~");
            boolean last = i == names.length - 1;
            boolean listNext = !last && names[i + 1].equals("0");
            JsonNode next = last ? value : listNext ? JSON.arrayNode() : JSON.objectNode();
            if (at instanceof ArrayNode list) {
                if (list.isEmpty()) {
                    list.add(next);
                } else if (last
                        || !(listNext ? list.get(0).isArray() : list.get(0).isObject())) {
                    list.set(0, next);
                }
                at = list.get(0);
            } else if (at instanceof ObjectNode object) {
                JsonNode there = object.path(name);
                if (last || !(listNext ? there.isArray() : there.isObject())) {
                    object.set(name, next);
                }
                at = object.get(name);
            } else {
                return copy;
            }
        }
        return copy;
    }

    private static ArrayNode blanks(JsonNode item) {
        ArrayNode many = JSON.arrayNode();
        for (int i = 0; i < 900; i++) {
            ObjectNode copy = item.isObject() ? item.deepCopy() : JSON.objectNode();
            copy.fieldNames().forEachRemaining(name -> copy.put(name, " ".repeat(900 / copy.size()) + "x"));
            many.add(copy);
        }
        return many;
    }

    private static ArrayNode list(int size) {
        ArrayNode list = JSON.arrayNode();
        for (int i = 0; i < size; i++) {
            list.addObject();
        }
        return list;
    }

    private static String members(int length) {
        StringBuilder members = new StringBuilder("{");
        for (int i = 0; members.length() < length - 12; i++) {
            members.append(i == 0 ? "" : ",").append("\"m").append(i).append("\":1");
        }
        return members.append('}').toString();
    }

    private static JsonNode merged(JsonNode body, String members) {
        String text = body.toString();
        return JSON.textNode(
                text.length() < 3 ? members : members.substring(0, members.length() - 1) + ',' + text.substring(1));
    }

    private static String matryoshka(int length) {
        String text = "1";
        while (text.length() < length / 2 - 4) {
            text = '[' + JSON.textNode(text).toString() + ']';
        }
        return text;
    }
}
