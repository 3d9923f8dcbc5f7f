package dev.partnergateway.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.sandbox.Seed;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;

/** The scenarios of bench/README.md. Arguments: names of scenarios; none = all. */
public final class Bench {

    private static final int OK = 200;
    private static final int FAILING = 500;
    private static final int CALLERS = 50;
    private static final String FAILING_HOST = "failing.example";

    private final Plan plan;

    Bench(Plan plan) {
        this.plan = plan;
    }

    public static void main(String[] arguments) {
        Map<String, Scenario> scenarios = new Bench(Plan.ofOptions()).scenarios();
        List<String> wanted = arguments.length == 0 ? List.copyOf(scenarios.keySet()) : List.of(arguments);
        for (String name : wanted) {
            System.out.println("== " + name);
            scenarios.get(name).run();
        }
    }

    /** All scenarios by their names. */
    Map<String, Scenario> scenarios() {
        Map<String, Scenario> scenarios = new LinkedHashMap<>();
        scenarios.put("coupons", this::coupons);
        scenarios.put("events", this::events);
        scenarios.put("alone", this::alone);
        scenarios.put("most", this::most);
        scenarios.put("slow", this::slow);
        scenarios.put("burst", this::burst);
        scenarios.put("breaker", this::breaker);
        scenarios.put("growth", this::growth);
        scenarios.put("growth-postgres", this::growthOnPostgres);
        return scenarios;
    }

    /** Puts load on something, prints what it measures and gives what it counted. */
    interface Scenario {
        Counts run();
    }

    /**
     * What can be counted.
     *
     * @param sent calls
     * @param answered of those, whatever the answer was
     * @param good of those, with success
     * @param refusedUpstream calls that Talon.One refused because they were too many
     */
    record Counts(long sent, long answered, long good, int refusedUpstream) {

        private static Counts of(Load.Result result, int refusedUpstream) {
            return new Counts(result.times.getTotalCount(), result.answered(), result.count(OK), refusedUpstream);
        }

        private Counts plus(Load.Result result) {
            return new Counts(
                    sent + result.times.getTotalCount(),
                    answered + result.answered(),
                    good + result.count(OK),
                    refusedUpstream);
        }
    }

    /** Coupons by the hundred, from a deployment that takes 3 calls a second. */
    private Counts coupons() {
        try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
                Target gateway = gateway(sandbox.port(), store());
                Load load = new Load()) {
            load.open(gateway.port(), plan.coupons() / 5.0, plan.warmUp().dividedBy(2), Bench::coupon);
            load.open(gateway.port(), plan.coupons(), plan.warmUp().dividedBy(2), Bench::coupon);
            SandboxControl control = new SandboxControl(new Http(sandbox.port()));
            control.forgetCalls();
            int before = control.ledger("coupons").size();
            Duration cpu = gateway.cpu();
            Load.Result result = load.open(gateway.port(), plan.coupons(), plan.couponTime(), Bench::coupon);
            cpu = gateway.cpu().minus(cpu);
            Map<String, Integer> calls = new HashMap<>();
            control.calls().forEach(call -> calls.merge(call.path("operation").asText(), 1, Integer::sum));
            System.out.println(result);
            System.out.printf(
                    "of those with a coupon: %d, the slowest %.1f ms%n",
                    result.good.getTotalCount(), result.good.getMaxValue() / 1e6);
            int refused = refused(control, 429);
            System.out.printf(
                    "upstream calls %s, of which 429: %d; coupons made %d; CPU %.0f us a call%n",
                    calls, refused, control.ledger("coupons").size() - before, micros(cpu, result));
            return Counts.of(result, refused);
        }
    }

    private static int refused(SandboxControl control, int status) {
        int refused = 0;
        for (JsonNode call : control.calls()) {
            refused += call.path("status").asInt() == status ? 1 : 0;
        }
        return refused;
    }

    /** An event, beside a bare Camel route and a Vert.x proxy, in turns. */
    private Counts events() {
        try (Upstream upstream = new Upstream(Duration.ZERO, OK);
                Target vertx = Target.baseline(VertxProxy.class, upstream.port(), plan.smoke());
                Target camel = Target.baseline(CamelProxy.class, upstream.port(), plan.smoke());
                Target gateway = gateway(upstream.port(), store());
                Load load = new Load()) {
            List<Runner> runners = List.of(
                    new Runner("vertx", vertx, Bench::event),
                    new Runner("camel", camel, Bench::event),
                    new Runner("gateway", gateway, Bench::event));
            return compare(load, runners);
        }
    }

    private record Runner(String name, Target target, IntFunction<Load.Call> call) {}

    private Counts compare(Load load, List<Runner> runners) {
        runners.forEach(runner -> load.open(runner.target().port(), plan.rate(), plan.warmUp(), runner.call()));
        Map<String, List<Double>> costs = new LinkedHashMap<>();
        Counts counts = new Counts(0, 0, 0, 0);
        for (int round = 0; round < plan.rounds(); round++) {
            for (Runner runner : runners) {
                Duration cpu = runner.target().cpu();
                Load.Result result = load.open(runner.target().port(), plan.rate(), plan.time(), runner.call());
                double cost = micros(runner.target().cpu().minus(cpu), result);
                costs.computeIfAbsent(runner.name(), name -> new ArrayList<>()).add(cost);
                System.out.printf("%-12s %.0f us CPU a call; %s%n", runner.name(), cost, result);
                counts = counts.plus(result);
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        costs.forEach((name, all) -> medians.put(name, median(all)));
        medians.forEach((name, median) -> medians.forEach((other, base) -> {
            if (!name.equals(other) && median > base) {
                System.out.printf("%s / %s = %.2f%n", name, other, median / base);
            }
        }));
        return counts;
    }

    private static double median(List<Double> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    /** One event at a time, each commit synced and not. */
    private Counts alone() {
        Counts counts = new Counts(0, 0, 0, 0);
        try (Upstream upstream = new Upstream(Duration.ZERO, OK);
                Load load = new Load()) {
            for (String sync : List.of("full", "normal")) {
                Map<String, String> settings = new HashMap<>(store());
                settings.put("gateway.store.sync", sync);
                counts = closed(1, settings, sync, upstream, load, counts);
            }
        }
        return counts;
    }

    /** As many events as a gateway takes, on both stores; processes of PostgreSQL are those of this machine. */
    private Counts most() {
        Counts counts = new Counts(0, 0, 0, 0);
        try (Upstream upstream = new Upstream(Duration.ZERO, OK);
                Load load = new Load()) {
            counts = closed(CALLERS, store(), "embedded", upstream, load, counts);
            return closed(CALLERS, Postgres.newStore(), "PostgreSQL", upstream, load, counts);
        }
    }

    private Counts closed(
            int callers, Map<String, String> store, String name, Upstream upstream, Load load, Counts before) {
        Counts counts = before;
        try (Target gateway = gateway(upstream.port(), store)) {
            load.closed(gateway.port(), callers, Duration.ZERO, plan.warmUp(), Bench::event);
            for (int round = 0; round < plan.rounds(); round++) {
                Duration cpu = gateway.cpu();
                Duration server = serverCpu();
                Load.Result result = load.closed(gateway.port(), callers, Duration.ZERO, plan.time(), Bench::event);
                System.out.printf(
                        "%s: %.0f us CPU a call, %.0f of PostgreSQL; %s%n",
                        name,
                        micros(gateway.cpu().minus(cpu), result),
                        micros(serverCpu().minus(server), result),
                        result);
                counts = counts.plus(result);
            }
        }
        return counts;
    }

    private static Duration serverCpu() {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::info)
                .filter(info -> info.command().orElse("").endsWith("/postgres"))
                .map(info -> info.totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Talon.One takes its time. */
    private Counts slow() {
        Duration latency = plan.latency();
        Counts counts = new Counts(0, 0, 0, 0);
        try (Upstream upstream = new Upstream(latency, OK);
                Target gateway = gateway(upstream.port(), store());
                Load load = new Load()) {
            for (int connections : plan.connections()) {
                load.closed(gateway.port(), connections, latency, plan.warmUp(), Bench::event);
                Duration cpu = gateway.cpu();
                Load.Result result = load.closed(gateway.port(), connections, latency, plan.time(), Bench::event);
                cpu = gateway.cpu().minus(cpu);
                double possible = connections * 1000.0 / latency.toMillis();
                System.out.printf(
                        "%d connections: %.0f %% of %.0f/s; gateway %.2f cores, %.0f us CPU a call; %s%n",
                        connections,
                        100 * result.perSecond() / possible,
                        possible,
                        cpu.toNanos() / 1e9 / plan.time().toSeconds(),
                        micros(cpu, result),
                        result);
                counts = counts.plus(result);
            }
        }
        return counts;
    }

    /** 100 events of one profile at once; the sandbox refuses the fourth at the same time. */
    private Counts burst() {
        Counts counts = null;
        try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
                Target gateway = gateway(sandbox.port(), store());
                Load load = new Load()) {
            load.open(gateway.port(), 50, plan.warmUp().dividedBy(3), Bench::event);
            SandboxControl control = new SandboxControl(new Http(sandbox.port()));
            for (int round = 0; round < plan.rounds(); round++) {
                control.forgetCalls();
                Load.Result result =
                        load.open(gateway.port(), 100_000, Duration.ofMillis(1), i -> event("one", Seed.HOST, i));
                counts = Counts.of(result, refused(control, 409));
                System.out.printf("upstream 409: %d; %s%n", counts.refusedUpstream(), result);
            }
        }
        return counts;
    }

    /** Events of a deployment that fails and is left alone, beside those of one that does not, at one gateway. */
    private Counts breaker() {
        try (Upstream working = new Upstream(Duration.ZERO, OK);
                Upstream failing = new Upstream(Duration.ZERO, FAILING)) {
            Map<String, String> more = new HashMap<>(store());
            more.put("gateway.deployments.failing.host", FAILING_HOST);
            more.put("gateway.deployments.failing.base-url", "http://127.0.0.1:" + failing.port());
            more.put("gateway.breaker-pause", "60000");
            try (Target gateway = gateway(working.port(), more);
                    Load load = new Load()) {
                Load.Result opening = load.open(gateway.port(), 50, Duration.ofSeconds(1), Bench::failingEvent);
                Counts counts = compare(
                        load,
                        List.of(
                                new Runner("working", gateway, Bench::event),
                                new Runner("left alone", gateway, Bench::failingEvent)));
                System.out.println("before it was left alone: " + opening);
                return counts;
            }
        }
    }

    private Counts growth() {
        return growth(store());
    }

    private Counts growthOnPostgres() {
        return growth(Postgres.newStore());
    }

    /** The cost of a call beside how many answers are stored. */
    private Counts growth(Map<String, String> store) {
        Counts counts = new Counts(0, 0, 0, 0);
        int stored = 0;
        double first = 0;
        try (Upstream upstream = new Upstream(Duration.ZERO, OK);
                Load load = new Load()) {
            for (int goal : plan.stored()) {
                StoredAnswers.add(store, goal - stored);
                stored = goal;
                try (Target gateway = gateway(upstream.port(), store)) {
                    load.open(gateway.port(), plan.rate(), plan.warmUp(), Bench::event);
                    List<Double> costs = new ArrayList<>();
                    for (int round = 0; round < plan.rounds(); round++) {
                        Duration cpu = gateway.cpu();
                        Load.Result result = load.open(gateway.port(), plan.rate(), plan.time(), Bench::event);
                        costs.add(micros(gateway.cpu().minus(cpu), result));
                        System.out.printf("%d stored: %.0f us CPU a call; %s%n", goal, costs.get(round), result);
                        counts = counts.plus(result);
                    }
                    double median = median(costs);
                    first = first == 0 ? median : first;
                    System.out.printf(
                            "%d stored: %.2f of the cost at %d%n",
                            goal, median / first, plan.stored().get(0));
                }
            }
        }
        return counts;
    }

    private static Map<String, String> store() {
        return Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile());
    }

    private Target gateway(int upstream, Map<String, String> more) {
        return Target.gateway(settings(upstream, more), plan.smoke());
    }

    static Map<String, String> settings(int upstream, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("gateway.sandbox", "false");
        settings.put("gateway.deployments.bench.host", Seed.HOST);
        settings.put("gateway.deployments.bench.base-url", "http://127.0.0.1:" + upstream);
        settings.put("gateway.deployments.bench.management-key", Seed.MANAGEMENT_KEY);
        return settings;
    }

    private static double micros(Duration cpu, Load.Result result) {
        return cpu.toNanos() / 1e3 / result.times.getTotalCount();
    }

    static Load.Call coupon(int number) {
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
        return event("profile-" + UUID.randomUUID(), Seed.HOST, number);
    }

    private static Load.Call failingEvent(int number) {
        return event("profile-" + UUID.randomUUID(), FAILING_HOST, number);
    }

    private static Load.Call event(String profile, String host, int number) {
        return new Load.Call(
                HttpMethod.POST,
                "/braze/event",
                "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + profile
                        + "\",\"identifier\":\"" + UUID.randomUUID() + "\",\"eventAttributes\":{\"product\":\"shoe\","
                        + "\"tags\":[\"new\",\"red\"],\"amount\":" + number + ".95}}",
                "Content-Type",
                "application/json",
                "Authorization",
                "ApiKey-v1 " + Seed.DEMO_SHOP_KEY,
                "destination-hostname",
                host);
    }
}
