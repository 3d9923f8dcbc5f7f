package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What this process's metrics said every ten seconds of the last hour: for charts without a monitoring system. */
public final class LastHour {

    /** Pause between two looks. */
    public static final Duration EVERY = Duration.ofSeconds(10);

    private static final int KEPT = 360;

    /** More lines are in no chart that a person can read. */
    private static final int MOST_LINES = 200;

    private static final String CALLS = "gateway.requests";

    /** Gauges that are shown as they are, and the chart that shows them. */
    private static final Map<String, String> GAUGES = Map.of(
            "gateway.budget.left", "turns left",
            "gateway.budget.waiting", "calls waiting for a turn",
            "gateway.sequence.waiting", "calls waiting for a profile",
            "gateway.coupon.batch.waiting", "coupons waiting for a file",
            "gateway.breaker.open", "breaker open",
            "gateway.store.waiting", "statements waiting for the store",
            "gateway.queue.waiting", "queued calls waiting",
            "gateway.requests.running", "calls running",
            "process.cpu.usage", "CPU");

    private final MeterRegistry meters;
    private final Map<String, Map<String, float[]>> charts = new TreeMap<>();
    private final long[] times = new long[KEPT];
    private final Map<Meter.Id, Counts> before = new HashMap<>();
    private int next;
    private int lines;

    /** Counts of a timer at the last look. */
    private record Counts(long all, double[] atMost) {}

    /** What happened between two looks, summed up over several timers. */
    private static final class Sum {

        private long all;
        private double[] bounds = {};
        private double[] atMost = {};

        void add(Counts now, Counts then, double[] itsBounds) {
            all += now.all() - (then == null ? 0 : then.all());
            if (atMost.length < now.atMost().length) {
                bounds = itsBounds;
                atMost = Arrays.copyOf(atMost, now.atMost().length);
            }
            for (int i = 0; i < now.atMost().length; i++) {
                atMost[i] += now.atMost()[i] - (then == null || then.atMost().length <= i ? 0 : then.atMost()[i]);
            }
        }

        /** Milliseconds within which a part of the calls was answered; within a bucket it is taken to grow evenly. */
        float quantile(double part) {
            if (all == 0 || atMost.length == 0) {
                return Float.NaN;
            }
            double wanted = part * all;
            double below = 0;
            double from = 0;
            for (int i = 0; i < atMost.length; i++) {
                if (atMost[i] >= wanted) {
                    double share = atMost[i] == below ? 1 : (wanted - below) / (atMost[i] - below);
                    return (float) (from + share * (bounds[i] - from));
                }
                below = atMost[i];
                from = bounds[i];
            }
            return (float) from;
        }
    }

    /** Looks at these meters. */
    public LastHour(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Looks once; to be called every ten seconds, by one thread. */
    public synchronized void look() {
        int at = next % KEPT;
        times[at] = System.currentTimeMillis() / 1000;
        charts.values().forEach(chart -> chart.values().forEach(line -> line[at] = Float.NaN));
        Sum all = new Sum();
        Map<String, Sum> integrations = new TreeMap<>();
        Map<String, Long> failures = new TreeMap<>();
        for (Meter meter : meters.getMeters()) {
            if (meter instanceof Timer timer && meter.getId().getName().equals(CALLS)) {
                look(timer, all, integrations, failures);
            } else {
                gauge(meter, at);
            }
        }
        float seconds = EVERY.toSeconds();
        integrations.forEach((name, sum) -> {
            set("calls a second", name, at, sum.all / seconds);
            set("99th percentile, ms", name, at, sum.quantile(0.99));
        });
        failures.forEach((name, count) -> set("failed calls a second", name, at, count / seconds));
        set("time to answer, ms", "median", at, all.quantile(0.5));
        set("time to answer, ms", "99th percentile", at, all.quantile(0.99));
        next++;
    }

    private void look(Timer timer, Sum all, Map<String, Sum> integrations, Map<String, Long> failures) {
        CountAtBucket[] buckets = timer.takeSnapshot().histogramCounts();
        double[] bounds = new double[buckets.length];
        double[] atMost = new double[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            bounds[i] = buckets[i].bucket(TimeUnit.MILLISECONDS);
            atMost[i] = buckets[i].count();
        }
        Counts now = new Counts(timer.count(), atMost);
        Counts then = before.put(timer.getId(), now);
        String integration = timer.getId().getTag("integration");
        String status = timer.getId().getTag("status");
        all.add(now, then, bounds);
        integrations.computeIfAbsent(integration, name -> new Sum()).add(now, then, bounds);
        long more = now.all() - (then == null ? 0 : then.all());
        if (!status.startsWith("2")) {
            failures.merge(integration + " " + status, more, Long::sum);
        }
    }

    private void gauge(Meter meter, int at) {
        String chart = GAUGES.get(meter.getId().getName());
        if (chart != null) {
            StringBuilder name = new StringBuilder();
            meter.getId().getTags().forEach(tag -> name.append(name.isEmpty() ? "" : " ")
                    .append(tag.getValue()));
            meter.measure()
                    .forEach(measured -> set(
                            chart, name.isEmpty() ? "this gateway" : name.toString(), at, (float) measured.getValue()));
        }
    }

    private void set(String chart, String line, int at, float value) {
        Map<String, float[]> lineOf = charts.computeIfAbsent(chart, name -> new TreeMap<>());
        float[] values = lineOf.get(line);
        if (values == null && lines < MOST_LINES) {
            lines++;
            values = new float[KEPT];
            Arrays.fill(values, Float.NaN);
            lineOf.put(line, values);
        }
        if (values != null) {
            values[at] = value;
        }
    }

    /** Every chart: its times in seconds since 1970 UTC, and its lines; null where nothing is known. */
    synchronized ObjectNode show() {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        int known = Math.min(next, KEPT);
        ArrayNode shownTimes = shown.putArray("times");
        for (int i = next - known; i < next; i++) {
            shownTimes.add(times[i % KEPT]);
        }
        ObjectNode shownCharts = shown.putObject("charts");
        charts.forEach((chart, itsLines) -> {
            ObjectNode shownLines = shownCharts.putObject(chart);
            itsLines.forEach((line, values) -> {
                ArrayNode points = shownLines.putArray(line);
                for (int i = next - known; i < next; i++) {
                    float value = values[i % KEPT];
                    if (Float.isFinite(value)) {
                        points.add(Math.round(value * 1000) / 1000.0);
                    } else {
                        points.addNull();
                    }
                }
            });
        });
        return shown.put("until", Instant.now().toString());
    }
}
