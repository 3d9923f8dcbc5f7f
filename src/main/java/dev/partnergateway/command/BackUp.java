package dev.partnergateway.command;

import dev.partnergateway.store.Backup;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code backup}: copies the embedded store. */
@Command(name = "backup", description = "Copies the embedded store, also while a gateway runs.")
final class BackUp implements Callable<Integer> {

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<file>", description = "Where the copy goes; one that is there is replaced.")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Backup.write(commands.settings(), file);
        out.println("The store is copied to " + file + ".");
        out.flush();
        return Commands.DONE;
    }
}
