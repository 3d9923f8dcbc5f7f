package dev.partnergateway.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.SteppedStore;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.UpstreamContract;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;

/** A store, a Talon.One and gateways on them, which begin anew as often as is wanted. */
final class World implements AutoCloseable {

    /** Longer than a lease lasts, and than a lost request is under way. */
    static final long SETTLE = 30_000;

    private static final int GATEWAYS = 5;
    private static final int ROUNDS = 12;

    private static final Pattern OF_CLAIMS = Pattern.compile("(FROM|UPDATE|INTO) answer\\b");
    private static final Pattern DRAWN =
            Pattern.compile("[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b[0-9a-f]{16}\\b|MODEL-\\w{8}");

    private static final Sql ROWS = new Sql("SELECT * FROM answer ORDER BY id");
    private static final Sql NO_HISTORY = new Sql("DELETE FROM history");
    private static final Sql NO_ROWS = new Sql("DELETE FROM answer");
    private static final Sql UNFINISHED = new Sql("SELECT state FROM answer WHERE state IN ('SENT', 'AGAIN')");
    private static final Sql SILENT =
            new Sql("SELECT id FROM answer WHERE state = 'PARKED' AND (reason = '' OR parked_from = '')");

    private final Store store;
    private final Sandbox sandbox;
    private final SandboxControl control;
    private final List<Rooms> gateways = new ArrayList<>();
    private final Map<String, Operation> operations = new HashMap<>();
    private final HttpClient network = HttpClient.newHttpClient();

    private final List<String> violations = new ArrayList<>();
    private final Map<Thing, Set<String>> answers = new LinkedHashMap<>();
    private final List<Late> late = new ArrayList<>();
    private int sent;
    private boolean losing;
    private boolean coupons;

    /** A request that has left its gateway and has not arrived. */
    record Late(HttpRequest request, long arrives) {}

    World(Map<String, String> given) throws Exception {
        Properties properties = new Properties();
        properties.putAll(given);
        properties.keySet().removeIf(name -> !name.toString().startsWith("gateway."));
        UpstreamContract contract = UpstreamContract.read(Path.of("openapi/talon-one.yaml"));
        sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
        control = new SandboxControl(new Http(sandbox.port()));
        properties.setProperty("gateway.settle-time", "" + SETTLE);
        for (String name : List.of("model", "files")) {
            String deployment = "gateway.deployments." + name;
            properties.setProperty(deployment + ".host", name + ".example");
            properties.setProperty(deployment + ".base-url", "http://127.0.0.1:" + sandbox.port());
            properties.setProperty(deployment + ".management-key", "sandbox-management-key");
            properties.setProperty(deployment + ".management-rate", name.equals("files") ? "1000" : "0");
            properties.setProperty(deployment + ".batching", "" + name.equals("files"));
        }
        Settings settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
        store = Store.open(settings, new SimpleMeterRegistry());
        Store stepped = new SteppedStore(store, World::beforeStatement, ModelTime::right);
        for (String integration : List.of("braze", "customer-engagement")) {
            Contract.read(Path.of("openapi", integration + ".yaml"))
                    .operations()
                    .forEach(operation -> operations.put(operation.id(), operation));
        }
        Telemetry telemetry = Telemetry.open(false);
        unlimited();
        for (int i = 0; i <= GATEWAYS; i++) {
            Rooms rooms = new Rooms(stepped, settings, contract, telemetry, this::beforeSending);
            for (Scenario scenario : Scenario.ALL) {
                scenario.things().forEach(thing -> rooms.warmUp(operations.get(thing.operation()), thing));
            }
            gateways.add(rooms);
        }
    }

    private void unlimited() {
        control.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":0}");
    }

    private static void beforeStatement(String sql) {
        if (OF_CLAIMS.matcher(sql).find()) {
            Actor.step(sql.length() > 60 ? sql.substring(0, 60) : sql);
        }
    }

    private void beforeSending(String method, Exchange exchange) {
        String uri = exchange.getMessage().getHeader(Exchange.HTTP_URI, String.class);
        Actor.step(method + " " + URI.create(uri).getPath());
        if (losing) {
            losing = false;
            control.fault("{\"operation\":\"*\",\"kind\":\"reset\",\"times\":1}");
            late.add(new Late(copy(method, uri, exchange), ModelTime.right() + SETTLE - 1));
        }
        sent++;
    }

    private static HttpRequest copy(String method, String uri, Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        for (String name : List.of("Authorization", "Idempotency-Key", "Content-Type")) {
            String value = exchange.getMessage().getHeader(name, String.class);
            if (value != null) {
                request.header(name, value);
            }
        }
        return request.build();
    }

    /** The answer of the next call that is sent is lost, and the call arrives later. */
    void loseNext() {
        losing = true;
    }

    /** Whether something is under way, which arrives some time. */
    boolean underWay() {
        return !late.isEmpty();
    }

    /** Until when what is under way has arrived, by the right clock. */
    long arrives() {
        return late.stream().mapToLong(Late::arrives).min().orElse(Long.MAX_VALUE);
    }

    /** What was lost arrives now. */
    void arrive() {
        try {
            network.send(late.remove(0).request(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Everything as it is before the first call. */
    List<Actor> begin(Scenario scenario, long skew) {
        store.update(NO_HISTORY);
        store.update(NO_ROWS);
        control.reset();
        unlimited();
        violations.clear();
        answers.clear();
        late.clear();
        sent = 0;
        losing = false;
        ModelTime.set(ModelTime.BEGIN);
        List<Actor> actors = new ArrayList<>();
        coupons = scenario.coupons();
        for (Thing thing : scenario.calls()) {
            Rooms gateway = fresh(actors.size());
            // Every other clock is wrong.
            long ahead = actors.size() % 2 == 0 ? 0 : skew;
            actors.add(new Actor("caller " + (actors.size() + 1), actors.size(), ahead, () -> ask(gateway, thing)));
        }
        for (Scenario.Other other : scenario.others()) {
            Rooms gateway = fresh(actors.size());
            String name = other.name().toLowerCase(Locale.ROOT);
            actors.add(new Actor(name, actors.size(), 0, () -> work(other, gateway)));
        }
        return actors;
    }

    private static void work(Scenario.Other other, Rooms gateway) {
        if (other == Scenario.Other.SWEEPER) {
            gateway.sweep();
            gateway.prune();
        } else {
            gateway.parked().list().forEach(row -> gateway.parked()
                    .retry(row.path("id").asText()));
        }
    }

    private Rooms fresh(int number) {
        Rooms rooms = gateways.get(number);
        rooms.restart(coupons);
        return rooms;
    }

    private Rooms.Told ask(Rooms gateway, Thing thing) {
        Rooms.Told told = gateway.carryOut(operations.get(thing.operation()), thing);
        if (told.good()) {
            synchronized (answers) {
                answers.computeIfAbsent(thing, none -> new LinkedHashSet<>()).add(told.text());
            }
        } else if (told.status() < 500 && told.status() != 429) {
            violations.add(thing + " was refused: " + told.text());
        }
        return told;
    }

    /** All that a gateway could find, without what was drawn by lot. */
    String state() {
        StringBuilder text = new StringBuilder();
        store.query(World::text, ROWS).forEach(row -> text.append(row).append('\n'));
        Map<String, String> names = new HashMap<>();
        Matcher drawn = DRAWN.matcher(text);
        StringBuilder named = new StringBuilder();
        while (drawn.find()) {
            drawn.appendReplacement(named, names.computeIfAbsent(drawn.group(), first -> "#" + names.size()));
        }
        drawn.appendTail(named);
        return named.append(sent).append(' ').append(late.size()).toString();
    }

    private static String text(ResultSet row) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            Object value = row.getObject(i);
            text.append(value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value)
                    .append('|');
        }
        return text.toString();
    }

    /** Lets time pass until everything has ended, then tells what was not as promised. */
    List<String> peace(Scenario scenario, List<Actor> actors) {
        while (underWay()) {
            arrive();
        }
        Rooms gateway = fresh(GATEWAYS);
        Map<Thing, Rooms.Told> last = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS && last.size() < scenario.things().size(); round++) {
            ModelTime.set(ModelTime.right()
                    + Duration.ofSeconds(20L << Math.min(round, 6)).toMillis());
            gateway.sweep();
            gateway.prune();
            boolean later = last.size() >= scenario.first();
            if (later) {
                count(scenario.effects(), scenario);
            }
            for (Thing thing : scenario.things()) {
                if ((later || scenario.calls().contains(thing)) && !last.containsKey(thing)) {
                    Rooms.Told told = ask(gateway, thing);
                    if (told.good() || told.leftToTheOperator()) {
                        last.put(thing, told);
                    }
                }
            }
        }
        for (Actor actor : actors) {
            actor.thaw();
            if (actor.failure() != null) {
                violations.add(actor.name + " failed: " + actor.failure());
            }
        }
        check(scenario, last);
        if (violations.isEmpty() && last.values().stream().anyMatch(Rooms.Told::leftToTheOperator)) {
            decide(scenario, gateway, last);
        }
        return List.copyOf(violations);
    }

    /** An operator looks what Talon.One has made, and says so; from then on nothing is left. */
    private void decide(Scenario scenario, Rooms gateway, Map<Thing, Rooms.Told> last) {
        // What those were told of who have an answer is theirs.
        int made = made(scenario)
                - (int) last.values().stream().filter(Rooms.Told::good).count();
        for (JsonNode row : gateway.parked().list()) {
            String id = row.path("id").asText();
            boolean decided = made > 0
                    ? gateway.parked()
                            .done(id, 200, JsonNodeFactory.instance.objectNode().put("id", made))
                    : gateway.parked().free(id);
            made--;
            if (!decided) {
                violations.add("cannot be decided: " + row);
            }
        }
        for (Thing thing : scenario.things()) {
            Rooms.Told told = gateway.carryOut(operations.get(thing.operation()), thing);
            if (!told.good()) {
                violations.add(thing + " got no answer after the operator's decision: " + told);
            }
        }
        if (made(scenario) > scenario.effects() + scenario.later().size()) {
            violations.add("made " + made(scenario) + " times after the operator's decision");
        }
    }

    /** How many things Talon.One holds that it did not begin with. */
    private int made(Scenario scenario) {
        int made = 0;
        for (String ledger :
                new LinkedHashSet<>(scenario.calls().stream().map(Thing::ledger).toList())) {
            for (JsonNode entry : control.ledger(ledger)) {
                boolean there = entry.path("name").asText().equals("Welcome points")
                        || entry.has("value") && !entry.path("value").asText().startsWith("MODEL-");
                made += there ? 0 : 1;
            }
        }
        return made;
    }

    private void count(int most, Scenario scenario) {
        int made = made(scenario);
        if (made > most) {
            violations.add("made " + made + " times\n      "
                    + control.calls().stream()
                            .filter(call -> !call.path("method").asText().equals("GET"))
                            .map(JsonNode::toString)
                            .collect(Collectors.joining("\n      ")));
        }
    }

    private void check(Scenario scenario, Map<Thing, Rooms.Told> last) {
        List<String> unfinished = store.query(row -> row.getString(1), UNFINISHED);
        if (!unfinished.isEmpty()) {
            violations.add("does not end: " + unfinished);
        }
        count(scenario.effects() + scenario.later().size(), scenario);
        for (Thing thing : scenario.things()) {
            Rooms.Told told = last.get(thing);
            if (told == null) {
                violations.add(thing + " got no answer");
            }
            Set<String> answered = answers.getOrDefault(thing, Set.of());
            if (answered.size() > 1) {
                violations.add(thing + " got different answers: " + answered);
            }
            for (String answer : answered) {
                List<JsonNode> tells = control.ledger(thing.ledger()).stream()
                        .filter(entry -> thing.tells(answer, entry))
                        .toList();
                if (tells.isEmpty()) {
                    violations.add(thing + " was answered, but nothing was made: " + answer);
                }
                if (thing.ledger().equals("coupons")
                        && tells.stream()
                                .noneMatch(entry -> thing.made(entry)
                                        || entry.path("recipientIntegrationId")
                                                .asText("")
                                                .isEmpty()
                                        || thing.mark().endsWith("="))) {
                    violations.add(thing + " was given another's: " + answer);
                }
            }
        }
        if (!store.query(row -> row.getString(1), SILENT).isEmpty()) {
            violations.add("parked without a reason");
        }
    }

    @Override
    public void close() {
        sandbox.close();
        store.close();
    }
}
