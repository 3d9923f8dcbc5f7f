package dev.partnergateway.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.PostgresServer;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.SandboxProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Many partner calls while everything breaks: gateways are killed, stand still, and have wrong clocks, Talon.One
 * misbehaves, the database restarts, takes no writes, and has rows locked, keys are rotated and pruned. Then peace, every
 * call is answered, and what Talon.One holds is compared with what partners were told.
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
    private final int longestFreeze;
    private final int longestLock;
    private final KeyRotation.Way rotation;
    private final int skewMillis;
    private final int switchovers;
    private final int listingLagMillis;
    private final boolean halves;
    private final Duration window;
    private final Path replacements;
    private final boolean untilMadeTwice;
    private final List<Wish> wishes = Collections.synchronizedList(new ArrayList<>());
    private final List<String> codes = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger restarted = new AtomicInteger();
    private final AtomicInteger switched = new AtomicInteger();
    private final CountDownLatch broken = new CountDownLatch(1);
    private final CountDownLatch settled = new CountDownLatch(1);
    private final long end;
    private final Path evidence = folder();
    private volatile boolean enough;
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
        this.longestFreeze = wanted.longestFreeze;
        this.longestLock = wanted.longestLock;
        this.rotation = wanted.rotation;
        this.skewMillis = wanted.skewMillis;
        this.switchovers = wanted.switchovers;
        this.listingLagMillis = wanted.listingLagMillis;
        this.halves = wanted.halves;
        this.window = wanted.window;
        this.replacements = wanted.replacements;
        this.untilMadeTwice = wanted.untilMadeTwice;
        this.end = System.nanoTime() + wanted.longest.toNanos();
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
        private int longestFreeze;
        private int longestLock;
        private KeyRotation.Way rotation = KeyRotation.Way.NONE;
        private int skewMillis;
        private int switchovers;
        private int listingLagMillis;
        private boolean halves;
        private Duration window = Duration.ZERO;
        private Duration longest = Duration.ofHours(1);
        private Path replacements;
        private boolean untilMadeTwice;

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

        /** Gateways stand still now and then, for up to so many seconds; 0 = they do not. */
        Builder freezes(int longestSeconds) {
            longestFreeze = longestSeconds;
            return this;
        }

        /** Another client holds rows of PostgreSQL, for up to so many seconds; 0 = there is none. */
        Builder rowLocks(int longestSeconds) {
            longestLock = longestSeconds;
            return this;
        }

        /** The encryption key is changed again and again. */
        Builder rotation(KeyRotation.Way how) {
            rotation = how;
            return this;
        }

        /** How far the clocks of gateways are apart, at most. */
        Builder skew(int millis) {
            skewMillis = millis;
            return this;
        }

        /** How many times PostgreSQL takes no writes for some seconds, as a server that has become a standby. */
        Builder switchovers(int number) {
            switchovers = number;
            return this;
        }

        /** How long what Talon.One has made is not in its lists. */
        Builder listingLag(int millis) {
            listingLagMillis = millis;
            return this;
        }

        /** Talon.One stops in the middle of files now and then, and says that it has failed or refused. */
        Builder halves(boolean does) {
            halves = does;
            return this;
        }

        /**
         * How long keys are kept, in whole minutes: what is older is pruned while calls run, and nobody asks for it
         * again. 0 = as the routes say.
         */
        Builder window(Duration kept) {
            window = kept;
            return this;
        }

        /** Ends early when it has not come to its end by then. */
        Builder longest(Duration time) {
            longest = time;
            return this;
        }

        /** Is over as soon as anything has been made twice. */
        Builder untilMadeTwice() {
            untilMadeTwice = true;
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

    private Map<String, String> settings(SandboxProcess sandbox, PostgresServer database) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "gateway.deadline.braze", "1800",
                "gateway.settle-time", "" + Integer.getInteger("proof.settle-time", 3000),
                "gateway.sweep-interval", "300",
                "gateway.breaker-pause", "500",
                "gateway.store.connections", "20",
                "gateway.reload", "false"));
        settings.putAll(sandbox.deployment());
        settings.put("gateway.deployments.proof.management-rate", Integer.toString(managementRate));
        settings.putAll(
                postgres
                        ? database.store()
                        : Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile()));
        return settings;
    }

    private Report blow() {
        long begun = System.nanoTime();
        try (SandboxProcess sandbox = new SandboxProcess();
                PostgresServer database = postgres ? new PostgresServer() : null) {
            Map<String, String> settings = settings(sandbox, database);
            String store = settings.get("gateway.store.url");
            SandboxControl control = sandbox.control();
            control.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":0,\"listingLagMillis\":"
                    + listingLagMillis + "}");
            misbehave(control);
            Report report;
            Classes classes =
                    replacements != null || kills < MANY ? Classes.of(replacements) : Classes.archived(settings);
            KeyRotation keys = new KeyRotation(evidence, gateways, rotation == KeyRotation.Way.IN_ONE_STEP);
            Freezes freezes = new Freezes(longestFreeze);
            RowLocks locks = new RowLocks(store, longestLock);
            try (Fleet fleet = new Fleet(home(), settings, each(keys), classes, evidence, this::due)) {
                Caller caller = new Caller(fleet.ports(), asked, patience(), () -> enough);
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < callers; i++) {
                    threads.add(begin(() -> ask(fleet, caller), "partner " + i));
                }
                List<Thread> troubles = new ArrayList<>();
                troubles.add(begin(() -> restart(fleet, database), "database"));
                troubles.add(begin(() -> report(fleet, begun), "reporter"));
                if (untilMadeTwice) {
                    begin(() -> watch(control), "watch");
                }
                if (longestFreeze > 0) {
                    troubles.add(begin(() -> freezes.run(fleet, broken), "freezes"));
                }
                if (longestLock > 0) {
                    troubles.add(begin(() -> locks.run(broken), "locks"));
                }
                if (rotation != KeyRotation.Way.NONE) {
                    troubles.add(begin(() -> keys.run(broken), "rotation"));
                }
                join(threads);
                broken.countDown();
                join(troubles);
                fleet.peace();
                control.endFaults();
                // Whoever has no answer yet asks until there is one; some ask once more.
                threads.clear();
                AtomicInteger next = new AtomicInteger();
                for (int i = 0; i < callers; i++) {
                    threads.add(begin(() -> settle(caller, next), "partner " + i));
                }
                join(threads);
                settled.countDown();
                fleet.check();
                if (failure != null) {
                    throw new AssertionError("the storm itself failed", failure);
                }
                report = Checker.compare(wishes, control);
                long parked = wishes.stream().filter(wish -> wish.parked).count();
                long abandoned = wishes.stream().filter(wish -> wish.abandoned).count();
                if (fleet.parked() < parked || fleet.parked() > parked + abandoned) {
                    report.violation(parked + " calls are left to the operator, who is shown " + fleet.parked());
                }
                if (!report.violations().isEmpty()) {
                    keep(control, database == null ? store : "" + database.data());
                }
                report.count("calls", asked.get());
                report.count("imports", control.calls("importCoupons").size());
                report.count("wishes", wishes.size());
                report.count("repeats", repeated.get());
                report.count("attempts", caller.attempts());
                report.count("kills", fleet.killed());
                report.count("coupons shared", fleet.sharedCoupons());
                report.count("database restarts", restarted.get());
                report.count("switchovers", switched.get());
                report.count("freezes", freezes.number());
                report.count("row locks", locks.number());
                report.count("key rotations", keys.number());
                report.count("given up by partners", abandoned);
                report.count("seconds", (System.nanoTime() - begun) / 1_000_000_000L);
                control.faultsMet()
                        .properties()
                        .forEach(kind -> report.count(
                                "fault " + kind.getKey(), kind.getValue().asLong()));
            }
            return report;
        }
    }

    /** What each gateway has of its own: its copy of the keys, and its clock. */
    private List<Fleet.Own> each(KeyRotation keys) {
        return IntStream.range(0, gateways)
                .mapToObj(i -> new Fleet.Own(
                        rotation == KeyRotation.Way.NONE ? Map.of() : keys.settings(i),
                        i % 3 == 2 ? 0 : skewMillis / (i % 3 == 0 ? 2 : -2)))
                .toList();
    }

    /** The repository's routes, but for how long keys are kept. */
    private Path home() {
        Path home = GatewayProcess.workingDirectory();
        if (!window.isZero()) {
            Path file = home.resolve("routes/braze.camel.yaml");
            String kept = "window: \"" + window.toMinutes() + "m\"";
            try {
                String routes = Files.readString(file)
                        .replace("window: \"15m\"", kept)
                        .replace("recipient: .body.integrationId}", "recipient: .body.integrationId, " + kept + "}")
                        .replace(".identifier])}'", ".identifier]), " + kept + "}'");
                if (routes.split(kept, -1).length != 4) {
                    throw new IllegalStateException("the routes' keys are written in another way now");
                }
                Files.writeString(file, routes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return home;
    }

    /** Nobody asks again for what may be forgotten soon: a call takes a while, and clocks differ. */
    private Duration patience() {
        return window.isZero() ? Caller.LONGEST : window.minusSeconds(30);
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
            if (halves && operation.equals("importCoupons")) {
                fault(control, operation, "part-then-status", 0.02, ",\"status\":500");
                fault(control, operation, "part-then-status", 0.02, ",\"status\":400");
            }
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
        while (failure == null
                && !enough
                && System.nanoTime() < end
                && (asked.get() < calls || fleet.killed() < kills)) {
            fleet.check();
            Wish wish;
            int size = wishes.size();
            if (size > 0 && dice.nextDouble() < REPEATS) {
                wish = wishes.get(size - 1 - dice.nextInt(Math.min(size, RECENT)));
                if (wish.isOlderThan(patience())) {
                    continue;
                }
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
        for (int i = next.getAndIncrement(); i < wishes.size() && !enough; i = next.getAndIncrement()) {
            Wish wish = wishes.get(i);
            boolean recent = wishes.size() - i <= 5 * RECENT;
            if (wish.isOlderThan(patience())) {
                wish.abandoned |= !wish.answered && !wish.parked;
            } else if (!wish.answered && !wish.parked || recent && i % 3 == 0) {
                caller.askUntilAnswered(wish);
            }
        }
    }

    /** Kills go along with calls, however slow the machine is: the first comes early, and none is left out. */
    private int due() {
        int begun = asked.get();
        return begun == 0 ? 0 : Math.min(kills, 1 + (int) ((long) begun * kills / calls));
    }

    private void watch(SandboxControl control) throws InterruptedException {
        while (!enough && !settled.await(500, TimeUnit.MILLISECONDS)) {
            enough = Checker.madeTwice(control);
        }
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
            int all = databaseRestarts + switchovers;
            for (int i = 1; i <= all; i++) {
                // Spread over the kills.
                while (fleet.killed() < kills * i / (all + 1)) {
                    if (broken.await(100, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
                if (restarted.get() < databaseRestarts && (i % 2 == 1 || switched.get() == switchovers)) {
                    database.stop();
                    broken.await(ThreadLocalRandom.current().nextInt(1500), TimeUnit.MILLISECONDS);
                    database.start();
                    restarted.incrementAndGet();
                } else {
                    database.takesWrites(false);
                    broken.await(ThreadLocalRandom.current().nextInt(500, 4000), TimeUnit.MILLISECONDS);
                    database.takesWrites(true);
                    switched.incrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What goes on beside the calls. */
    @FunctionalInterface
    private interface Trouble {
        void run() throws InterruptedException;
    }

    private Thread begin(Trouble work, String name) {
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
