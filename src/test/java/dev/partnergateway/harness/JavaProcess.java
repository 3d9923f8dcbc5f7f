package dev.partnergateway.harness;

import java.nio.file.Path;
import java.util.List;

/** How tests start a JVM of their own: small, and quickly there. */
public final class JavaProcess {

    private JavaProcess() {}

    /** The beginning of a command; system properties and the main class follow. */
    public static List<String> command(String classPath) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx400m",
                "-cp",
                classPath);
    }
}
