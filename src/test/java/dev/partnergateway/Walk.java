package dev.partnergateway;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import dev.partnergateway.command.Commands;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Walks through a page in the working directory: writes the files that it shows, carries out its commands, and holds what
 * they print to what it shows. Then it holds what came out to the same tests as every integration of the build. A process
 * of its own, because everything is looked for in the working directory.
 */
final class Walk {

    private static final Pattern BLOCK = Pattern.compile(
            "(?:`([\\w./-]+)`:\n\n)?```(yaml|sh)\n(.*?)\n```(?:\n+```text\n(.*?)\n```)?", Pattern.DOTALL);
    private static final String JAR = "java -jar partner-gateway.jar ";
    private static final String[] OF_THE_BUILD = {"BadInputTest", "CasesAreCompleteTest", "DeadlineTest"};

    private Walk() {}

    /** Walks. The page is the first argument; it ends at the headline {@code ## Reference}. */
    public static void main(String[] arguments) {
        int code = 0;
        try {
            walk(Path.of(arguments[0]));
        } catch (IOException | AssertionError e) {
            System.out.println(e.getMessage());
            code = 1;
        }
        // What the tests share runs as long as its process does.
        System.exit(code);
    }

    private static void walk(Path shown) throws IOException {
        String page = Files.readString(shown).replaceFirst("(?s)\n## Reference\n.*", "");
        Matcher block = BLOCK.matcher(page);
        while (block.find()) {
            if (block.group(2).equals("yaml")) {
                Path file = Path.of(block.group(1));
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, block.group(3) + "\n");
            } else {
                StringBuilder printed = new StringBuilder();
                block.group(3).lines().forEach(command -> printed.append(run(command)));
                hold(block.group(3), block.group(4), printed.toString());
            }
        }
        holdToTheBuild();
    }

    private static String run(String command) {
        if (command.startsWith("rm ")) {
            for (String file : command.substring(3).split(" ")) {
                try {
                    Files.delete(Path.of(file));
                } catch (IOException e) {
                    throw new AssertionError(command, e);
                }
            }
            return "";
        }
        if (!command.startsWith(JAR)) {
            throw new AssertionError("the command is not understood: " + command);
        }
        StringWriter out = new StringWriter();
        PrintWriter printer = new PrintWriter(out);
        Settings settings = Settings.load(Path.of("application.properties"), Map.of(), new Properties());
        int code = Commands.run(
                PartnerGateway.HOUSE,
                settings,
                printer,
                printer,
                command.substring(JAR.length()).split(" "));
        printer.flush();
        System.out.println(command + "\n" + out);
        // A page may show what it looks like when something is wrong.
        if (code != (out.toString().contains("FAIL  ") ? 1 : 0)) {
            throw new AssertionError(command + " ends with " + code + ":\n" + out);
        }
        return out.toString();
    }

    /** What nobody can foresee is left out of account. */
    private static String plain(String text) {
        return text.strip()
                .replaceAll(" +\\d+ ms", " (some) ms")
                .replaceAll("in \\d+\\.\\d s", "in (some) s")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(some id)")
                .replaceAll("\"\\d{4}-\\d\\d-\\d\\dT[^\"]*\"", "\"(some time)\"");
    }

    /** A line of three dots stands for any lines. */
    private static String asPattern(String shown) {
        return shown.lines()
                .map(line -> line.strip().equals("…") ? "(?s:.*?)" : Pattern.quote(line))
                .collect(Collectors.joining("\n"));
    }

    private static void hold(String commands, String shown, String printed) {
        if (shown != null && !Pattern.matches(asPattern(plain(shown)), plain(printed))) {
            throw new AssertionError(commands + "\nprints\n" + printed + "\nbut the page shows\n" + shown);
        }
    }

    private static void holdToTheBuild() {
        LauncherDiscoveryRequestBuilder tests =
                LauncherDiscoveryRequestBuilder.request().filters(includeEngines("junit-jupiter"));
        for (String each : OF_THE_BUILD) {
            tests.selectors(selectClass("dev.partnergateway.conformance." + each));
        }
        tests.selectors(
                selectClass("dev.partnergateway.RouteFilesTest"),
                selectMethod("dev.partnergateway.conformance.CasesTest#everyCaseHolds"),
                selectMethod("dev.partnergateway.RoomsTest#aPartnersFileHoldsWiringOnly"),
                selectMethod("dev.partnergateway.RoomsTest#everyIntegrationHasItsContractAndItsCases"));
        LauncherDiscoveryRequest request = tests.build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        System.out.println(summary.getSummary().getTestsSucceededCount() + " tests of the build hold");
        if (summary.getSummary().getTotalFailureCount() > 0) {
            StringWriter failures = new StringWriter();
            summary.getSummary().printFailuresTo(new PrintWriter(failures), 3);
            throw new AssertionError(failures.toString());
        }
    }
}
