package dev.partnergateway.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** The command line of the jar. */
class CommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter error = new StringWriter();

    private int run(String... arguments) {
        Settings settings = Settings.load(Path.of("application.properties"), Map.of(), new Properties());
        return Commands.run(settings, new PrintWriter(out), new PrintWriter(error), arguments);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHasHelp() {
        List<CommandLine> all = new ArrayList<>();
        gather(Commands.line(settings -> null, () -> null), all);
        assertTrue(all.size() > 10, "there are " + all.size());
        return all.stream()
                .map(command -> dynamicTest(command.getCommandSpec().qualifiedName(), () -> {
                    String[] words = (command.getCommandSpec().qualifiedName() + " --help").split(" ");
                    assertEquals(0, run(java.util.Arrays.copyOfRange(words, 1, words.length)), error::toString);
                    assertTrue(
                            out.toString()
                                    .contains(
                                            "Usage: " + command.getCommandSpec().qualifiedName()),
                            out.toString());
                    assertTrue(
                            command.getCommandSpec().usageMessage().description().length > 0,
                            "it says nothing about itself");
                }));
    }

    private static void gather(CommandLine command, List<CommandLine> all) {
        all.add(command);
        command.getSubcommands().values().forEach(sub -> gather(sub, all));
    }

    @Test
    void aWordThatNobodyKnowsIsNotUnderstoodAndTheNearestIsNamed() {
        assertEquals(2, run("chekc"));
        assertTrue(error.toString().contains("chekc is no command: did you mean check?"), error.toString());
        assertEquals(2, run("check", "--jsno"));
        assertTrue(error.toString().contains("--jsno is no option of check: did you mean --json?"), error.toString());
        assertEquals(2, run("parked"));
        assertEquals("", out.toString());
    }

    @Test
    void checkTellsPeopleAndProgramsWhetherAnythingIsWrong() throws Exception {
        assertEquals(0, run("check", "segment"), out::toString);
        assertTrue(out.toString().contains("Nothing is wrong in segment."), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(1, run("check", "--json", "segmnt"));
        assertEquals(
                "there is no integration segmnt: did you mean segment?",
                new ObjectMapper()
                        .readTree(out.toString())
                        .at("/mistakes/0/sentence")
                        .asText());
    }

    @Test
    void versionAndCompletionArePrinted() {
        assertEquals(0, run("version", "--json"));
        assertTrue(out.toString().contains("\"camel\":\"4."), out.toString());
        assertEquals(0, run("--version"));
        assertEquals(0, run("completion"));
        assertTrue(out.toString().contains("dead-letters"), "completion knows the commands");
    }

    @Test
    void aSettingMayStandAfterACommand() {
        try {
            assertEquals(0, run("check", "braze", "-Dgateway.of-a-test=1"), error::toString);
            assertEquals("1", System.getProperty("gateway.of-a-test"));
        } finally {
            System.clearProperty("gateway.of-a-test");
        }
    }
}
