package dev.partnergateway.proof;

import dev.partnergateway.harness.GatewayProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/** The classes that gateways of a storm are started with. */
final class Classes {

    private final String classPath;
    private String[] options = {};

    private Classes(String classPath) {
        this.classPath = classPath;
    }

    /** The gateway's own; those in a folder go before them. */
    static Classes of(Path replacements) {
        String own = System.getProperty("java.class.path");
        return new Classes(replacements == null ? own : replacements + File.pathSeparator + own);
    }

    /**
     * The gateway's own in an archive that a JVM opens ready-made: a start takes half the time, which counts where
     * hundreds are killed. Such an archive takes jars only.
     */
    static Classes archived(Map<String, String> settings) {
        try {
            Path folder = Files.createTempDirectory("gateway-classes");
            Path jar = folder.resolve("gateway.jar");
            Path own = Path.of(GatewayProcess.class
                    .getClassLoader()
                    .getResource("dev/partnergateway/PartnerGateway.class")
                    .getPath());
            int made = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(
                            System.out,
                            System.err,
                            "cf",
                            jar.toString(),
                            "-C",
                            own.getParent().getParent().getParent().toString(),
                            ".");
            if (made != 0) {
                throw new IllegalStateException("the gateway's classes could not be put into a jar");
            }
            String libraries = Arrays.stream(
                            System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> entry.endsWith(".jar"))
                    .collect(Collectors.joining(File.pathSeparator));
            Classes classes = new Classes(jar + File.pathSeparator + libraries);
            Path archive = folder.resolve("gateway.jsa");
            try (GatewayProcess gateway = GatewayProcess.start(
                    GatewayProcess.workingDirectory(),
                    settings,
                    classes.classPath,
                    "-XX:ArchiveClassesAtExit=" + archive)) {
                gateway.terminate();
                gateway.exitCode();
            }
            classes.options = new String[] {"-XX:SharedArchiveFile=" + archive};
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    GatewayProcess start(Path home, Map<String, String> settings) {
        return GatewayProcess.start(home, settings, classPath, options);
    }
}
