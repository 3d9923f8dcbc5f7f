package dev.partnergateway.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.PostgresServer;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.SandboxProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many partner calls while everything breaks: gateways are killed, Talon.One misbehaves, the database restarts. Then
 * peace, every call is answered, and what Talon.One holds is compared with what partners were told.
 */
final class Storm {

    private static final double REPEATS = 0.3;
    private static final int RECENT = 200;
    private static final int FIRST = 1000;
    private static final int MANY = 20;
    private static final long LONGEST_MINUTES = 90;

    private final int calls;
    private final int kills;
    private final int gateways;
    private final int callers;
    private final int databaseRestarts;
    private final boolean postgres;
    private final int faults;
    private final int managementRate;
    private final Path replacements;
    private final List<Wish> wishes = Collections.synchronizedList(new ArrayList<>());
    private final List<String> codes = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger restarted = new AtomicInteger();
    private final CountDownLatch broken = new CountDownLatch(1);
    private final long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Integer.getInteger("proof.minutes", 60));
    private final Path evidence = folder();
    private volatile Throwable failure;

    private Storm(Builder wanted) {
        this.calls = wanted.calls;
        this.kills = wanted.kills;
        this.gateways = wanted.gateways;
        this.callers = wanted.callers;
        this.databaseRestarts = wanted.databaseRestarts;
        this.postgres = wanted.postgres;
        this.faults = wanted.faults;
        this.managementRate = wanted.managementRate;
        this.replacements = wanted.replacements;
    }

    /** How hard it blows. */
    static final class Builder {
        private int calls = 1500;
        private int kills = 6;
        private int gateways = 2;
        private int callers = 24;
        private int databaseRestarts = 1;
        private boolean postgres = true;
        private int faults = 1;
        private int managementRate;
        private Path replacements;

        Builder calls(int most) {
            calls = most;
            return this;
        }

        Builder kills(int most) {
            kills = most;
            return this;
        }

        /** Instead of two gateways on PostgreSQL, one on SQLite. */
        Builder onSqlite() {
            postgres = false;
            gateways = 1;
            databaseRestarts = 0;
            return this;
        }

        Builder databaseRestarts(int most) {
            databaseRestarts = most;
            return this;
        }

        /** How many times as likely as usual Talon.One misbehaves, 1 to 4. */
        Builder faults(int factor) {
            faults = factor;
            return this;
        }

        /** How many partners call at the same time. */
        Builder callers(int number) {
            callers = number;
            return this;
        }

        /** How many gateways share the store. */
        Builder gateways(int number) {
            gateways = number;
            return this;
        }

        /** Calls a second to each Management endpoint, shared by all gateways; few make them create coupons in batches. */
        Builder managementRate(int perSecond) {
            managementRate = perSecond;
            return this;
        }

        /** Classes that replace the gateway's own. */
        Builder replacing(Path classes) {
            replacements = classes;
            return this;
        }

        Report blow() {
            return new Storm(this).blow();
        }
    }

    private Report blow() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "gateway.deadline.braze", "1800",
                "gateway.settle-time", "" + Integer.getInteger("proof.settle-time", 3000),
                "gateway.sweep-interval", "300",
                "gateway.breaker-pause", "500",
                "gateway.store.connections", "20",
                "gateway.reload", "false"));
        long begun = System.nanoTime();
        try (SandboxProcess sandbox = new SandboxProcess();
                PostgresServer database = postgres ? new PostgresServer() : null) {
            settings.putAll(sandbox.deployment());
            settings.put("gateway.deployments.proof.management-rate", Integer.toString(managementRate));
            settings.putAll(
                    postgres
                            ? database.store()
                            : Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile()));
            SandboxControl control = sandbox.control();
            control.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":0}");
            misbehave(control);
            Report report;
            Classes classes =
                    replacements != null || kills < MANY ? Classes.of(replacements) : Classes.archived(settings);
            try (Fleet fleet = new Fleet(gateways, settings, classes, evidence, this::due)) {
                Caller caller = new Caller(fleet.ports(), asked);
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < callers; i++) {
                    threads.add(begin(() -> ask(fleet, caller), "partner " + i));
                }
                Thread restarter = begin(() -> restart(fleet, database), "database");
                Thread reporter = begin(() -> report(fleet, begun), "reporter");
                join(threads);
                broken.countDown();
                join(List.of(restarter, reporter));
                fleet.peace();
                control.endFaults();
                // Whoever has no answer yet asks until there is one; some ask once more.
                threads.clear();
                AtomicInteger next = new AtomicInteger();
                for (int i = 0; i < callers; i++) {
                    threads.add(begin(() -> settle(caller, next), "partner " + i));
                }
                join(threads);
                fleet.check();
                if (failure != null) {
                    throw new AssertionError("the storm itself failed", failure);
                }
                report = Checker.compare(wishes, control);
                long parked = wishes.stream().filter(wish -> wish.parked).count();
                if (fleet.parked() != parked) {
                    report.violation(parked + " calls are left to the operator, who is shown " + fleet.parked());
                }
                if (!report.violations().isEmpty()) {
                    keep(control, database == null ? settings.get("gateway.store.url") : "" + database.data());
                }
                report.count("calls", asked.get());
                report.count("imports", control.calls("importCoupons").size());
                report.count("wishes", wishes.size());
                report.count("repeats", repeated.get());
                report.count("attempts", caller.attempts());
                report.count("kills", fleet.killed());
                report.count("coupons shared", fleet.sharedCoupons());
                report.count("database restarts", restarted.get());
                report.count("seconds", (System.nanoTime() - begun) / 1_000_000_000L);
                control.faultsMet()
                        .properties()
                        .forEach(kind -> report.count(
                                "fault " + kind.getKey(), kind.getValue().asLong()));
            }
            return report;
        }
    }

    /** Beside what the gateways printed: what Talon.One holds, what partners were told, and where the rows are. */
    private void keep(SandboxControl control, String rows) {
        try {
            for (String ledger : List.of("coupons", "referrals", "events", "transactions")) {
                Files.write(
                        evidence.resolve(ledger),
                        control.ledger(ledger).stream().map(JsonNode::toString).toList());
            }
            Files.write(
                    evidence.resolve("wishes"),
                    wishes.stream()
                            .map(wish -> String.join(
                                    " | ",
                                    "" + wish.kind,
                                    wish.name,
                                    wish.body,
                                    "" + wish.key,
                                    "" + wish.answers,
                                    wish.parked ? "parked" : "",
                                    "" + wish.refused))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println("Evidence is in " + evidence + ", rows are in " + rows);
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("storm");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each call meets a fault with a small probability; those of reading operations are what recovery meets. */
    private void misbehave(SandboxControl control) {
        for (String operation : List.of(
                "createCoupons",
                "importCoupons",
                "createReferral",
                "trackEventV2",
                "createCouponReservation",
                "addLoyaltyPoints")) {
            fault(control, operation, "commit-then-reset", 0.03, "");
            fault(control, operation, "commit-then-hang", 0.02, "");
            fault(control, operation, "reset", 0.03, "");
            fault(control, operation, "status", 0.03, ",\"status\":500");
            fault(control, operation, "status", 0.01, ",\"status\":429,\"retryAfter\":1");
            fault(control, operation, "garbage", 0.01, "");
            fault(control, operation, "delay", 0.05, ",\"delayMillis\":300");
            fault(control, operation, "delay", 0.01, ",\"delayMillis\":1900");
        }
        for (String operation : List.of(
                "getCouponsWithoutTotalCount", "getCustomerInventory", "getLoyaltyProgramProfileTransactions")) {
            fault(control, operation, "status", 0.1, ",\"status\":500");
            fault(control, operation, "reset", 0.05, "");
            fault(control, operation, "delay", 0.1, ",\"delayMillis\":400");
        }
        for (String operation : List.of("integrationGetAllCampaigns", "getCampaign", "getLoyaltyProgram")) {
            fault(control, operation, "status", 0.05, ",\"status\":503");
        }
    }

    private void fault(SandboxControl control, String operation, String kind, double probability, String more) {
        control.fault("{\"operation\":\"" + operation + "\",\"kind\":\"" + kind + "\",\"probability\":"
                + probability * faults
                + ",\"times\":0" + more + "}");
    }

    private void ask(Fleet fleet, Caller caller) {
        ThreadLocalRandom dice = ThreadLocalRandom.current();
        while (failure == null && System.nanoTime() < end && (asked.get() < calls || fleet.killed() < kills)) {
            fleet.check();
            Wish wish;
            int size = wishes.size();
            if (size > 0 && dice.nextDouble() < REPEATS) {
                wish = wishes.get(size - 1 - dice.nextInt(Math.min(size, RECENT)));
                repeated.incrementAndGet();
            } else {
                wish = newWish(dice);
            }
            caller.askUntilAnswered(wish);
            if (wish.kind == Wish.Kind.COUPON && wish.answered) {
                codes.add(Checker.code(wish.answers.peek()));
            }
        }
    }

    private Wish newWish(ThreadLocalRandom dice) {
        synchronized (wishes) {
            int number = FIRST + wishes.size();
            int what = dice.nextInt(11);
            Wish wish;
            if (what < 3) {
                wish = Wish.couponFor(number);
            } else if (what < 5) {
                wish = Wish.couponForAnybody(number);
            } else if (what < 7) {
                wish = Wish.referral(number);
            } else if (what < 8) {
                wish = Wish.points(number);
            } else if (what < 10 || codes.isEmpty()) {
                wish = Wish.event(number);
            } else {
                wish = Wish.reservation(number, codes.get(codes.size() - 1));
            }
            wishes.add(wish);
            return wish;
        }
    }

    private void settle(Caller caller, AtomicInteger next) {
        for (int i = next.getAndIncrement(); i < wishes.size(); i = next.getAndIncrement()) {
            Wish wish = wishes.get(i);
            boolean recent = wishes.size() - i <= 5 * RECENT;
            if (!wish.answered && !wish.parked || recent && i % 3 == 0) {
                caller.askUntilAnswered(wish);
            }
        }
    }

    /** Kills go along with calls, however slow the machine is: the first comes early, and none is left out. */
    private int due() {
        int begun = asked.get();
        return begun == 0 ? 0 : Math.min(kills, 1 + (int) ((long) begun * kills / calls));
    }

    private void report(Fleet fleet, long begun) {
        try {
            while (!broken.await(10, TimeUnit.SECONDS)) {
                System.out.printf(
                        "%4d s: %d calls, %d kills, %d database restarts%n",
                        (System.nanoTime() - begun) / 1_000_000_000L, asked.get(), fleet.killed(), restarted.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void restart(Fleet fleet, PostgresServer database) {
        try {
            for (int i = 1; i <= databaseRestarts; i++) {
                // Spread over the kills.
                while (fleet.killed() < kills * i / (databaseRestarts + 1)) {
                    if (broken.await(100, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
                database.stop();
                broken.await(ThreadLocalRandom.current().nextInt(1500), TimeUnit.MILLISECONDS);
                database.start();
                restarted.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread begin(Runnable work, String name) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        failure = e;
                    }
                },
                name);
        thread.start();
        return thread;
    }

    private static void join(List<Thread> threads) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(LONGEST_MINUTES);
        try {
            for (Thread thread : threads) {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
                if (thread.isAlive()) {
                    throw new AssertionError(thread.getName() + " does not come to an end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
