package dev.partnergateway.proof;

import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Gateways on one store that are killed without warning, or stand still for a while, and are started again. */
final class Fleet implements AutoCloseable {

    private static final int POLL_MILLIS = 10;
    private static final int MOST_STARTS = 5;

    private final Path home;
    private final Path logs;
    private final Classes classes;
    private final List<Berth> berths = new ArrayList<>();
    private final AtomicInteger killed = new AtomicInteger();
    private final IntSupplier due;
    private final CountDownLatch peace = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile AssertionError failure;

    private static final class Berth {
        private final Map<String, String> settings = new HashMap<>();
        private final int port = GatewayUnderTest.freePort();
        private long ahead;
        private volatile GatewayProcess gateway;
        private Thread keeper;
    }

    /** One that stands still. */
    static final class Frozen {
        private final GatewayProcess gateway;

        private Frozen(GatewayProcess gateway) {
            this.gateway = gateway;
        }

        /** It goes on, unless it was killed meanwhile. */
        void goOn() {
            if (gateway.isAlive()) {
                gateway.signal("CONT");
            }
        }
    }

    /**
     * What makes one gateway another than its neighbours.
     *
     * @param settings over those that all have
     * @param ahead by how many milliseconds its clock is ahead of the machine's; negative = behind
     */
    record Own(Map<String, String> settings, long ahead) {}

    /**
     * Starts them; there are never fewer kills than are due, for as long as there is no peace.
     *
     * @param home their working directory
     * @param settings of all
     * @param each what each has beside, which makes as many as there are
     * @param logs folder that what they print is kept in
     */
    Fleet(Path home, Map<String, String> settings, List<Own> each, Classes classes, Path logs, IntSupplier due) {
        this.home = home;
        this.due = due;
        this.logs = logs;
        this.classes = classes;
        for (Own own : each) {
            Berth berth = new Berth();
            berth.ahead = own.ahead();
            berth.settings.putAll(settings);
            berth.settings.putAll(own.settings());
            berth.settings.put("gateway.port", "" + berth.port);
            berths.add(berth);
        }
        // The first one makes the schema.
        for (Berth berth : berths) {
            berth.gateway = classes.start(home, berth.settings, berth.ahead);
        }
        for (Berth berth : berths) {
            berth.keeper = new Thread(() -> keep(berth), "keeper of " + berth.port);
            berth.keeper.start();
        }
    }

    private void keep(Berth berth) {
        try {
            while (!peace.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                int before = killed.get();
                if (before < due.getAsInt() && killed.compareAndSet(before, before + 1)) {
                    kill(berth);
                    berth.gateway = restarted(berth);
                }
            }
            over.await();
        } catch (AssertionError e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            kill(berth);
        }
    }

    private void kill(Berth berth) {
        berth.gateway.kill();
        try {
            Files.writeString(
                    logs.resolve("gateway-" + berth.port + ".log"),
                    berth.gateway.output() + "killed\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A gateway that finds no database when it starts ends; whoever supervises it starts it again. */
    private GatewayProcess restarted(Berth berth) {
        for (int starts = 1; ; starts++) {
            try {
                return classes.start(home, berth.settings, berth.ahead);
            } catch (AssertionError e) {
                if (starts == MOST_STARTS) {
                    throw e;
                }
            }
        }
    }

    /** Lets one of them stand still from now on. */
    Frozen freeze() {
        Frozen frozen = new Frozen(berths.get(ThreadLocalRandom.current().nextInt(berths.size())).gateway);
        if (frozen.gateway.isAlive()) {
            frozen.gateway.signal("STOP");
        }
        return frozen;
    }

    /** Ports to call; behind some of them there may be nobody right now. */
    List<Integer> ports() {
        return berths.stream().map(berth -> berth.port).toList();
    }

    /** How many calls an operator finds left to him. */
    int parked() {
        return berths.get(0)
                .gateway
                .operator()
                .send("GET", "/api/parked", (String) null)
                .json()
                .size();
    }

    /** Coupons that gateways have created for each other, by those that are there. */
    long sharedCoupons() {
        return berths.stream().mapToLong(berth -> sharedCoupons(berth.gateway)).sum();
    }

    private static long sharedCoupons(GatewayProcess gateway) {
        try {
            return (long) gateway.management().metric("gateway_coupon_batch_guests_total");
        } catch (UncheckedIOException e) {
            // It was the last one to be killed, and is not back yet.
            return 0;
        }
    }

    /** Throws what a gateway printed that did not start. */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    int killed() {
        return killed.get();
    }

    /** No more kills. */
    void peace() {
        peace.countDown();
    }

    @Override
    public void close() {
        peace();
        over.countDown();
        for (Berth berth : berths) {
            try {
                berth.keeper.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
