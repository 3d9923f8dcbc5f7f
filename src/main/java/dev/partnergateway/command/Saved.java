package dev.partnergateway.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Waits until somebody saves a file. Looks again and again instead of listening: editors write a new file in the place of
 * the old one, and a file that is still being written is waited for.
 */
final class Saved {

    private static final long PAUSE_MILLIS = 150;

    private final List<Path> places;
    private Map<Path, String> seen;

    /** Files, and folders with all that is in them. */
    Saved(Path... places) {
        this.places = List.of(places);
        this.seen = look();
    }

    /** Returns after the next change, when nothing has changed for a moment. */
    void await() throws InterruptedException {
        Map<Path, String> now = look();
        while (now.equals(seen)) {
            Thread.sleep(PAUSE_MILLIS);
            now = look();
        }
        do {
            seen = now;
            Thread.sleep(PAUSE_MILLIS);
            now = look();
        } while (!now.equals(seen));
    }

    private Map<Path, String> look() {
        Map<Path, String> files = new HashMap<>();
        for (Path place : places) {
            if (!Files.exists(place)) {
                continue;
            }
            try (Stream<Path> all = Files.walk(place)) {
                all.filter(Files::isRegularFile).forEach(file -> files.put(file, state(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    private static String state(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException gone) {
            return "";
        }
    }
}
