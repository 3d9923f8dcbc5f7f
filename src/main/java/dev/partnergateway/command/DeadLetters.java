package dev.partnergateway.command;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dead-letters}: queued calls that could not be carried out, in the gateway that runs with the same settings. */
@Command(
        name = "dead-letters",
        synopsisSubcommandLabel = "COMMAND",
        description = "Queued calls that could not be carried out. Answers are JSON.",
        footer = {
            "",
            "Names of a filter: id, operation, deployment, reason (a status, or a part of the text), from, to (such as",
            "2026-11-24T12:00:00Z)."
        })
final class DeadLetters {

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Command(description = "Shows those that a filter finds; without one all.")
    private int list(@Parameters(paramLabel = "<name>=<value>", arity = "0..*") Map<String, String> filter) {
        return gateway().send("GET", "/dead-letters" + query(filter), null);
    }

    @Command(description = "Puts those that a filter finds back into the queue.")
    private int replay(@Parameters(paramLabel = "<name>=<value>", arity = "1..*") Map<String, String> filter) {
        return gateway().send("POST", "/dead-letters/replay" + query(filter), null);
    }

    private static String query(Map<String, String> filter) {
        return filter == null
                ? ""
                : filter.entrySet().stream()
                        .map(part -> encode(part.getKey()) + '=' + encode(part.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private OperatorClient gateway() {
        return new OperatorClient(
                commands.settings(),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }
}
