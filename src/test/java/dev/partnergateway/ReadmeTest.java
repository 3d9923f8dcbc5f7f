package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's calls, one after the other on a fresh gateway, answer what the README shows. */
class ReadmeTest {

    private static final Pattern EXAMPLE =
            Pattern.compile("```sh\n(curl[^`]*?)```\n+```json\n(.*?)\n```", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("http://localhost:8080(\\S+)");
    private static final Pattern HEADER = Pattern.compile("-H '([^:']+): ([^']*)'");
    private static final Pattern BODY = Pattern.compile("-d '([^']*)'", Pattern.DOTALL);
    private static final Pattern SED = Pattern.compile("sed 's/(.*?[^\\\\])/(.*?)/'", Pattern.DOTALL);
    private static final Pattern GREP = Pattern.compile("grep -o '([^']*)'");

    @Test
    void everyExampleAnswersWhatItShows() throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("README.md")));
        int shown = 0;
        try (GatewayUnderTest gateway = GatewayUnderTest.start(Map.of())) {
            while (example.find()) {
                shown++;
                assertEquals(example.group(2), run(gateway.partner(), example.group(1)), example.group(1));
            }
        }
        assertEquals(5, shown, "examples with an answer");
    }

    private static String run(Http port, String command) {
        List<String> headers = new ArrayList<>();
        Matcher header = HEADER.matcher(command);
        while (header.find()) {
            headers.add(header.group(1));
            headers.add(header.group(2));
        }
        String answer = port.send("POST", found(ADDRESS, command), found(BODY, command), headers.toArray(String[]::new))
                .text();
        Matcher sed = SED.matcher(command);
        if (sed.find()) {
            return answer.replaceFirst(sed.group(1), Matcher.quoteReplacement(sed.group(2)));
        }
        Matcher grep = GREP.matcher(command);
        if (grep.find()) {
            Matcher part = Pattern.compile(grep.group(1)).matcher(answer);
            return part.find() ? part.group() : "";
        }
        return answer;
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("the README's command is not understood: " + text);
        }
        return matcher.group(1);
    }
}
