package dev.partnergateway.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An operator who changes the encryption key of the store while calls run, as docs/operations.md says: the new key is
 * added behind the old ones at every gateway, and when all know it, it is put in front, at one gateway after the other.
 */
final class KeyRotation {

    /** How it is done. */
    enum Way {
        /** Not at all. */
        NONE,
        /** The new key comes in front at once. */
        IN_ONE_STEP,
        /** It is known everywhere before it is used anywhere. */
        IN_TWO_STEPS
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A gateway looks at its file every 2 seconds. */
    private static final int KNOWN_MILLIS = 3000;

    private static final int BETWEEN_GATEWAYS_MILLIS = 1000;

    private final boolean inOneStep;
    private final List<Path> files = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final AtomicInteger number = new AtomicInteger();

    /**
     * Begins with one key everywhere.
     *
     * @param inOneStep the new key comes in front at once, which no gateway can read that has not got it yet
     */
    KeyRotation(Path folder, int gateways, boolean inOneStep) {
        this.inOneStep = inOneStep;
        keys.add(newKey());
        for (int i = 0; i < gateways; i++) {
            files.add(folder.resolve("encryption-keys-" + i));
            write(files.get(i), keys);
        }
    }

    private static String newKey() {
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private static void write(Path file, List<String> keys) {
        try {
            Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), String.join(",", keys));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a gateway is started with. */
    Map<String, String> settings(int gateway) {
        return Map.of("gateway.store.encryption-keys", "file:" + files.get(gateway));
    }

    /** Rotates again and again, until it is over. */
    void run(CountDownLatch over) throws InterruptedException {
        while (!over.await(BETWEEN_GATEWAYS_MILLIS, TimeUnit.MILLISECONDS)) {
            String fresh = newKey();
            if (!inOneStep) {
                List<String> behind = new ArrayList<>(keys);
                behind.add(fresh);
                everywhere(behind, over);
                over.await(KNOWN_MILLIS, TimeUnit.MILLISECONDS);
            }
            keys.add(0, fresh);
            everywhere(keys, over);
            over.await(KNOWN_MILLIS, TimeUnit.MILLISECONDS);
            number.incrementAndGet();
        }
    }

    private void everywhere(List<String> all, CountDownLatch over) throws InterruptedException {
        List<Path> shuffled = new ArrayList<>(files);
        Collections.shuffle(shuffled);
        for (Path file : shuffled) {
            write(file, all);
            over.await(ThreadLocalRandom.current().nextInt(BETWEEN_GATEWAYS_MILLIS), TimeUnit.MILLISECONDS);
        }
    }

    int number() {
        return number.get();
    }
}
