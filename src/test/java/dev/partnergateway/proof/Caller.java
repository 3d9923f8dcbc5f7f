package dev.partnergateway.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A partner as Braze is one: hangs up after two seconds, asks again with the same identifier until it is answered. */
final class Caller {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** An answer that has not come by then never comes. */
    static final Duration LONGEST = Duration.ofMinutes(10);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final List<Integer> ports;
    private final AtomicInteger asked;
    private final Duration longest;
    private final BooleanSupplier enough;
    private final AtomicInteger attempts = new AtomicInteger();

    /**
     * Makes one.
     *
     * @param asked counts what is asked for
     * @param longest how long after it was wanted first something is asked for; after {@link #LONGEST} that is a failure
     * @param enough whether nobody wants anything any more
     */
    Caller(List<Integer> ports, AtomicInteger asked, Duration longest, BooleanSupplier enough) {
        this.enough = enough;
        this.longest = longest;
        this.ports = ports;
        this.asked = asked;
    }

    int attempts() {
        return attempts.get();
    }

    /**
     * Asks, now here and now there.
     *
     * @throws AssertionError when there is no answer for minutes
     */
    void askUntilAnswered(Wish wish) {
        asked.incrementAndGet();
        long end = System.nanoTime() + LONGEST.toNanos();
        String last = "nothing";
        for (int pause = 50; System.nanoTime() < end && !enough.getAsBoolean(); pause = Math.min(1000, pause * 2)) {
            if (longest.compareTo(LONGEST) < 0 && wish.isOlderThan(longest)) {
                wish.abandoned |= !wish.answered;
                return;
            }
            attempts.incrementAndGet();
            int port = ports.get(ThreadLocalRandom.current().nextInt(ports.size()));
            try {
                HttpResponse<byte[]> answer = client.send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + wish.kind.path))
                                .timeout(PATIENCE)
                                .headers(wish.headers())
                                .POST(HttpRequest.BodyPublishers.ofString(wish.body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                last = answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8);
                if (answer.statusCode() / 100 == 2) {
                    wish.answered(new String(answer.body(), StandardCharsets.UTF_8));
                    return;
                }
                if (answer.statusCode() == 504 && last.contains("the operator has been told")) {
                    wish.parked = true;
                    return;
                }
                if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                    wish.refused = last;
                    return;
                }
            } catch (IOException unreachable) {
                last = unreachable.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            rest(pause);
        }
        if (enough.getAsBoolean()) {
            return;
        }
        throw new AssertionError(wish.body + " was not answered; last: " + last);
    }

    private static void rest(int millis) {
        try {
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
