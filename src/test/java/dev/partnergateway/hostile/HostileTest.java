package dev.partnergateway.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.fuzz.Wire;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.JavaProcess;
import dev.partnergateway.harness.SandboxProcess;
import dev.partnergateway.hostile.HostileCalls.Hostile;
import dev.partnergateway.hostile.HostileCalls.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody without a key sends the worst that he can think of to a gateway that is as small as its image, while partners
 * call it. {@code -Dhostile.seconds=1800} for the long form, {@code -Dhostile.seed=...} repeats a run.
 */
class HostileTest {

    private static final int SECONDS = Integer.getInteger("hostile.seconds", 8);
    private static final long SEED = Long.getLong("hostile.seed", System.nanoTime());
    private static final int MEASURED = Integer.getInteger("hostile.measured", 15);

    private static final int ATTACKS_A_SECOND = 20;
    private static final int HONEST_A_SECOND = 18;
    private static final double LEAST_SERVED = 0.99;

    /** The memory limit of k8s/base. */
    private static final long MEMORY_LIMIT = 512L << 20;

    private static final Duration CALL = Duration.ofMillis(100);

    /** What reading, parsing and refusing a MiB may take beyond that. */
    private static final Duration MIB = Duration.ofMillis(100);

    private static final Duration FAR_TOO_MUCH = Duration.ofSeconds(5);

    private static final int QUIET_LOOKS = 3;
    private static final long LOOK_NANOS = 30_000_000L;
    private static final int ATTACKERS = 40;

    private SandboxProcess sandbox;
    private BrokenDeployment broken;
    private GatewayProcess gateway;

    @BeforeEach
    void start() throws IOException {
        sandbox = new SandboxProcess();
        // How many coupons Talon.One allows is not what this is about.
        sandbox.control().limits("{\"managementPerSecond\":0}");
        broken = new BrokenDeployment();
        gateway = launch();
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
        broken.close();
        sandbox.close();
    }

    private GatewayProcess launch() throws IOException {
        Map<String, String> settings = new HashMap<>(sandbox.deployment());
        settings.put("gateway.deadline.braze", "1800");
        settings.put("gateway.deployments.proof.create-attributes", "true");
        // A stranger comes from everywhere; the partners come from one address, which some of his calls claim, too.
        settings.put("gateway.proxies", "1");
        settings.put("gateway.deployments.broken.host", "broken.example");
        settings.put("gateway.deployments.broken.base-url", "http://127.0.0.1:" + broken.port());
        settings.put("gateway.deployments.broken.management-key", "whatever");
        return GatewayProcess.start(
                GatewayProcess.workingDirectory(), settings, JavaProcess.classPath(), imageOptions());
    }

    /** The image's own options, as far as this JVM knows them, in the memory that k8s/base gives a pod. */
    private static String[] imageOptions() throws IOException {
        List<String> options =
                new ArrayList<>(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:ActiveProcessorCount=2"));
        try (Stream<String> lines = Files.lines(Path.of("image/jvm.options"))) {
            lines.filter(line -> line.startsWith("-XX:") || line.startsWith("-Xms"))
                    .filter(line -> !line.startsWith("-XX:AOT"))
                    .map(HostileTest::inAPod)
                    .forEach(options::add);
        }
        return options.toArray(String[]::new);
    }

    private static String inAPod(String option) {
        String share = "-XX:MaxRAMPercentage=";
        return option.startsWith(share)
                ? "-Xmx" + MEMORY_LIMIT / 100 * Integer.parseInt(option.substring(share.length()))
                : option;
    }

    @Test
    void partnersAreServedWhileAStrangerSendsTheWorstHeCan() throws Exception {
        List<Hostile> attacks = attacks(ATTACKS_A_SECOND * SECONDS);
        AtomicLong largest = new AtomicLong();
        List<String> notReady = Collections.synchronizedList(new ArrayList<>());
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
        try (HonestPartners partners = new HonestPartners(gateway.partner().port())) {
            partners.warmUp();
            partners.begin(HONEST_A_SECOND);
            watch.scheduleWithFixedDelay(() -> look(largest, notReady), 0, 200, TimeUnit.MILLISECONDS);
            attack(attacks);
            partners.end();
            double served = (double) partners.succeeded() / partners.sent();
            System.out.printf(
                    "%d attacks in %d s (-Dhostile.seed=%d): %d of %d honest calls served, at most %d MB resident%n",
                    attacks.size(), SECONDS, SEED, partners.succeeded(), partners.sent(), largest.get() >> 20);
            assertTrue(
                    served >= LEAST_SERVED,
                    () -> "-Dhostile.seed=" + SEED + ": only " + partners.succeeded() + " of " + partners.sent()
                            + " honest calls were served: " + partners.failures());
        } finally {
            watch.shutdownNow();
        }
        assertTrue(largest.get() < MEMORY_LIMIT, "the gateway took " + (largest.get() >> 20) + " MB");
        assertEquals(List.of(), notReady, "the gateway served everybody and said that it was not ready");
        Duration attacked = timeToStop(gateway);
        Duration usual;
        try (GatewayProcess other = launch()) {
            usual = timeToStop(other);
        }
        assertTrue(
                attacked.compareTo(usual.multipliedBy(2).plusSeconds(2)) < 0,
                "stopping took " + attacked + " after the attack, and " + usual + " without one");
    }

    @Test
    void aDeploymentThatAnswersTooMuchCostsTheOthersNothing() throws Exception {
        List<Hostile> attacks = HostileCalls.generated().stream()
                .filter(hostile -> hostile.name().startsWith("segment/updateCustomerProfileAudiences: body")
                        && hostile.name().endsWith("short"))
                .toList();
        ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS);
        try (HonestPartners partners = new HonestPartners(gateway.partner().port())) {
            partners.warmUp();
            broken.stuff();
            partners.begin(HONEST_A_SECOND);
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < ATTACKERS; i++) {
                Hostile hostile = attacks.get(i % attacks.size());
                calls.add(() -> {
                    send(toBrokenDeployment(hostile.request().get()));
                    return true;
                });
            }
            attackers.invokeAll(calls);
            partners.end();
            assertTrue(
                    partners.succeeded() >= LEAST_SERVED * partners.sent(),
                    () -> "only " + partners.succeeded() + " of " + partners.sent() + " were served: "
                            + partners.failures());
        } finally {
            attackers.shutdownNow();
        }
        assertTrue(gateway.isAlive());
    }

    @Test
    void noCallCostsMoreThanItsBytesJustify() throws Exception {
        List<Hostile> attacks = attacks(MEASURED).subList(0, MEASURED);
        try (HonestPartners partners = new HonestPartners(gateway.partner().port())) {
            partners.warmUp();
        }
        for (Hostile hostile : attacks) {
            send(hostile.request().get());
        }
        List<String> dear = new ArrayList<>();
        for (Hostile hostile : attacks) {
            Request request = hostile.request().get();
            Duration allowed = CALL.plus(MIB.multipliedBy(request.bytes()).dividedBy(1 << 20));
            Duration cost = cost(request);
            // Collecting garbage and compiling are not the call's: a call that is dear is dear each time.
            for (int i = 0; i < 3 && cost.compareTo(allowed) > 0; i++) {
                cost = cost(request);
            }
            if (Boolean.getBoolean("hostile.verbose")) {
                System.out.printf("%6d ms %7d bytes %s%n", cost.toMillis(), request.bytes(), hostile.name());
            }
            if (cost.compareTo(allowed) > 0) {
                dear.add(hostile.name() + " (" + request.bytes() + " bytes) cost " + cost.toMillis() + " ms");
            }
        }
        System.out.printf("%d hostile calls measured one by one (-Dhostile.seed=%d)%n", attacks.size(), SEED);
        assertEquals(List.of(), dear, "-Dhostile.seed=" + SEED);
    }

    /** All known ones and, in the order of the seed, some of the generated ones. */
    private static List<Hostile> attacks(int size) throws IOException {
        List<Hostile> generated = new ArrayList<>(HostileCalls.generated());
        Random random = new Random(SEED);
        Collections.shuffle(generated, random);
        List<Hostile> attacks = new ArrayList<>(HostileCalls.known());
        for (int i = 0; attacks.size() < size; i++) {
            attacks.add(generated.get(i % generated.size()));
        }
        Collections.shuffle(attacks, random);
        return attacks;
    }

    private void attack(List<Hostile> attacks) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(attacks.size());
        ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS);
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
        try {
            for (int i = 0; i < attacks.size(); i++) {
                Hostile hostile = attacks.get(i);
                // Every fifth call goes to a deployment that misbehaves.
                boolean astray = i % 5 == 4;
                pace.schedule(
                        () -> attackers.execute(() -> {
                            try {
                                Request request = hostile.request().get();
                                send(astray ? toBrokenDeployment(request) : request);
                            } catch (IOException refused) {
                                // Closing the connection is a good answer to a bad call.
                                return;
                            } finally {
                                left.countDown();
                            }
                        }),
                        i * 1000L / ATTACKS_A_SECOND,
                        TimeUnit.MILLISECONDS);
            }
            assertTrue(left.await(SECONDS + 120, TimeUnit.SECONDS), "attacks were not answered within two minutes");
        } finally {
            pace.shutdownNow();
            attackers.shutdownNow();
        }
    }

    private static Request toBrokenDeployment(Request request) {
        String body = new String(request.body(), java.nio.charset.StandardCharsets.UTF_8);
        byte[] changed =
                body.replace("sandbox.example", "broken.example").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Request(
                request.head()
                        .replace("sandbox.example", "broken.example")
                        .replaceFirst("Content-Length: [0-9]+", "Content-Length: " + changed.length),
                changed);
    }

    private void send(Request request) throws IOException {
        try (Wire wire = new Wire(gateway.partner().port())) {
            wire.send(request.head(), request.body());
        }
    }

    private void look(AtomicLong largest, List<String> notReady) {
        gateway.residentBytes().ifPresent(bytes -> largest.accumulateAndGet(bytes, Math::max));
        Http.Answer answer = gateway.management().send("GET", "/observe/health/ready", (String) null);
        if (answer.status() != 200) {
            notReady.add(answer.text());
        }
    }

    /** Processor time from a call until nothing is left of it. */
    private Duration cost(Request request) throws IOException {
        Duration before = gateway.processorTime();
        send(request);
        Duration now = gateway.processorTime();
        for (int quiet = 0; quiet < QUIET_LOOKS && now.minus(before).compareTo(FAR_TOO_MUCH) < 0; ) {
            LockSupport.parkNanos(LOOK_NANOS);
            Duration later = gateway.processorTime();
            quiet = later.equals(now) ? quiet + 1 : 0;
            now = later;
        }
        return now.minus(before);
    }

    private static Duration timeToStop(GatewayProcess process) {
        long begun = System.nanoTime();
        process.terminate();
        process.exitCode();
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
