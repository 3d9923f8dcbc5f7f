package dev.partnergateway.harness;

import dev.partnergateway.call.Credential;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The classes of all libraries in an archive that a JVM opens ready-made, where it would else read and verify each: a
 * gateway starts with a third of the CPU time, and a build starts some eighty. It is made once, by starting a gateway and
 * noting what that loads, and kept in {@code target/} for as long as the libraries are the same.
 */
final class LibraryArchive {

    private static final Path FOLDER = Path.of("target").toAbsolutePath();

    private static boolean making;
    private static Optional<Path> archive;

    private LibraryArchive() {}

    /** The archive; empty while it is being made, and where this JVM can make none. */
    static synchronized Optional<Path> get() {
        if (making) {
            return Optional.empty();
        }
        if (archive == null) {
            making = true;
            try {
                archive = made();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                making = false;
            }
        }
        return archive;
    }

    private static Optional<Path> made() throws IOException {
        String same = System.getProperty("java.vm.version") + JavaProcess.libraries();
        Path whole = FOLDER.resolve("libraries-" + Credential.sha256(same).substring(0, 16) + ".jsa");
        if (Files.exists(whole)) {
            return Optional.of(whole);
        }
        Path loaded = Files.createTempFile("loaded", ".classes");
        try (GatewayProcess gateway = GatewayProcess.start(
                GatewayProcess.workingDirectory(),
                Map.of(),
                JavaProcess.classPath(),
                "-XX:DumpLoadedClassList=" + loaded)) {
            gateway.partner().event("archive");
            gateway.terminate();
            gateway.exitCode();
        }
        Path part = Files.createTempFile(FOLDER, "libraries", ".part");
        List<String> dump = List.of(
                JavaProcess.java(),
                "-Xshare:dump",
                "-XX:+UseSerialGC",
                "-XX:SharedClassListFile=" + loaded,
                "-XX:SharedArchiveFile=" + part,
                "-cp",
                JavaProcess.libraries());
        int result;
        try {
            result = new ProcessBuilder(dump)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        if (result != 0 || Files.size(part) == 0) {
            Printed.line("Processes start slowly: this JVM makes no archive of classes (status " + result + ")");
            return Optional.empty();
        }
        return Optional.of(
                Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
    }
}
