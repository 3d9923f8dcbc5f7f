package dev.partnergateway.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Classes of the product with one line broken, to see whether a proof finds out. */
public final class BrokenClasses {

    private static final Path SOURCES = Path.of("src/main/java/dev/partnergateway");

    private BrokenClasses() {}

    /**
     * Folder with the classes of one source file in which one text was replaced.
     *
     * @param file below the root package
     * @param text must be there exactly once
     */
    public static Path of(String file, String text, String instead) {
        try {
            String source = Files.readString(SOURCES.resolve(file));
            assertEquals(2, source.split(Pattern.quote(text), -1).length, "what is to be broken has changed: " + text);
            Path folder = Files.createTempDirectory("sabotage");
            Path broken = folder.resolve(SOURCES.resolve(file).getFileName());
            Files.writeString(broken, source.replace(text, instead));
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            Path classes = Files.createDirectory(folder.resolve("classes"));
            int result = compiler.run(
                    null,
                    null,
                    null,
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString(),
                    broken.toString());
            assertEquals(0, result, "the broken class does not compile");
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
