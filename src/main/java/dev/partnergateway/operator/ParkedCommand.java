package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** {@code partner-gateway.jar parked ...}: asks the gateway that runs with the same settings. */
public final class ParkedCommand {

    private static final String USAGE = """
            parked list                        what waits for a decision
            parked show <id>                   one call with what was sent (may be personal data) and its history
            parked retry <id>                  try again
            parked free <id>                   it did not happen: the partner's next call is a first one
            parked done <id> <status> [json]   it happened: what repeats get from now on""";

    private final OperatorClient gateway;
    private final PrintStream error;

    /** Asks the operator's port of these settings. */
    public ParkedCommand(Settings settings, PrintStream out, PrintStream error) {
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
        boolean parked = arguments.length > 1 && arguments[0].equals("parked");
        String verb = parked ? arguments[1] : "";
        boolean named = arguments.length > 2 && arguments[2].matches("[0-9a-f]{64}");
        if (verb.equals("list") && arguments.length == 2) {
            return gateway.send("GET", "/parked", null);
        }
        if (verb.equals("show") && named && arguments.length == 3) {
            return gateway.send("GET", "/parked/" + arguments[2], null);
        }
        if ((verb.equals("retry") || verb.equals("free")) && named && arguments.length == 3) {
            return gateway.send("POST", "/parked/" + arguments[2] + "/" + verb, null);
        }
        if (verb.equals("done") && named && arguments.length >= 4 && arguments.length <= 5) {
            return done(arguments);
        }
        error.println(USAGE);
        return 2;
    }

    private int done(String... arguments) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        try {
            answer.put("status", Integer.parseInt(arguments[3]));
            if (arguments.length == 5) {
                answer.set("body", Json.read(arguments[4].getBytes(StandardCharsets.UTF_8)));
            }
        } catch (NumberFormatException | IOException e) {
            error.println(USAGE);
            return 2;
        }
        return gateway.send("POST", "/parked/" + arguments[2] + "/done", Json.write(answer));
    }
}
