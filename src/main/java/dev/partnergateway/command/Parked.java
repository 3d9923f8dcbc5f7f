package dev.partnergateway.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code parked}: what the operator decides on, in the gateway that runs with the same settings. */
@Command(
        name = "parked",
        synopsisSubcommandLabel = "COMMAND",
        description = "Calls that wait for a decision, in the gateway that runs with these settings. Answers are JSON.")
final class Parked {

    private static final String WHY = "--why";
    private static final String REASON = "Your reason; it is written down, with your name on this machine.";
    private static final String ID = "[0-9a-f]{64}";

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Command(description = "What waits for a decision.")
    private int list() {
        return gateway().send("GET", "/api/parked", null);
    }

    @Command(description = "One call with what was sent (may be personal data) and its history.")
    private int show(@Parameters(paramLabel = "<id>") String id) {
        return gateway().send("GET", place(id), null);
    }

    @Command(description = "Tries it again.")
    private int retry(
            @Parameters(paramLabel = "<id>") String id,
            @Option(names = WHY, required = true, paramLabel = "<text>", description = REASON) String why) {
        return gateway().decide(place(id) + "/retry", why, JsonNodeFactory.instance.objectNode());
    }

    @Command(description = "It did not happen: the partner's next call is a first one.")
    private int free(
            @Parameters(paramLabel = "<id>") String id,
            @Option(names = WHY, required = true, paramLabel = "<text>", description = REASON) String why) {
        return gateway().decide(place(id) + "/free", why, JsonNodeFactory.instance.objectNode());
    }

    @Command(description = "It happened: what repeats get from now on.")
    private int done(
            @Parameters(paramLabel = "<id>") String id,
            @Parameters(paramLabel = "<status>", description = "Status of the answer, such as 200.") int status,
            @Parameters(paramLabel = "<json>", arity = "0..1", description = "Body of the answer.") String body,
            @Option(names = WHY, required = true, paramLabel = "<text>", description = REASON) String why) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("status", status);
        if (body != null) {
            try {
                answer.set("body", Json.read(body.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new ParameterException(spec.commandLine(), "The body of the answer must be JSON.", e);
            }
        }
        return gateway().decide(place(id) + "/done", why, answer);
    }

    private String place(String id) {
        if (!id.matches(ID)) {
            throw new ParameterException(
                    spec.commandLine(), id + " is no id of a parked call: parked list shows them.");
        }
        return "/api/parked/" + id;
    }

    private OperatorClient gateway() {
        return new OperatorClient(
                commands.settings(),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }
}
