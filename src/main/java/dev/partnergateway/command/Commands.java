package dev.partnergateway.command;

import dev.partnergateway.contract.Nearest;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of the jar. Exit codes are the same everywhere: {@value #DONE} it is done, {@value #NOT_DONE} it could
 * not be done or something was found, {@value #NOT_UNDERSTOOD} the words were not understood.
 */
@Command(
        name = "partner-gateway",
        description = "A gateway between marketing platforms and your own Talon.One. Without a command: serve.",
        synopsisSubcommandLabel = "[COMMAND]",
        versionProvider = Version.class,
        footer = {
            "",
            "Exit codes: 0 done, 1 not done or something found, 2 not understood, 70 the gateway could not go on.",
            "Settings stand in application.properties of the working directory, in the environment, or after -D."
        },
        subcommands = {
            Serve.class,
            Check.class,
            Test.class,
            Try.class,
            New.class,
            DoctorCommand.class,
            Parked.class,
            DeadLetters.class,
            BackUp.class,
            Version.class,
            Completion.class
        })
public final class Commands implements Callable<Integer> {

    static final int DONE = 0;
    static final int NOT_DONE = 1;
    static final int NOT_UNDERSTOOD = 2;

    private final House house;
    private final Supplier<Settings> settings;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version.")
    private boolean version;

    private Commands(House house, Supplier<Settings> settings) {
        this.house = house;
        this.settings = settings;
    }

    @Option(
            names = "-D",
            paramLabel = "<setting>=<value>",
            scope = ScopeType.INHERIT,
            description = "A setting of application.properties, as -D<setting>=<value> before -jar.")
    private void given(Map<String, String> given) {
        given.forEach(System::setProperty);
    }

    /**
     * Carries out a command with the settings of the working directory, the environment and {@code -D}, and prints to the
     * process's output.
     *
     * @param house starts what has to be started
     * @param arguments those after the jar
     * @return the exit code
     */
    public static int run(House house, String... arguments) {
        return line(house, Commands::ofTheProcess).execute(arguments);
    }

    /**
     * Carries out a command that starts nothing, with other settings and other places to print to.
     *
     * @param out what was asked for
     * @param error what went wrong
     * @return the exit code
     */
    public static int run(Settings settings, PrintWriter out, PrintWriter error, String... arguments) {
        return run(Commands::nothing, settings, out, error, arguments);
    }

    /**
     * As {@link #run(House, String...)}, with other settings and other places to print to.
     *
     * @param out what was asked for
     * @param error what went wrong
     * @return the exit code
     */
    public static int run(House house, Settings settings, PrintWriter out, PrintWriter error, String... arguments) {
        return line(house, () -> settings).setOut(out).setErr(error).execute(arguments);
    }

    /** The command line, as commands of it look at it. */
    static CommandLine line(House house, Supplier<Settings> settings) {
        return new CommandLine(new Commands(house, settings))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((mistake, arguments) -> notUnderstood(mistake))
                .setExecutionExceptionHandler((failure, command, parsed) -> notDone(failure, command));
    }

    private static House.Running nothing(Settings settings) {
        throw new IllegalStateException("nothing can be started here");
    }

    private static Settings ofTheProcess() {
        return Settings.load(Path.of("application.properties"), System.getenv(), System.getProperties());
    }

    /** What starts gateways. */
    House house() {
        return house;
    }

    /**
     * The settings that the command works with, read when they are asked for.
     *
     * @throws SettingsException naming every wrong one
     */
    Settings settings() {
        return settings.get();
    }

    @Override
    public Integer call() throws Exception {
        return Serve.serve(
                house,
                settings(),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }

    private static int notUnderstood(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter error = command.getErr();
        error.println(
                mistake instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : mistake.getMessage());
        error.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        error.flush();
        return NOT_UNDERSTOOD;
    }

    private static String unknown(UnmatchedArgumentException mistake) {
        CommandLine command = mistake.getCommandLine();
        String word = mistake.getUnmatched().get(0);
        List<String> known = new ArrayList<>();
        if (word.startsWith("-")) {
            command.getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .forEach(known::add);
        } else {
            known.addAll(command.getSubcommands().keySet());
        }
        String kind = word.startsWith("-") ? "option" : "command";
        String of = command.getParent() == null ? "" : " of " + command.getCommandName();
        String meant = Nearest.likely(word, known);
        return word + " is no " + kind + of
                + (meant == null
                        ? known.isEmpty() ? "." : ": there are " + String.join(", ", known) + "."
                        : ": did you mean " + meant + "?");
    }

    private static int notDone(Exception failure, CommandLine command) {
        command.getErr().println(sentence("", failure));
        command.getErr().flush();
        return NOT_DONE;
    }

    /** What failed and, where that differs, what it comes down to; settings speak for themselves. */
    static String sentence(String beginning, Throwable failure) {
        if (failure instanceof SettingsException) {
            return failure.getMessage();
        }
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return beginning + (cause == failure ? text(failure) : text(failure) + ": " + text(cause));
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
