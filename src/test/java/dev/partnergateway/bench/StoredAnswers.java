package dev.partnergateway.bench;

import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/** Fills a store with answers of earlier calls, as a gateway would find them. */
final class StoredAnswers {

    private static final int AT_ONCE = 5000;
    private static final int BYTES = 600;
    private static final Sql INSERT =
            new Sql("INSERT INTO answer (id, slots, bound, deployment, operation, state, owner,"
                    + " lease_until, created, expires, status, content_type, body, origin, look_at)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'x', 0)");

    private StoredAnswers() {}

    /**
     * Adds so many.
     *
     * @param settings of the store, which nobody else uses at the moment
     */
    static void add(Map<String, String> settings, int count) {
        Properties properties = new Properties();
        properties.putAll(settings);
        byte[] body = new byte[BYTES];
        Arrays.fill(body, (byte) 'x');
        long now = System.currentTimeMillis();
        try (Store store = Store.open(
                Settings.load(Path.of("application.properties"), Map.of(), properties), new SimpleMeterRegistry())) {
            for (int added = 0; added < count; added += AT_ONCE) {
                List<Object[]> rows = new ArrayList<>();
                for (int i = added; i < Math.min(count, added + AT_ONCE); i++) {
                    rows.add(row(body, now));
                }
                store.updateAll(INSERT, rows);
            }
        }
    }

    private static Object[] row(byte[] body, long now) {
        String id = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
        long expires = now + Duration.ofDays(400).toMillis();
        return new Object[] {
            id,
            id,
            0,
            "bench",
            "braze/trackEvent",
            "ANSWERED",
            UUID.randomUUID().toString(),
            0L,
            now,
            expires,
            200,
            "application/json",
            body
        };
    }
}
