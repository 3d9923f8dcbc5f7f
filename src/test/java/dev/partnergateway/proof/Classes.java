package dev.partnergateway.proof;

import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Redirection;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The classes that gateways of a storm are started with: the gateway's own, but for the clock that they ask. */
final class Classes {

    private static final Redirection CLOCK = new Redirection(Map.of(
            "java/lang/System.currentTimeMillis", "dev/partnergateway/proof/SkewedClock",
            "java/time/Instant.now", "dev/partnergateway/proof/SkewedClock"));

    private final String classPath;
    private final String[] options;

    private Classes(String classPath, String... options) {
        this.classPath = classPath;
        this.options = options;
    }

    /**
     * The gateway's own.
     *
     * @param replacements folder of classes that go before them; may be null
     */
    static Classes of(Path replacements) {
        return new Classes(skewed(replacements) + File.pathSeparator + System.getProperty("java.class.path"));
    }

    /** Folder with the classes that ask for the time, asking {@link SkewedClock}, and with all that are replaced. */
    private static Path skewed(Path replacements) {
        try {
            Path folder = Files.createTempDirectory("gateway-classes");
            for (Path from : replacements == null ? List.of(own()) : List.of(own(), replacements)) {
                try (Stream<Path> files = Files.walk(from)) {
                    for (Path file : files.filter(each -> each.toString().endsWith(".class"))
                            .toList()) {
                        byte[] written = Files.readAllBytes(file);
                        byte[] redirected = CLOCK.of(written);
                        if (redirected != written || from.equals(replacements)) {
                            Path copy = folder.resolve(from.relativize(file));
                            Files.createDirectories(copy.getParent());
                            Files.write(copy, redirected);
                        }
                    }
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path own() {
        return folder("dev/partnergateway/PartnerGateway.class");
    }

    private static Path folder(String resource) {
        Path place = Path.of(
                GatewayProcess.class.getClassLoader().getResource(resource).getPath());
        for (int i = 0; i < Path.of(resource).getNameCount(); i++) {
            place = place.getParent();
        }
        return place;
    }

    /**
     * The gateway's own in an archive that a JVM opens ready-made: a start takes half the time, which counts where
     * hundreds are killed. Such an archive takes jars only.
     */
    static Classes archived(Map<String, String> settings) {
        try {
            Path skewed = skewed(null);
            String clock = "dev/partnergateway/proof/SkewedClock.class";
            Files.createDirectories(skewed.resolve(clock).getParent());
            Files.copy(folder(clock).resolve(clock), skewed.resolve(clock));
            Path folder = Files.createTempDirectory("gateway-archive");
            List<String> path = new ArrayList<>();
            path.add(jar(folder.resolve("skewed.jar"), skewed));
            path.add(jar(folder.resolve("gateway.jar"), own()));
            path.addAll(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> entry.endsWith(".jar"))
                    .toList());
            String classPath = path.stream().collect(Collectors.joining(File.pathSeparator));
            Path archive = folder.resolve("gateway.jsa");
            try (GatewayProcess gateway = GatewayProcess.start(
                    GatewayProcess.workingDirectory(), settings, classPath, "-XX:ArchiveClassesAtExit=" + archive)) {
                gateway.terminate();
                gateway.exitCode();
            }
            return new Classes(classPath, "-XX:SharedArchiveFile=" + archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jar(Path jar, Path classes) {
        int made = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "cf", jar.toString(), "-C", classes.toString(), ".");
        if (made != 0) {
            throw new IllegalStateException("the gateway's classes could not be put into a jar");
        }
        return jar.toString();
    }

    /**
     * Starts a gateway.
     *
     * @param ahead by how many milliseconds its clock is ahead of the machine's; negative = behind
     */
    GatewayProcess start(Path home, Map<String, String> settings, long ahead) {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.add("-Dskew.millis=" + ahead);
        return GatewayProcess.start(home, settings, classPath, all.toArray(String[]::new));
    }
}
