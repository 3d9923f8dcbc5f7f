package dev.partnergateway.queue;

import dev.partnergateway.call.Credential;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.queue.Letters.Arrival;
import dev.partnergateway.queue.Letters.Hold;
import dev.partnergateway.queue.Letters.Row;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What a queued call costs the store from the topic to its end, beside ever more that wait: {@code sqlite} or {@code postgres},
 * and how many ({@code -Dbench.waiting=1000,100000,1000000}), half of them in one line. See bench/README.md.
 */
final class LettersBench {

    private static final String WAITING = System.getProperty("bench.waiting", "1000,100000");
    private static final int LETTERS = Integer.getInteger("bench.letters", 2000);
    private static final int LINES = 1000;
    private static final int BATCH = 200;
    private static final int BYTES = 800;
    private static final Duration HOLD = Duration.ofSeconds(10);

    private LettersBench() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        boolean postgres = arguments.length > 0 && arguments[0].equals("postgres");
        Properties settings = new Properties();
        settings.putAll(
                postgres
                        ? Postgres.newStore()
                        : Map.of("gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile()));
        try (Store store = Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), settings), new SimpleMeterRegistry())) {
            Contents contents =
                    new Contents(new Seal(Optional.of(Secret.literal("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))));
            Letters letters = new Letters(store, contents);
            Lanes lanes = new Lanes(store);
            Hold hold = lanes.take("bench-0", "bench", 0, 0).orElseThrow().hold();
            long place = 1;
            for (String text : WAITING.split(",")) {
                long waiting = Long.parseLong(text);
                long begun = System.nanoTime();
                long before = place;
                while (place <= waiting) {
                    letters.insert(hold, batch(place));
                    place += BATCH;
                }
                long perInsert = (System.nanoTime() - begun) / Math.max(1, place - before) / 1000;
                System.out.printf(
                        "%s, %,d wait: %d us to take one over, %d us to carry one out, %d us to look for the first due%n",
                        postgres ? "postgres" : "sqlite",
                        waiting,
                        perInsert,
                        drained(letters, lanes, hold),
                        looked(letters));
            }
        }
        System.exit(0);
    }

    private static List<Arrival> batch(long from) {
        List<Arrival> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            long place = from + i;
            String line = place % 2 == 0 ? "one" : "line " + place % LINES;
            batch.add(new Arrival(
                    new Letter(
                            "00000000-0000-0000-0000-" + place,
                            "cep/addLoyaltyPoints",
                            "shop",
                            Credential.sha256(line),
                            null,
                            new byte[BYTES]),
                    place,
                    System.currentTimeMillis()));
        }
        return batch;
    }

    /** Microseconds for each letter: the look, the fence, the end. */
    private static long drained(Letters letters, Lanes lanes, Hold hold) {
        long begun = System.nanoTime();
        int done = 0;
        while (done < LETTERS) {
            for (Row head : letters.heads("bench-0", "shop", 20)) {
                lanes.fence(hold, HOLD);
                letters.done(hold, head.letter());
                done++;
            }
        }
        return (System.nanoTime() - begun) / done / 1000;
    }

    private static long looked(Letters letters) {
        long begun = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            letters.nextDeployment("bench-0", "");
            letters.heads("bench-0", "shop", 20);
        }
        return (System.nanoTime() - begun) / 100 / 1000;
    }
}
