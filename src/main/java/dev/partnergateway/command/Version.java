package dev.partnergateway.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code version}: which gateway this is, which Camel is in it, and what it runs on. */
@Command(name = "version", description = "Shows the versions of the gateway, of Camel and of Java.")
final class Version implements Callable<Integer>, IVersionProvider {

    private static final String UNKNOWN = "unknown";

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode versions = JsonNodeFactory.instance
                    .objectNode()
                    .put("version", own())
                    .put("camel", camel())
                    .put("java", Runtime.version().toString());
            out.println(versions);
        } else {
            out.println(getVersion()[0]);
        }
        out.flush();
        return Commands.DONE;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "Partner Gateway for Talon.One " + own() + " (Camel " + camel() + ", Java " + Runtime.version() + ")"
        };
    }

    private static String own() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? UNKNOWN : version;
    }

    /** From what its build has left in the jar: asking Camel would load it. */
    private static String camel() {
        try (InputStream file =
                Version.class.getResourceAsStream("/META-INF/maven/org.apache.camel/camel-main/pom.properties")) {
            Properties properties = new Properties();
            if (file != null) {
                properties.load(file);
            }
            return properties.getProperty("version", UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
