package dev.partnergateway.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.fuzz.GoodCalls;
import dev.partnergateway.fuzz.GoodCalls.Good;
import dev.partnergateway.fuzz.Wire;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Partners who have keys and call at a steady pace, whatever happens beside them. */
final class HonestPartners implements AutoCloseable {

    /** Operations whose calls succeed however often they come. */
    private static final Set<String> STEADY = Set.of(
            "braze/createCoupon",
            "braze/trackEvent",
            "cdp/updateCustomerProfile",
            "cep/loyalty",
            "emarsys/getCoupon",
            "iterable/loyalty",
            "mparticle/sendevent",
            "segment/trackEventV2",
            "segment/v2/updateCustomerProfile");

    private static final Duration BRAZE_WAITS = Duration.ofMillis(2000);
    private static final Duration OTHERS_WAIT = Duration.ofMillis(8500);
    private static final int THREADS = 16;
    private static final String PATTERN = "couponPattern";

    private final int port;
    private final List<Good> goods;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    HonestPartners(int port) throws IOException {
        this.port = port;
        this.goods = GoodCalls.all().stream()
                .filter(good -> STEADY.contains(good.operation().id()))
                .toList();
        if (goods.size() != STEADY.size()) {
            throw new AssertionError("the contracts have other operations by now: " + goods);
        }
    }

    /** Makes one call of each kind, until each has succeeded: a gateway that has just started is slow. */
    void warmUp() {
        goods.forEach(good -> {
            int tries = 0;
            while (!call(good).isEmpty() && tries < 20) {
                tries++;
            }
        });
    }

    /** Calls at a pace from now on. */
    void begin(int perSecond) {
        pace.scheduleAtFixedRate(
                () -> {
                    Good good = goods.get(sent.getAndIncrement() % goods.size());
                    callers.execute(() -> {
                        String failure = call(good);
                        if (failure.isEmpty()) {
                            succeeded.incrementAndGet();
                        } else {
                            failures.add(failure);
                        }
                    });
                },
                0,
                TimeUnit.SECONDS.toNanos(1) / perSecond,
                TimeUnit.NANOSECONDS);
    }

    /** One call; empty when it was answered well and in time, else what happened. */
    private String call(Good good) {
        long begun = System.nanoTime();
        String what;
        try (Wire wire = new Wire(port)) {
            String unique = UUID.randomUUID().toString();
            byte[] body = fresh(good, unique);
            Http.Answer answer = wire.send(
                    GoodCalls.head(
                            good.operation().method(),
                            GoodCalls.target(good.path(), good.query()),
                            good.headers(),
                            body.length),
                    body);
            what = answer == null
                    ? "no answer"
                    : answer.status() / 100 == 2 ? "" : answer.status() + " " + answer.text();
        } catch (IOException e) {
            what = e.toString();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        Duration patience = good.integration().equals("braze") ? BRAZE_WAITS : OTHERS_WAIT;
        if (what.isEmpty() && took.compareTo(patience) <= 0) {
            return "";
        }
        return good.operation().id() + " after " + took.toMillis() + " ms: " + what;
    }

    private static byte[] fresh(Good good, String unique) {
        if (good.body() == null) {
            return new byte[0];
        }
        JsonNode body = good.body().deepCopy();
        if (body.has(PATTERN)) {
            // The pattern of a case may have so few codes that half an hour of honest calls uses them up.
            ((ObjectNode) body).put(PATTERN, "HONEST-########-####");
        }
        return body.toString().replace(GoodCalls.UNIQUE, unique).getBytes(StandardCharsets.UTF_8);
    }

    /** Ends when all that was sent is answered. */
    void end() throws InterruptedException {
        pace.shutdownNow();
        callers.shutdown();
        if (!callers.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new AssertionError("calls of honest partners were not answered within a minute");
        }
    }

    int sent() {
        return sent.get();
    }

    int succeeded() {
        return succeeded.get();
    }

    List<String> failures() {
        return failures;
    }

    @Override
    public void close() {
        pace.shutdownNow();
        callers.shutdownNow();
    }
}
