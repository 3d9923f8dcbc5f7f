package dev.partnergateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Sends calls on a fixed schedule, whatever becomes of those before (open loop). A call's time runs from the moment it
 * was due, so that a stall of the server or of this generator shows; how late the generator itself was is told beside it.
 */
final class Load implements AutoCloseable {

    private static final long LONGEST = Duration.ofMinutes(2).toNanos();
    private static final int CONNECTIONS = 4000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClient client = vertx.createHttpClient(
            new HttpClientOptions().setKeepAliveTimeout(60).setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));

    /**
     * One call.
     *
     * @param headers name, value, name, value
     */
    record Call(HttpMethod method, String path, String body, String... headers) {}

    /** What came of a run; times in nanoseconds. */
    static final class Result {
        final Histogram times = new ConcurrentHistogram(LONGEST, 3);
        final Histogram good = new ConcurrentHistogram(LONGEST, 3);
        final Histogram lateness = new ConcurrentHistogram(LONGEST, 3);
        final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
        final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
        final AtomicLong lastAnswer = new AtomicLong();
        long begun;

        int count(int status) {
            AtomicInteger count = statuses.get(status);
            return count == null ? 0 : count.get();
        }

        /** Calls that got an answer, whatever it was. */
        long answered() {
            return times.getTotalCount() - count(0);
        }

        double perSecond() {
            return times.getTotalCount() / ((lastAnswer.get() - begun) / 1e9);
        }

        private void failed(String why) {
            failures.computeIfAbsent(why, ignored -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public String toString() {
            return String.format(
                    "%d answers %s, %.0f/s, ms p50 %.1f p90 %.1f p99 %.1f p99.9 %.1f max %.1f; generator late ms p99"
                            + " %.1f max %.1f%s",
                    times.getTotalCount(),
                    new TreeMap<>(statuses),
                    perSecond(),
                    millis(times, 50),
                    millis(times, 90),
                    millis(times, 99),
                    millis(times, 99.9),
                    times.getMaxValue() / 1e6,
                    millis(lateness, 99),
                    lateness.getMaxValue() / 1e6,
                    failures.isEmpty() ? "" : "; " + new TreeMap<>(failures));
        }

        static double millis(Histogram histogram, double percentile) {
            return histogram.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /**
     * Sends calls at a rate for a time and waits for all answers.
     *
     * @param call makes the call of a number
     */
    Result open(int port, double perSecond, Duration time, IntFunction<Call> call) {
        Result result = new Result();
        int count = (int) (perSecond * time.toNanos() / 1e9);
        AtomicInteger open = new AtomicInteger(count);
        result.begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = result.begun + (long) (i * 1e9 / perSecond);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            result.lateness.recordValue(Math.max(0, System.nanoTime() - due));
            send(port, call.apply(i), due, result, open::decrementAndGet);
        }
        awaitZero(open);
        return result;
    }

    /**
     * Keeps so many calls under way for a time, each new one as soon as one is answered (closed loop).
     *
     * @param apart time from the first connection's first call to the last one's: callers who know nothing of each other
     *     do not come in waves
     */
    Result closed(int port, int connections, Duration apart, Duration time, IntFunction<Call> call) {
        Result result = new Result();
        AtomicInteger open = new AtomicInteger(connections);
        AtomicInteger number = new AtomicInteger();
        result.begun = System.nanoTime();
        long end = result.begun + time.toNanos();
        for (int i = 0; i < connections; i++) {
            LockSupport.parkNanos(result.begun + apart.toNanos() * i / connections - System.nanoTime());
            again(port, end, result, open, number, call);
        }
        awaitZero(open);
        return result;
    }

    private void again(
            int port, long end, Result result, AtomicInteger open, AtomicInteger number, IntFunction<Call> call) {
        if (System.nanoTime() >= end) {
            open.decrementAndGet();
            return;
        }
        send(
                port,
                call.apply(number.getAndIncrement()),
                System.nanoTime(),
                result,
                () -> again(port, end, result, open, number, call));
    }

    private void send(int port, Call call, long due, Result result, Runnable over) {
        RequestOptions options = new RequestOptions()
                .setHost("localhost")
                .setPort(port)
                .setMethod(call.method())
                .setURI(call.path());
        for (int i = 0; i < call.headers().length; i += 2) {
            options.putHeader(call.headers()[i], call.headers()[i + 1]);
        }
        client.request(options)
                // Whoever takes the body must be there before it comes: this is said on the event loop, not here.
                .compose(request ->
                        request.send(Buffer.buffer(call.body())).compose(response -> status(response, result)))
                .onComplete(done -> {
                    long now = System.nanoTime();
                    int status = done.succeeded() ? done.result() : 0;
                    if (status == 0) {
                        result.failed(done.cause().getClass().getSimpleName());
                    }
                    result.times.recordValue(Math.min(LONGEST, Math.max(1, now - due)));
                    if (status == 200) {
                        result.good.recordValue(Math.min(LONGEST, Math.max(1, now - due)));
                    }
                    result.statuses
                            .computeIfAbsent(status, ignored -> new AtomicInteger())
                            .incrementAndGet();
                    result.lastAnswer.accumulateAndGet(now, Math::max);
                    over.run();
                });
    }

    private static Future<Integer> status(HttpClientResponse response, Result result) {
        return response.body().map(body -> {
            if (response.statusCode() != 200) {
                result.failed(response.statusCode() + " " + error(body));
            }
            return response.statusCode();
        });
    }

    /** What an answer of the gateway says that is no success. */
    private static String error(Buffer body) {
        try {
            return body.toJsonObject().getString("Error");
        } catch (DecodeException | ClassCastException e) {
            return "without a text";
        }
    }

    private static void awaitZero(AtomicInteger open) {
        long end = System.nanoTime() + LONGEST;
        while (open.get() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
