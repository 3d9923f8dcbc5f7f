package dev.partnergateway.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.cases.CallText;
import dev.partnergateway.cases.Case;
import dev.partnergateway.cases.Shown;
import dev.partnergateway.cases.Trial;
import dev.partnergateway.contract.Nearest;
import dev.partnergateway.contract.Operation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.camel.spi.BacklogTracer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code try}: makes one call and shows every step of it, as Camel's own tracer sees them. */
@Command(
        name = "try",
        description = "Makes one call against a sandbox in this process and shows every step of its route.",
        footer = {
            "",
            "A call is a curl command, a call as cases write it ({method, path, query, headers, json}), or a body alone;",
            "what it leaves out is taken from the first case of the operation that succeeds."
        })
final class Try implements Callable<Integer> {

    private static final ObjectMapper PRETTY = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** What is longer is printed over several lines. */
    private static final int ONE_LINE = 100;

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<operation>", description = "The operationId, as in the contract.")
    private String name;

    @Option(names = "--call", paramLabel = "<file>", description = "Takes the call from a file; - is standard input.")
    private String file;

    @Option(names = "--watch", description = "Makes it again whenever the call, a route or a contract is saved.")
    private boolean watch;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Option(names = "--log", description = "Shows what the gateway logs.")
    private boolean log;

    @Override
    public Integer call() throws Exception {
        if (!log) {
            Console.silence();
        }
        String given = file == null ? null : read();
        if (!watch) {
            return run(given);
        }
        boolean again = file != null && !file.equals("-");
        Saved files = new Saved(
                Path.of("routes"), Path.of("openapi"), Case.FOLDER, again ? Path.of(file) : Path.of("routes"));
        while (true) {
            try {
                run(given);
            } catch (Exception e) {
                out().println(Commands.sentence("", e));
            }
            out().println("Waiting for a change; Ctrl-C ends.");
            out().flush();
            files.await();
            given = again ? read() : given;
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private String read() {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), file + " cannot be read.", e);
        }
    }

    private int run(String given) throws Exception {
        Shown shown = new Shown();
        Operation operation = operation(shown);
        JsonNode call = call(shown, operation, given);
        try (House.Rehearsal rehearsal = commands.house().rehearse(commands.settings(), true)) {
            BacklogTracer tracer = rehearsal.camel().getCamelContextExtension().getContextPlugin(BacklogTracer.class);
            tracer.clear();
            Trial trial = Trial.of(call, rehearsal.port(), rehearsal.sandboxPort(), Path.of("openapi"));
            Steps steps = new Steps(tracer.dumpAllTracedMessages(), trial.calls());
            if (json) {
                out().println(PRETTY.writeValueAsString(json(call, steps, trial)));
            } else {
                print(operation, call, steps, trial);
            }
            out().flush();
            return trial.reply().status() < 400 && trial.violation().isEmpty() ? Commands.DONE : Commands.NOT_DONE;
        }
    }

    private Operation operation(Shown shown) {
        return shown.operations().stream()
                .filter(operation -> operation.id().equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known = shown.operations().stream()
                            .map(Operation::id)
                            .sorted()
                            .toList();
                    String meant = Nearest.likely(name, known);
                    return new ParameterException(
                            spec.commandLine(),
                            name + " is no operation"
                                    + (meant == null
                                            ? ": there are " + String.join(", ", known) + "."
                                            : ": did you mean " + meant + "?"));
                });
    }

    private JsonNode call(Shown shown, Operation operation, String given) throws JsonProcessingException {
        JsonNode example = shown.successes(operation.method(), operation.path()).stream()
                .findFirst()
                .orElse(MissingNode.getInstance());
        if (given == null && example.isMissingNode()) {
            throw new ParameterException(
                    spec.commandLine(), "No case shows a success of " + name + ": give a call with --call.");
        }
        JsonNode call;
        try {
            call = given == null ? example : CallText.read(given, example);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
        }
        return PRETTY.readTree(
                call.toString().replace(Case.UNIQUE, UUID.randomUUID().toString()));
    }

    private ObjectNode json(JsonNode call, Steps steps, Trial trial) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.set("call", call);
        ArrayNode proofs = all.putArray("before");
        steps.before().forEach(proofs::add);
        ArrayNode list = all.putArray("steps");
        for (Steps.Step step : steps.all()) {
            ObjectNode one = list.addObject().put("at", step.at()).put("step", step.what());
            one.set("in", step.in());
            if (!step.out().isMissingNode()) {
                one.set("out", step.out());
            }
            one.set("variables", step.variables());
            ArrayNode calls = one.putArray("calls");
            step.calls().forEach(calls::add);
            if (!step.failure().isEmpty()) {
                one.put("failure", step.failure());
            }
        }
        ObjectNode answer = all.putObject("answer").put("status", trial.reply().status());
        answer.set("body", trial.reply().json());
        trial.violation().ifPresent(violation -> answer.put("violation", violation));
        return all;
    }

    private void print(Operation operation, JsonNode call, Steps steps, Trial trial) {
        PrintWriter out = out();
        out.println(operation.id() + "  " + call.path("method").asText() + " "
                + call.path("path").asText());
        value("", "query", call.path("query"));
        value("", "body", call.has("json") ? call.get("json") : call.path("text"));
        if (!steps.before().isEmpty()) {
            out.println();
            out.println("before the route: is the key good?");
            steps.before().forEach(each -> talonOne("", each));
        }
        for (Steps.Step step : steps.all()) {
            String margin = "  ".repeat(Math.max(0, step.depth() - 1));
            out.println();
            out.println(margin + step.at() + "  " + step.what());
            value(margin, "in", step.in());
            step.calls().forEach(each -> talonOne(margin, each));
            value(margin, "out", step.out());
            step.variables()
                    .properties()
                    .forEach(variable -> value(margin, "variable " + variable.getKey(), variable.getValue()));
            if (!step.failure().isEmpty()) {
                out.println(margin + "    failed  " + step.failure());
            }
        }
        out.println();
        out.println("answer  " + trial.reply().status() + " in " + trial.took().toMillis() + " ms");
        value("", "body", trial.reply().json());
        out.println(trial.violation()
                .map(violation -> "    not as the contract says: " + violation)
                .orElse("    as the contract says"));
    }

    private void talonOne(String margin, JsonNode call) {
        StringBuilder query = new StringBuilder();
        call.path("query").properties().forEach(parameter -> query.append(query.isEmpty() ? '?' : '&')
                .append(parameter.getKey())
                .append('=')
                .append(parameter.getValue().asText()));
        out().println(margin + "    → " + call.path("operation").asText() + "  "
                + call.path("method").asText() + " " + call.path("path").asText() + query);
        value(margin + "  ", "body", call.path("body"));
        out().println(margin + "    ← " + call.path("status").asText("no answer"));
        value(margin + "  ", "body", call.path("answer"));
    }

    private void value(String margin, String title, JsonNode value) {
        if (value.isMissingNode() || value.isObject() && value.isEmpty() && title.equals("query")) {
            return;
        }
        String text = value.toString();
        if (text.length() <= ONE_LINE) {
            out().println(margin + "    " + title + "  " + text);
            return;
        }
        try {
            out().println(margin + "    " + title);
            PRETTY.writeValueAsString(value).lines().forEach(line -> out().println(margin + "      " + line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }
}
