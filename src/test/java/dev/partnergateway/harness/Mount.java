package dev.partnergateway.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A small file system of one's own, where the user may mount; elsewhere the test is skipped with a printed line. */
public final class Mount implements AutoCloseable {

    private final Path folder;
    private final List<String> what;

    private Mount(List<String> what) {
        this.what = what;
        try {
            folder = Files.createTempDirectory("gateway-mount");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!again()) {
            Printed.line("Skipped: this user may not mount a file system (" + String.join(" ", what) + ")");
            Assumptions.abort("mounting is not permitted");
        }
    }

    /** In memory, of so many megabytes. */
    public static Mount inMemory(int megabytes) {
        return new Mount(List.of("-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs"));
    }

    /** An ext4 in a file, which turns read-only after an error of its disk. */
    public static Mount ofADisk(int megabytes) {
        try {
            Path image = Files.createTempFile("gateway-disk", ".img");
            run("truncate", "-s", megabytes + "M", image.toString());
            run("mkfs.ext4", "-q", "-F", image.toString());
            return new Mount(List.of("-o", "loop", image.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is mounted. */
    public Path folder() {
        return folder;
    }

    /** Mounts it, once more. */
    public boolean again() {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(what);
        command.add(folder.toString());
        return run(command.toArray(String[]::new));
    }

    /** What the kernel does when the disk fails: nothing can be written any more. */
    public void failed() {
        require(run("mount", "-o", "remount,abort", folder.toString()));
    }

    /** Takes it away, also from those who use it. */
    public void away() {
        require(run("umount", "-l", folder.toString()));
    }

    private static void require(boolean done) {
        if (!done) {
            throw new IllegalStateException("it could not be mounted as the test needs it");
        }
    }

    private static boolean run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean done = process.waitFor() == 0;
            if (!done) {
                Printed.line(String.join(" ", command) + ": " + said);
            }
            return done;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        run("umount", "-l", folder.toString());
    }
}
