package dev.partnergateway.queue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Partners queue calls while one of two gateways that share the work is rolled out, stands still, wakes up and is killed, and
 * Talon.One refuses some of them. Afterwards what Talon.One holds is compared with what partners were told: each accepted call
 * once, those of a profile in their order; what was refused once more is replayed, and then there, too.
 */
final class QueueStorm {

    /** What a partner was told of a call. */
    private enum Told {
        ACCEPTED,
        /** The connection broke: it may have been accepted. */
        NOTHING
    }

    private static final int PARTNERS = 6;
    private static final Duration AT_LEAST = Duration.ofMillis(20);

    private final GatewayUnderTest steady;
    private final SandboxControl sandbox;
    private final Map<String, String> early;
    private final Map<String, String> late;
    private final String prefix;
    private final List<String> profiles = new ArrayList<>();
    private final List<Map<String, Told>> told = new ArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private volatile Http other;
    private volatile boolean over;

    /**
     * Prepares it.
     *
     * @param steady the gateway that stays, with the sandbox inside
     * @param early settings of the other one as it is started first
     * @param late settings of the other one after a roll-out
     * @param prefix begins the names of this storm's calls
     */
    QueueStorm(GatewayUnderTest steady, Map<String, String> early, Map<String, String> late, String prefix) {
        this.steady = steady;
        this.sandbox = steady.sandbox();
        this.early = early;
        this.late = late;
        this.prefix = prefix;
    }

    /**
     * Lets it blow.
     *
     * @param rounds how often the other gateway is rolled out, stopped and killed
     * @param pauses milliseconds for which it stands still, in each round
     * @param between what else happens in the middle of a round
     * @return everything that is not as partners were told
     */
    List<String> blow(int rounds, int pauses, IntConsumer between) throws IOException {
        for (int i = 0; i < PARTNERS; i++) {
            profiles.add(Calls.profile(steady.partner()));
            told.add(new TreeMap<>());
        }
        sandbox.fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"delay\",\"delayMillis\":30,\"times\":0,"
                + "\"probability\":0.5}");
        sandbox.fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"status\",\"status\":400,\"times\":0,"
                + "\"probability\":0.02}");
        sandbox.fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"commit-then-reset\",\"times\":0,"
                + "\"probability\":0.01}");
        ExecutorService partners = Executors.newFixedThreadPool(PARTNERS);
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < PARTNERS; i++) {
            int partner = i;
            calls.add(CompletableFuture.runAsync(() -> call(partner), partners));
        }
        try {
            for (int round = 0; round < rounds; round++) {
                breakOther(pauses, between, round);
            }
        } finally {
            over = true;
            calls.forEach(CompletableFuture::join);
            partners.shutdownNow();
        }
        sandbox.endFaults();
        return compared();
    }

    private void breakOther(int pauses, IntConsumer between, int round) throws IOException {
        Path home = GatewayProcess.workingDirectory();
        Files.writeString(
                home.resolve("application.properties"),
                "\ncamel.component.kafka.session-timeout-ms=2000\ncamel.component.kafka.heartbeat-interval-ms=500\n",
                StandardOpenOption.APPEND);
        try (GatewayProcess process = GatewayProcess.start(home, round % 2 == 0 ? late : early)) {
            Await.until(
                    process::output, () -> process.management().metric("gateway_queue_deliveries_seconds_count") > 0);
            other = process.partner();
            goOn(60);
            other = null;
            process.signal("STOP");
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauses);
            between.accept(round);
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            process.signal("CONT");
            other = process.partner();
            goOn(30);
            other = null;
            process.kill();
        }
    }

    /** Waits until so many more calls were made. */
    private void goOn(int more) {
        int until = sent.get() + more;
        Await.until(sent::get, () -> sent.get() >= until);
    }

    /** One partner: all calls about one profile, one after the other; every second of them can be repeated safely. */
    private void call(int partner) {
        for (int number = 0; !over; number++) {
            String name = String.format("%s%d-%06d", prefix, partner, number);
            boolean keyed = partner % 2 == 0;
            Told outcome = once(partner, name, keyed);
            if (outcome != null) {
                told.get(partner).put(name, outcome);
            }
            sent.incrementAndGet();
            LockSupport.parkNanos(AT_LEAST.toNanos());
        }
    }

    private Told once(int partner, String name, boolean keyed) {
        for (int tries = 0; tries < 1000; tries++) {
            Http second = other;
            Http gateway = second != null && (partner + tries) % 2 == 0 ? second : steady.partner();
            try {
                Http.Answer answer = keyed
                        ? Calls.points(gateway, profiles.get(partner), name, "Idempotency-Key", name)
                        : Calls.points(gateway, profiles.get(partner), name);
                if (answer.status() == 204) {
                    return Told.ACCEPTED;
                }
                if (answer.status() == 504 && !keyed) {
                    return Told.NOTHING;
                }
            } catch (UncheckedIOException e) {
                if (!keyed) {
                    return Told.NOTHING;
                }
            }
            if (over && tries > 100) {
                return Told.NOTHING;
            }
            LockSupport.parkNanos(AT_LEAST.toNanos());
        }
        return Told.NOTHING;
    }

    private List<String> compared() {
        Set<String> dead = new HashSet<>();
        Await.until(
                this::state,
                () -> steady.management().metric("gateway_queue_waiting ") == 0
                        && steady.management().metric("gateway_queue_lag ") == 0
                        && missing().size() <= dead().size());
        dead.addAll(missing());
        List<String> wrong = new ArrayList<>(disorder(dead));
        int letters = dead().size();
        int replayed = steady.operator()
                .send("POST", "/dead-letters/replay?operation=" + Calls.POINTS, "", "Content-Type", "application/json")
                .json()
                .path("replayed")
                .asInt();
        if (replayed != letters) {
            wrong.add(replayed + " of " + letters + " dead letters were replayed");
        }
        Await.until(this::state, () -> missing().isEmpty());
        wrong.addAll(twice());
        return wrong;
    }

    private String state() {
        return "missing " + missing() + ", dead " + dead().size() + ", waiting "
                + steady.management().metric("gateway_queue_waiting ") + ", lag "
                + steady.management().metric("gateway_queue_lag ");
    }

    private List<String> dead() {
        List<String> dead = new ArrayList<>();
        steady.operator()
                .send("GET", "/dead-letters?operation=" + Calls.POINTS, (String) null)
                .json()
                .forEach(letter -> dead.add(letter.path("requestId").asText()));
        return dead;
    }

    private Map<Integer, List<String>> held() {
        Map<Integer, List<String>> held = new HashMap<>();
        sandbox.ledger("transactions").forEach(transaction -> {
            String name = transaction.path("name").asText();
            if (name.startsWith(prefix)) {
                held.computeIfAbsent(
                                Integer.parseInt(name.substring(prefix.length(), prefix.length() + 1)),
                                first -> new ArrayList<>())
                        .add(name);
            }
        });
        return held;
    }

    /** Accepted calls that Talon.One does not hold. */
    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        Map<Integer, List<String>> held = held();
        for (int i = 0; i < PARTNERS; i++) {
            Set<String> there = new HashSet<>(held.getOrDefault(i, List.of()));
            told.get(i).forEach((name, outcome) -> {
                if (outcome == Told.ACCEPTED && !there.contains(name)) {
                    missing.add(name);
                }
            });
        }
        return missing;
    }

    private List<String> twice() {
        List<String> twice = new ArrayList<>();
        held().values().forEach(names -> {
            Set<String> seen = new HashSet<>();
            names.stream().filter(name -> !seen.add(name)).forEach(name -> twice.add(name + " was carried out twice"));
        });
        return twice;
    }

    private List<String> disorder(Set<String> dead) {
        List<String> disorder = new ArrayList<>(twice());
        held().values().forEach(names -> {
            String last = "";
            for (String name : names) {
                if (name.compareTo(last) < 0 && !dead.contains(name)) {
                    disorder.add(name + " was carried out after " + last);
                }
                last = name;
            }
        });
        return disorder;
    }

    /** How many calls were made. */
    int calls() {
        return sent.get();
    }
}
