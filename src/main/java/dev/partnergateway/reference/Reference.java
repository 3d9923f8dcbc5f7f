package dev.partnergateway.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Asset;
import dev.partnergateway.http.ContractReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of {@code /docs}: a page, its script, and every contract as it is now. */
public final class Reference {

    private static final String PLACE = "/docs";
    private static final String ENDING = ".yaml";

    /** What the gateway calls, not what it serves. */
    private static final String UPSTREAM = "talon-one";

    private final Path folder;
    private final Optional<Trial> trial;

    /**
     * With what a reader can try calls.
     *
     * @param key a key of the sandbox
     * @param deployment its host name
     */
    public record Trial(String key, String deployment) {}

    /**
     * Shows the contracts of a folder.
     *
     * @param trial empty = nothing can be tried
     */
    public Reference(Path folder, Optional<Trial> trial) {
        this.folder = folder;
        this.trial = trial;
    }

    /**
     * What is at a path; empty when it is none of this.
     *
     * @param path of a request, as it came
     */
    public Optional<Answer> answer(String path) {
        if (path.equals(PLACE)) {
            // Files of the page stand beside it, wherever it is.
            return Optional.of(
                    Answer.text("text/plain; charset=utf-8", "docs/").at(308).with("Location", PLACE + '/'));
        }
        if (!path.startsWith(PLACE + '/')) {
            return Optional.empty();
        }
        String name = path.substring(PLACE.length() + 1);
        return Optional.ofNullable(files().get(name.isEmpty() ? "index.html" : name))
                .map(Asset::answer);
    }

    private Map<String, Asset> files() {
        Map<String, Asset> files = new TreeMap<>(ContractReader.FILES);
        for (String name : List.of("index.html", "reference.css", "reference.js")) {
            files.put(name, Asset.of("reference/" + name));
        }
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        ArrayNode names = list.putArray("contracts");
        for (Path file : contracts()) {
            String name = file.getFileName().toString().replace(ENDING, "");
            JsonNode document = Contract.document(file);
            Examples.add(document);
            files.put(name + ".json", Asset.of(name + ".json", Json.write(document)));
            names.addObject()
                    .put("name", name)
                    .put("title", document.path("info").path("title").asText(name));
        }
        trial.ifPresent(with -> list.putObject("trial").put("key", with.key()).put("deployment", with.deployment()));
        files.put("list.json", Asset.of("list.json", Json.write(list)));
        return files;
    }

    private List<Path> contracts() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(ENDING))
                    .filter(file -> !file.getFileName().toString().equals(UPSTREAM + ENDING))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the files into a folder, for a web server: {@code <contracts> <folder>}.
     *
     * @throws IOException when they cannot be written
     */
    public static void main(String... arguments) throws IOException {
        Path into = Path.of(arguments[1]);
        Files.createDirectories(into);
        for (Map.Entry<String, Asset> file :
                new Reference(Path.of(arguments[0]), Optional.empty()).files().entrySet()) {
            Files.write(into.resolve(file.getKey()), file.getValue().answer().body());
        }
    }
}
