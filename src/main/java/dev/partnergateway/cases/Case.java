package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One case of {@code cases/<integration>/*.yaml}; {@code docs/integrations.md} describes the format.
 *
 * @param integration the folder it stands in
 * @param file where it is written
 * @param line its line in that file, from 1
 * @param name what it shows
 * @param steps calls in order, each with its expected answer and upstream calls; the file's defaults are put in
 * @param lines the line of each step
 */
public record Case(String integration, Path file, int line, String name, List<JsonNode> steps, List<Integer> lines) {

    /** The folder of cases in the working directory. */
    public static final Path FOLDER = Path.of("cases");

    /** Stands in a case for a text that is another one each time the case is run. */
    public static final String UNIQUE = "{{unique}}";

    /**
     * Every case of every integration of the working directory.
     *
     * @throws CaseException when a file is not as described
     */
    public static List<Case> all() {
        return files().stream()
                .flatMap(file -> CaseFile.read(file).cases().stream())
                .toList();
    }

    /** The files of {@link #FOLDER}, in the order of their names. */
    static List<Path> files() {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** File and line, as editors and terminals make a link of it. */
    public String at() {
        return file + ":" + line;
    }
}
