package dev.partnergateway.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.check.Checker;
import dev.partnergateway.check.IntegrationFiles;
import dev.partnergateway.check.Mistake;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check}: finds what is wrong in the files of integrations, without starting anything. */
@Command(
        name = "check",
        description =
                "Finds what is wrong in the files of integrations, without starting anything: one line for each mistake,"
                        + " with file, line and column.")
final class Check implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<name>", arity = "0..*", description = "Integrations; without one all are looked at.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        IntegrationFiles files = IntegrationFiles.read(Path.of(""));
        Set<String> chosen = new TreeSet<>(names.isEmpty() ? files.integrations() : names);
        List<Mistake> mistakes = new Checker().check(files, chosen).mistakes();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(chosen, mistakes));
        } else {
            mistakes.forEach(out::println);
            out.println(summary(chosen, mistakes.size()));
        }
        out.flush();
        return mistakes.isEmpty() ? Commands.DONE : Commands.NOT_DONE;
    }

    private static String summary(Set<String> chosen, int mistakes) {
        String looked = String.join(", ", chosen);
        if (chosen.isEmpty()) {
            return "There is no file in routes/ of this directory.";
        }
        return mistakes == 0
                ? "Nothing is wrong in " + looked + "."
                : mistakes + (mistakes == 1 ? " mistake" : " mistakes") + " in " + looked + ".";
    }

    private static ObjectNode json(Set<String> chosen, List<Mistake> mistakes) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        chosen.forEach(result.putArray("integrations")::add);
        ArrayNode list = result.putArray("mistakes");
        mistakes.forEach(mistake -> list.addObject()
                .put("file", mistake.file())
                .put("line", mistake.line())
                .put("column", mistake.column())
                .put("sentence", mistake.sentence()));
        return result;
    }
}
