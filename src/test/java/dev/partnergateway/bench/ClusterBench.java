package dev.partnergateway.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.cluster.SharedAllowance;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.Allowance.Grant;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What gateways on one PostgreSQL cost each other (bench/README.md). Arguments: {@code allowance}, {@code coupons}. */
public final class ClusterBench {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 20));

    private ClusterBench() {}

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("allowance")) {
            allowance();
        }
        if (List.of(arguments).contains("coupons")) {
            for (int gateways : new int[] {1, 3, 6}) {
                coupons(gateways);
            }
        }
        System.exit(0);
    }

    /** What it takes to ask for a call of the shared budget: gateways that ask again as soon as it is worth it. */
    private static void allowance() throws Exception {
        for (int perSecond : new int[] {3, 100}) {
            for (int gateways : new int[] {1, 2, 4}) {
                allowance(gateways, perSecond);
            }
        }
    }

    private static void allowance(int gateways, int perSecond) throws Exception {
        Map<String, String> settings = Postgres.newStore();
        Properties properties = new Properties();
        properties.putAll(settings);
        Histogram given = new ConcurrentHistogram(3);
        Histogram refused = new ConcurrentHistogram(3);
        Histogram ended = new ConcurrentHistogram(3);
        List<Store> stores = new ArrayList<>();
        for (int i = 0; i < gateways; i++) {
            stores.add(Store.open(
                    Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(gateways);
        for (int warm = 0; warm < 2; warm++) {
            given.reset();
            refused.reset();
            ended.reset();
            long end = System.nanoTime() + TIME.toNanos() / (warm == 0 ? 4 : 1);
            CompletableFuture.allOf(stores.stream()
                            .map(store -> CompletableFuture.runAsync(
                                    () -> ask(new SharedAllowance(store), perSecond, end, given, refused, ended),
                                    threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
        threads.shutdownNow();
        stores.forEach(Store::close);
        System.out.printf(
                "%d calls/s, %d gateways: %.1f given/s, %.1f refused/s; ms given %s, refused %s, given back %s%n",
                perSecond,
                gateways,
                given.getTotalCount() / (double) TIME.toSeconds(),
                refused.getTotalCount() / (double) TIME.toSeconds(),
                millis(given),
                millis(refused),
                millis(ended));
    }

    private static void ask(
            SharedAllowance allowance, int perSecond, long end, Histogram given, Histogram refused, Histogram ended) {
        while (System.nanoTime() < end) {
            long begun = System.nanoTime();
            Grant grant = allowance.take("bench importCoupons", perSecond);
            long took = System.nanoTime() - begun;
            if (grant.taken()) {
                given.recordValue(took);
                begun = System.nanoTime();
                grant.end().end(true);
                ended.recordValue(System.nanoTime() - begun);
            } else {
                refused.recordValue(took);
                LockSupport.parkNanos(grant.pause().toNanos());
            }
        }
    }

    private static String millis(Histogram times) {
        return String.format(
                "p50 %.2f p99 %.2f", times.getValueAtPercentile(50) / 1e6, times.getValueAtPercentile(99) / 1e6);
    }

    /** Coupons at a steady rate, in turn over gateways on one database, for partners who wait for 1.8 seconds. */
    private static void coupons(int gateways) throws Exception {
        double perSecond = Integer.getInteger("bench.rate", 60);
        Map<String, String> settings = new HashMap<>(Postgres.newStore());
        try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
                Load load = new Load()) {
            settings.put("gateway.sandbox", "false");
            settings.putAll(Bench.settings(sandbox.port(), Map.of()));
            List<GatewayUnderTest> all = IntStream.range(0, gateways)
                    .mapToObj(i -> GatewayUnderTest.start(settings))
                    .toList();
            Http control = new Http(sandbox.port());
            List<Load.Result> results = List.of();
            for (int warm = 0; warm < 2; warm++) {
                control.send("DELETE", "/sandbox/calls", "");
                Duration time = warm == 0 ? TIME.dividedBy(2) : TIME;
                results = all.stream()
                        .map(gateway -> CompletableFuture.supplyAsync(
                                () -> load.open(gateway.partner().port(), perSecond / gateways, time, Bench::coupon)))
                        .toList()
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();
            }
            Map<String, Integer> calls = new TreeMap<>();
            for (JsonNode call :
                    control.send("GET", "/sandbox/calls", (String) null).json()) {
                calls.merge(
                        call.path("operation").asText()
                                + ' '
                                + call.path("status").asText(),
                        1,
                        Integer::sum);
            }
            Map<Integer, Integer> statuses = new TreeMap<>();
            Histogram times = new Histogram(3);
            for (Load.Result result : results) {
                result.statuses.forEach((status, count) -> statuses.merge(status, count.get(), Integer::sum));
                times.add(result.good);
            }
            System.out.printf(
                    "%d gateways, %.0f coupons/s: %s; ms %s; upstream %s%n",
                    gateways, perSecond, statuses, millis(times), calls);
            all.forEach(GatewayUnderTest::close);
        }
    }
}
