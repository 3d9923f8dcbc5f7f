package dev.partnergateway.command;

import dev.partnergateway.cases.Case;
import dev.partnergateway.cases.CaseRunner;
import dev.partnergateway.cases.Logged;
import dev.partnergateway.cases.Outcome;
import dev.partnergateway.cases.Report;
import dev.partnergateway.cases.Shown;
import dev.partnergateway.contract.Nearest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code test}: runs cases against the integrations of the working directory and a sandbox in this process. */
@Command(
        name = "test",
        description = "Runs the cases of cases/ against routes/, openapi/ and a sandbox in this process.",
        footer = {"", "One line for a case; what differs follows, with file and line: - expected, + seen."})
final class Test implements Callable<Integer> {

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<integration>", arity = "0..*", description = "Runs the cases of these; all without one.")
    private List<String> names = List.of();

    @Option(
            names = {"-c", "--case"},
            paramLabel = "<text>",
            description = "Runs cases with this text in their names, in any letter case.")
    private String text = "";

    @Option(names = "--watch", description = "Runs them again whenever a file of routes, openapi or cases is saved.")
    private boolean watch;

    @Option(names = "--junit", paramLabel = "<file>", description = "Writes what became of them as JUnit does, in XML.")
    private Path junit;

    @Option(names = "--json", description = "Prints one JSON object for each case.")
    private boolean json;

    @Option(names = "--log", description = "Shows what the gateway logs.")
    private boolean log;

    @Override
    public Integer call() throws Exception {
        if (!log) {
            Console.silence();
        }
        Logged logged = Logged.start();
        if (!watch) {
            return run(logged);
        }
        Saved files = new Saved(Path.of("routes"), Path.of("openapi"), Case.FOLDER);
        while (true) {
            try {
                run(logged);
            } catch (Exception e) {
                out().println(Commands.sentence("", e));
            }
            out().println("Waiting for a change; Ctrl-C ends.");
            out().flush();
            files.await();
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private int run(Logged logged) throws Exception {
        Shown shown = new Shown();
        List<Case> wanted = wanted(shown);
        List<Outcome> outcomes = new ArrayList<>();
        long begun = System.nanoTime();
        try (House.Rehearsal rehearsal = commands.house().rehearse(commands.settings(), false)) {
            CaseRunner runner = new CaseRunner(rehearsal.port(), rehearsal.sandboxPort(), Path.of("openapi"), logged);
            for (Case each : wanted) {
                Outcome outcome = runner.run(each);
                outcomes.add(outcome);
                print(outcome);
            }
        }
        Report report = new Report(outcomes);
        if (junit != null) {
            report.writeJunit(junit);
        }
        if (!json) {
            summary(report, shown, Duration.ofNanos(System.nanoTime() - begun));
        }
        return report.failed() == 0 ? Commands.DONE : Commands.NOT_DONE;
    }

    private List<Case> wanted(Shown shown) {
        Set<String> known = new TreeSet<>();
        Shown.contracts().forEach(contract -> known.add(Shown.integration(contract)));
        for (String name : names) {
            if (!known.contains(name)) {
                String meant = Nearest.likely(name, known);
                throw new ParameterException(
                        spec.commandLine(),
                        name + " is no integration"
                                + (meant == null
                                        ? ": there are " + String.join(", ", known) + "."
                                        : ": did you mean " + meant + "?"));
            }
        }
        List<Case> wanted = shown.cases().stream()
                .filter(each -> names.isEmpty() || names.contains(each.integration()))
                .filter(each -> each.name().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)))
                .toList();
        if (wanted.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    text.isEmpty()
                            ? "There is no case: write one into cases/<integration>/<name>.yaml."
                            : "No case has \"" + text + "\" in its name.");
        }
        return wanted;
    }

    private void print(Outcome outcome) {
        if (json) {
            out().println(outcome.json());
        } else {
            out().println(outcome.brief());
            if (!outcome.passed()) {
                out().print(outcome.diff().indent(5));
            }
        }
        out().flush();
    }

    private void summary(Report report, Shown shown, Duration took) {
        if (text.isEmpty()) {
            shown.missing(names).forEach(each -> out().println("note  no case shows " + each));
        }
        out().println(report.summary() + String.format(Locale.ROOT, " in %.1f s", took.toMillis() / 1000.0));
        out().flush();
    }
}
