package dev.partnergateway.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A value nobody may read by accident: written in the settings, or kept in a file ({@code file:<path>}) that is read
 * again when it changes, so that a mounted secret can be renewed without a restart.
 */
public final class Secret {

    /** Kubernetes swaps mounted secrets within a minute or so; two seconds add nothing to that and cost nothing. */
    private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final String FILE_PREFIX = "file:";

    private final Path file;
    private volatile String value;
    private volatile long checked;

    private Secret(Path file, String value) {
        this.file = file;
        this.value = value;
        this.checked = System.nanoTime();
    }

    /**
     * Takes a setting's text.
     *
     * @param key the setting's name, for the message
     * @param text the secret itself, or {@code file:} and a path
     * @throws SettingsException when the file cannot be read or is empty
     */
    static Secret of(String key, String text) {
        if (!text.startsWith(FILE_PREFIX)) {
            return new Secret(null, text);
        }
        Path file = Path.of(text.substring(FILE_PREFIX.length()));
        try {
            return new Secret(file, read(file));
        } catch (IOException e) {
            throw new SettingsException(key + " points at a file that cannot be read: " + file);
        }
    }

    /** A secret that stands in no setting. */
    public static Secret literal(String value) {
        return new Secret(null, value);
    }

    /** The secret as it is now; when its file has become unreadable, the last value read. */
    public String value() {
        if (file != null && System.nanoTime() - checked > RECHECK_NANOS) {
            checked = System.nanoTime();
            try {
                value = read(file);
            } catch (IOException e) {
                return value;
            }
        }
        return value;
    }

    private static String read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            throw new IOException("empty");
        }
        return text;
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
