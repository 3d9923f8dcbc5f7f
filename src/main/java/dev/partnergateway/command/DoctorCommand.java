package dev.partnergateway.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.doctor.Doctor;
import dev.partnergateway.doctor.Finding;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code doctor}: says what works of what the settings name. */
@Command(
        name = "doctor",
        description = "Says of each deployment, of the store and of the brokers in the settings what works. Nothing is"
                + " changed anywhere.")
final class DoctorCommand implements Callable<Integer> {

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        ArrayNode findings = result.putArray("findings");
        int[] failed = {0};
        new Doctor(commands.settings()).look(finding -> {
            if (finding.result() == Finding.Result.FAILED) {
                failed[0]++;
            }
            findings.addObject()
                    .put("of", finding.of())
                    .put("what", finding.what())
                    .put("result", finding.result().name().toLowerCase(Locale.ROOT))
                    .put("sentence", finding.sentence());
            if (!json) {
                out.println(finding);
                out.flush();
            }
        });
        if (json) {
            out.println(result);
            out.flush();
        }
        return failed[0] == 0 ? Commands.DONE : Commands.NOT_DONE;
    }
}
