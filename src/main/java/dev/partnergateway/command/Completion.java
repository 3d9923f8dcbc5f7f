package dev.partnergateway.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: makes shells complete the commands. */
@Command(
        name = "completion",
        description = "Prints a script that makes bash and zsh complete these commands.",
        footer = {
            "",
            "alias partner-gateway='java -jar /path/to/partner-gateway.jar'",
            "source <(partner-gateway completion)"
        })
final class Completion implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
        out.flush();
        return Commands.DONE;
    }
}
