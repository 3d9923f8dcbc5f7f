package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.partnergateway.check.IntegrationFiles;
import dev.partnergateway.contract.Extensions;
import dev.partnergateway.edge.RouteFunctions;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.JavaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The page about integrations: its walk leads where it says, and its reference leaves nothing out. */
@Execution(ExecutionMode.CONCURRENT)
class IntegrationsPageTest {

    private static final Path PAGE = Path.of("docs", "integrations.md");

    /** What somebody may be kept waiting for on a busy machine. */
    private static final int MINUTES = 4;

    @TempDir
    Path folder;

    /** From nothing to an integration that the build finds nothing wrong with; nobody has heard of it before. */
    @Test
    void theWalkEndsWithAnIntegrationThatPassesTheBuild() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(JavaProcess.command(JavaProcess.classPath()));
        command.addAll(List.of("dev.partnergateway.Walk", PAGE.toAbsolutePath().toString()));
        Path output = Path.of("target", "walk.txt");
        Path home = Files.createDirectory(folder.resolve("home"));
        Process process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(MINUTES, java.util.concurrent.TimeUnit.MINUTES);
        process.destroyForcibly();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertTrue(ended && process.exitValue() == 0, printed);
        assertTrue(printed.contains("tests of the build hold"), printed);
    }

    private static String section(String title) throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf("\n### " + title + "\n");
        assertTrue(from >= 0, "the page has no part " + title);
        int to = page.indexOf("\n### ", from + 1);
        return page.substring(from, to < 0 ? page.length() : to);
    }

    /** First cells of the tables of a part of the page. */
    private static TreeSet<String> names(String title) throws IOException {
        return Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                .matcher(section(title))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyKameletIsDescribed() throws IOException {
        assertEquals(new TreeSet<>(IntegrationFiles.SHARED), names("Kamelets"));
    }

    @Test
    void everyFunctionOfTheCoreIsDescribed() throws IOException {
        TreeSet<String> described = new TreeSet<>();
        names("jq").stream()
                .filter(name -> name.matches("[a-z]+(\\(\"[a-z_]+\"\\))?"))
                .forEach(name -> described.add(name.replaceFirst("\\(.*", "")));
        described.remove("variable");
        TreeSet<String> known = new TreeSet<>();
        RouteFunctions.ALL.keySet().forEach(name -> known.add(name.replaceFirst("/.*", "")));
        assertEquals(known, described);
    }

    /** Each row of the table about jq: an expression, and what it gives. */
    @Test
    void jqGivesWhatThePageSays() throws IOException {
        Scope scope = Scope.newEmptyScope();
        BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_6, scope);
        List<MatchResult> rows = Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|")
                .matcher(section("jq"))
                .results()
                .toList();
        assertTrue(rows.size() > 4, "the page says nothing about jq");
        for (MatchResult row : rows) {
            String gives;
            try {
                List<String> all = new ArrayList<>();
                JsonQuery.compile(row.group(1).replace("\\|", "|"), Versions.JQ_1_6)
                        .apply(scope, NullNode.getInstance(), each -> all.add(each.toString()));
                gives = String.join(", ", all);
            } catch (JsonQueryException failed) {
                gives = "an error";
            }
            assertEquals(row.group(2), gives, row.group(1));
        }
    }

    @Test
    void everyExtensionIsDescribed() throws IOException {
        TreeSet<String> known = new TreeSet<>(Extensions.OF_FILE);
        known.addAll(Extensions.OF_OPERATION);
        known.addAll(Extensions.OF_VALUE);
        TreeSet<String> described = new TreeSet<>();
        names("Extensions of the contract").forEach(name -> described.add(name.replaceFirst(":.*", "")));
        assertEquals(known, described);
    }

    @Test
    void everyFaultIsDescribed() throws IOException {
        TreeSet<String> known = told("{\"operation\":\"*\",\"no\":1}");
        known.addAll(told("{\"operation\":\"*\",\"kind\":\"no\"}"));
        assertEquals(known, names("Faults"));
    }

    /** What the sandbox knows instead of what it was told. */
    private static TreeSet<String> told(String fault) {
        GatewayUnderTest gateway = GatewayUnderTest.shared();
        Http.Answer answer = new Http(gateway.gateway().sandbox().orElseThrow().port())
                .send("POST", "/sandbox/faults", fault, "Content-Type", "application/json");
        assertEquals(400, answer.status());
        String known = answer.json().path("message").asText().replaceFirst(".*there are ", "");
        return new TreeSet<>(List.of(known.replaceFirst("\\.$", "").split(", ")));
    }
}
