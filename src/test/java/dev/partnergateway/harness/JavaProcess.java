package dev.partnergateway.harness;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How tests start a JVM of their own: small, and quickly there. */
public final class JavaProcess {

    private static final List<String> CLASS_PATH =
            List.of(System.getProperty("java.class.path").split(File.pathSeparator));

    private JavaProcess() {}

    /**
     * The class path of this JVM: libraries, then folders, for only what begins with the libraries finds them in their
     * archive.
     *
     * @param replacements folders whose classes go before those of the same names
     */
    public static String classPath(Path... replacements) {
        return Stream.of(
                        Stream.of(libraries()),
                        Arrays.stream(replacements).map(Path::toString),
                        CLASS_PATH.stream().filter(entry -> !isLibrary(entry)))
                .flatMap(entries -> entries)
                .collect(Collectors.joining(File.pathSeparator));
    }

    static String libraries() {
        return CLASS_PATH.stream().filter(JavaProcess::isLibrary).collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isLibrary(String entry) {
        return entry.endsWith(".jar");
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The beginning of a command; system properties and the main class follow. */
    public static List<String> command(String classPath) {
        List<String> command = new ArrayList<>(
                List.of(java(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx400m"));
        if (classPath.startsWith(libraries() + File.pathSeparator)) {
            LibraryArchive.get().ifPresent(archive -> command.add("-XX:SharedArchiveFile=" + archive));
        }
        command.addAll(List.of("-cp", classPath));
        return command;
    }
}
