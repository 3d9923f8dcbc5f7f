package dev.partnergateway.command;

import dev.partnergateway.cases.Case;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code new}: writes the three parts of an integration, as a beginning that works. */
@Command(
        name = "new",
        description =
                "Writes route, contract and cases of an integration, which check and test find nothing wrong with.",
        footer = {
            "",
            "What changes something becomes an event, what reads becomes a read of the customer's profile: then it is",
            "yours to say what the platform means. Nothing that is there is overwritten."
        })
final class New implements Callable<Integer> {

    /** What Talon.One can be asked for; the same for all integrations. */
    private static final Path UPSTREAM = Path.of("openapi", "talon-one.yaml");

    private static final String NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "<name>", description = "Of the integration: small letters, digits and hyphens.")
    private String name;

    @Option(
            names = "--from",
            paramLabel = "<file>",
            description = "Keeps operations and names of fields of an OpenAPI file of the platform.")
    private Path from;

    @Override
    public Integer call() throws IOException {
        if (!name.matches(NAME)) {
            throw new ParameterException(
                    spec.commandLine(), name + " must be small letters and digits, perhaps with hyphens between them.");
        }
        Path folder = Case.FOLDER.resolve(name);
        for (Path file : List.of(route(), contract(), folder)) {
            if (Files.exists(file)) {
                throw new ParameterException(spec.commandLine(), file + " is there already: choose another name.");
            }
        }
        Draught draught;
        try {
            draught = new Draught(name, platform());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), from + ": " + e.getMessage() + ".", e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.exists(UPSTREAM)) {
            write(UPSTREAM, resource("/openapi/talon-one.yaml"));
        }
        write(route(), draught.route());
        write(contract(), draught.contract());
        for (Map.Entry<String, String> file : draught.cases().entrySet()) {
            write(folder.resolve(file.getKey() + ".yaml"), file.getValue());
        }
        draught.notes().forEach(note -> out.println("note  " + note));
        out.println("Next: check " + name + ", test " + name + ", try " + draught.firstOperation());
        out.flush();
        return Commands.DONE;
    }

    private Path route() {
        return Path.of("routes", name + ".camel.yaml");
    }

    private Path contract() {
        return Path.of("openapi", name + ".yaml");
    }

    private String platform() throws IOException {
        if (from != null) {
            if (!Files.exists(from)) {
                throw new ParameterException(spec.commandLine(), from + " is not there.");
            }
            return Files.readString(from);
        }
        return resource("/new/platform.yaml");
    }

    private static String resource(String name) throws IOException {
        try (InputStream resource = New.class.getResourceAsStream(name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        spec.commandLine().getOut().println("wrote " + file);
    }
}
