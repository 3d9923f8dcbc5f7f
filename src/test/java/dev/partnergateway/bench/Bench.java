package dev.partnergateway.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.sandbox.Seed;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The scenarios of bench/README.md. Arguments: names of scenarios; none = all. */
public final class Bench {

    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("bench.warm-up", 30));
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 20));
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    private static final int RATE = Integer.getInteger("bench.rate", 400);

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, Scenario> scenarios = new LinkedHashMap<>();
        scenarios.put("coupons", Bench::coupons);
        scenarios.put("events", Bench::events);
        scenarios.put("slow", Bench::slow);
        scenarios.put("burst", Bench::burst);
        scenarios.put("growth", Bench::growth);
        scenarios.put("growth-postgres", Bench::growthOnPostgres);
        List<String> wanted = arguments.length == 0 ? List.copyOf(scenarios.keySet()) : List.of(arguments);
        for (String name : wanted) {
            System.out.println("== " + name);
            scenarios.get(name).run();
        }
    }

    private interface Scenario {
        void run() throws Exception;
    }

    /** 500 coupons a second for a minute, from a deployment that takes 3 calls a second. */
    private static void coupons() throws Exception {
        int rate = Integer.getInteger("bench.coupons", 500);
        Duration time = Duration.ofSeconds(Integer.getInteger("bench.coupon-seconds", 60));
        try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
                Target gateway = Target.gateway(settings(sandbox.port(), store()));
                Load load = new Load()) {
            load.open(gateway.port(), rate / 5.0, WARM_UP.dividedBy(2), Bench::coupon);
            load.open(gateway.port(), rate, WARM_UP.dividedBy(2), Bench::coupon);
            Http control = new Http(sandbox.port());
            control.send("DELETE", "/sandbox/calls", "");
            int before = control.send("GET", "/sandbox/coupons", (String) null)
                    .json()
                    .size();
            Duration cpu = gateway.cpu();
            Load.Result result = load.open(gateway.port(), rate, time, Bench::coupon);
            cpu = gateway.cpu().minus(cpu);
            Map<String, Integer> calls = new HashMap<>();
            int refused = 0;
            for (JsonNode call :
                    control.send("GET", "/sandbox/calls", (String) null).json()) {
                calls.merge(call.path("operation").asText(), 1, Integer::sum);
                refused += call.path("status").asInt() == 429 ? 1 : 0;
            }
            int made = control.send("GET", "/sandbox/coupons", (String) null)
                            .json()
                            .size()
                    - before;
            System.out.println(result);
            System.out.printf(
                    "upstream calls %s, of which 429: %d; coupons made %d; CPU %.0f us a coupon%n",
                    calls, refused, made, micros(cpu, result));
        }
    }

    /** An event, beside a bare Camel route and a Vert.x proxy, in turns. */
    private static void events() throws Exception {
        try (Upstream upstream = new Upstream(Duration.ZERO);
                Target vertx = Target.baseline(VertxProxy.class, upstream.port());
                Target camel = Target.baseline(CamelProxy.class, upstream.port());
                Target gateway = Target.gateway(settings(upstream.port(), store()));
                Load load = new Load()) {
            Map<String, Target> targets = new LinkedHashMap<>();
            targets.put("vertx", vertx);
            targets.put("camel", camel);
            targets.put("gateway", gateway);
            compare(load, targets);
        }
    }

    private static void compare(Load load, Map<String, Target> targets) {
        targets.values().forEach(target -> load.open(target.port(), RATE, WARM_UP, Bench::event));
        Map<String, List<Double>> costs = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, Target> target : targets.entrySet()) {
                Duration cpu = target.getValue().cpu();
                Load.Result result = load.open(target.getValue().port(), RATE, TIME, Bench::event);
                double cost = micros(target.getValue().cpu().minus(cpu), result);
                costs.computeIfAbsent(target.getKey(), name -> new ArrayList<>())
                        .add(cost);
                System.out.printf("%-12s %.0f us CPU a call; %s%n", target.getKey(), cost, result);
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        costs.forEach(
                (name, all) -> medians.put(name, all.stream().sorted().toList().get(all.size() / 2)));
        medians.forEach((name, median) -> medians.forEach((other, base) -> {
            if (!name.equals(other) && median > base) {
                System.out.printf("%s / %s = %.2f%n", name, other, median / base);
            }
        }));
    }

    /** Talon.One answers after 200 ms. */
    private static void slow() throws Exception {
        int connections = Integer.getInteger("bench.connections", 1000);
        Duration latency = Duration.ofMillis(200);
        try (Upstream upstream = new Upstream(latency);
                Target gateway = Target.gateway(settings(upstream.port(), store()));
                Load load = new Load()) {
            for (int count : new int[] {connections / 10, connections / 4, connections}) {
                load.closed(gateway.port(), count, WARM_UP, Bench::event);
                Duration cpu = gateway.cpu();
                Load.Result result = load.closed(gateway.port(), count, TIME, Bench::event);
                cpu = gateway.cpu().minus(cpu);
                double possible = count * 1000.0 / latency.toMillis();
                System.out.printf(
                        "%d connections: %.0f %% of %.0f/s; gateway %.2f cores, %.0f us CPU a call; %s%n",
                        count,
                        100 * result.perSecond() / possible,
                        possible,
                        cpu.toNanos() / 1e9 / TIME.toSeconds(),
                        micros(cpu, result),
                        result);
            }
        }
    }

    /** 100 events of one profile at once; the sandbox refuses the fourth at the same time. */
    private static void burst() throws Exception {
        try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
                Target gateway = Target.gateway(settings(sandbox.port(), store()));
                Load load = new Load()) {
            load.open(gateway.port(), 50, WARM_UP.dividedBy(3), Bench::event);
            Http control = new Http(sandbox.port());
            for (int round = 0; round < ROUNDS; round++) {
                control.send("DELETE", "/sandbox/calls", "");
                Load.Result result = load.open(gateway.port(), 100_000, Duration.ofMillis(1), i -> event("one", i));
                int conflicts = 0;
                for (JsonNode call :
                        control.send("GET", "/sandbox/calls", (String) null).json()) {
                    conflicts += call.path("status").asInt() == 409 ? 1 : 0;
                }
                System.out.printf("upstream 409: %d; %s%n", conflicts, result);
            }
        }
    }

    private static void growth() throws Exception {
        growth(Map.of("gateway.store.url", "jdbc:h2:file:" + GatewayUnderTest.storeFile()), true);
    }

    private static void growthOnPostgres() throws Exception {
        growth(Postgres.newStore(), false);
    }

    /** The cost of a call beside how many answers are stored. */
    private static void growth(Map<String, String> store, boolean embedded) throws Exception {
        int stored = 0;
        double first = 0;
        try (Upstream upstream = new Upstream(Duration.ZERO);
                Load load = new Load()) {
            for (int goal : new int[] {1_000, 10_000, 100_000, 1_000_000}) {
                try (Target schema = Target.gateway(settings(upstream.port(), store))) {
                    load.open(schema.port(), 10, Duration.ofSeconds(1), Bench::event);
                }
                fill(store, embedded, goal - stored);
                stored = goal;
                try (Target gateway = Target.gateway(settings(upstream.port(), store))) {
                    load.open(gateway.port(), RATE, WARM_UP, Bench::event);
                    List<Double> costs = new ArrayList<>();
                    for (int round = 0; round < ROUNDS; round++) {
                        Duration cpu = gateway.cpu();
                        Load.Result result = load.open(gateway.port(), RATE, TIME, Bench::event);
                        costs.add(micros(gateway.cpu().minus(cpu), result));
                        System.out.printf("%d stored: %.0f us CPU a call; %s%n", goal, costs.get(round), result);
                    }
                    double median = costs.stream().sorted().toList().get(ROUNDS / 2);
                    first = first == 0 ? median : first;
                    System.out.printf("%d stored: %.2f of the cost at 1000%n", goal, median / first);
                }
            }
        }
    }

    private static void fill(Map<String, String> store, boolean embedded, int count) throws SQLException {
        String url = store.get("gateway.store.url")
                + (embedded ? ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH" : "");
        byte[] body = new byte[600];
        java.util.Arrays.fill(body, (byte) 'x');
        try (Connection connection =
                        DriverManager.getConnection(url, embedded ? "gateway" : store.get("gateway.store.user"), "");
                PreparedStatement row = connection.prepareStatement("INSERT INTO answer (id, slots, bound, deployment,"
                        + " operation, state, owner, lease_until, created, expires, status, content_type, body)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            long now = System.currentTimeMillis();
            for (int i = 0; i < count; i++) {
                String id = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
                Object[] values = {
                    id,
                    id,
                    false,
                    "bench",
                    "braze/trackEvent",
                    "DONE",
                    UUID.randomUUID().toString(),
                    0L,
                    now,
                    now + Duration.ofDays(400).toMillis(),
                    200,
                    "application/json",
                    body
                };
                for (int column = 0; column < values.length; column++) {
                    row.setObject(column + 1, values[column]);
                }
                row.addBatch();
                if (i % 5000 == 4999 || i == count - 1) {
                    row.executeBatch();
                    connection.commit();
                }
            }
        }
    }

    private static Map<String, String> store() {
        return Map.of("gateway.store.url", "jdbc:h2:file:" + GatewayUnderTest.storeFile());
    }

    private static Map<String, String> settings(int upstream, Map<String, String> store) {
        Map<String, String> settings = new HashMap<>(store);
        settings.put("gateway.deployments.bench.host", Seed.HOST);
        settings.put("gateway.deployments.bench.base-url", "http://127.0.0.1:" + upstream);
        settings.put("gateway.deployments.bench.management-key", Seed.MANAGEMENT_KEY);
        return settings;
    }

    private static double micros(Duration cpu, Load.Result result) {
        return cpu.toNanos() / 1e3 / result.times.getTotalCount();
    }

    private static Load.Call coupon(int number) {
        return new Load.Call(
                HttpMethod.POST,
                "/braze/coupon",
                "{\"deploymentUrl\":\"" + Seed.HOST + "\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                        + UUID.randomUUID() + "\",\"integrationId\":\"customer-" + number + "\"}",
                "Content-Type",
                "application/json",
                "Authorization",
                "ApiKey-v1 " + Seed.DEMO_SHOP_KEY);
    }

    private static Load.Call event(int number) {
        return event("profile-" + UUID.randomUUID(), number);
    }

    private static Load.Call event(String profile, int number) {
        return new Load.Call(
                HttpMethod.POST,
                "/braze/event",
                "{\"eventType\":\"viewed\",\"type\":\"string\",\"customerProfileId\":\"" + profile
                        + "\",\"identifier\":\"" + UUID.randomUUID() + "\",\"eventAttributes\":{\"product\":\"shoe\","
                        + "\"position\":" + number + ",\"price\":19.95}}",
                "Content-Type",
                "application/json",
                "Authorization",
                "ApiKey-v1 " + Seed.DEMO_SHOP_KEY,
                "destination-hostname",
                Seed.HOST);
    }
}
