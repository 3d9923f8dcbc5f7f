package dev.partnergateway.operator;

import dev.partnergateway.settings.Settings;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** {@code partner-gateway.jar dead-letters ...}: asks the gateway that runs with the same settings. */
public final class DeadLettersCommand {

    private static final String USAGE = """
            dead-letters list [name=value ...]     queued calls that could not be carried out
            dead-letters replay name=value ...     puts them back into the queue
            names: id, operation, deployment, reason (a status, or a part of the text),
                   from, to (such as 2026-11-24T12:00:00Z)""";

    private final OperatorClient gateway;
    private final PrintStream error;

    /** Asks the operator's port of these settings. */
    public DeadLettersCommand(Settings settings, PrintStream out, PrintStream error) {
        this.gateway = new OperatorClient(settings, out, error);
        this.error = error;
    }

    /**
     * Runs the command.
     *
     * @param arguments those after the jar
     * @return exit code: 0 = done, 1 = refused or not reached, 2 = not understood
     */
    public int run(String... arguments) {
        String[] filter = Arrays.copyOfRange(arguments, Math.min(2, arguments.length), arguments.length);
        String verb = arguments.length > 1 ? arguments[1] : "";
        boolean understood = Arrays.stream(filter).allMatch(part -> part.indexOf('=') > 0);
        if (verb.equals("list") && understood) {
            return gateway.send("GET", "/dead-letters" + query(filter), null);
        }
        if (verb.equals("replay") && understood && filter.length > 0) {
            return gateway.send("POST", "/dead-letters/replay" + query(filter), null);
        }
        error.println(USAGE);
        return 2;
    }

    private static String query(String... filter) {
        return Arrays.stream(filter)
                .map(part -> encode(part.substring(0, part.indexOf('=')))
                        + '='
                        + encode(part.substring(part.indexOf('=') + 1)))
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
