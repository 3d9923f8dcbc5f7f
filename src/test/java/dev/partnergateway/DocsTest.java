package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The calls that README and docs pages show, one after the other on a fresh gateway, answer what the page shows: a block
 * of curl commands and a block of JSON or text after it. Commands to the sandbox's port are carried out, too; one that
 * reads there is repeated until it shows the answer. Deployments that a page's own start command adds are there.
 */
@BesideOthers
class DocsTest {

    private static final Pattern BLOCK =
            Pattern.compile("```sh\n(curl.*?)\n```(?:\n+```(?:json|text)\n(.*?)\n```)?", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?=curl )");
    private static final Pattern ADDRESS = Pattern.compile("http://localhost:(8080|8081)([^\\s']+)");
    private static final Pattern SETTING = Pattern.compile("-D(gateway\\.deployments\\.\\S+?)=(\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern METHOD = Pattern.compile(" -X (\\w+)");
    private static final Pattern HEADER = Pattern.compile("-H '([^:']+): ([^']*)'");
    private static final Pattern BODY = Pattern.compile("-d '([^']*)'", Pattern.DOTALL);
    private static final Pattern USER = Pattern.compile("-u '([^']*)'");
    private static final Pattern SED = Pattern.compile("sed 's/(.*?[^\\\\])/(.*?)/'", Pattern.DOTALL);
    private static final Pattern GREP = Pattern.compile("grep -o '([^']*)'");
    private static final String STATUS_ONLY = "-w '%{http_code}'";

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages.stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyExampleAnswersWhatItShows(Path page) throws IOException {
        String text = Files.readString(page);
        Matcher block = BLOCK.matcher(text);
        int shown = 0;
        if (!BLOCK.matcher(text).results().anyMatch(found -> found.group(2) != null)) {
            return;
        }
        String sandbox = Integer.toString(GatewayUnderTest.freePort());
        Map<String, String> settings = new HashMap<>(Map.of("gateway.sandbox.port", sandbox));
        SETTING.matcher(text)
                .results()
                .forEach(set -> settings.put(set.group(1), set.group(2).replace("8081", sandbox)));
        try (GatewayUnderTest gateway = GatewayUnderTest.start(settings)) {
            while (block.find()) {
                String[] commands = COMMAND.split(block.group(1));
                for (int i = 0; i < commands.length - 1; i++) {
                    run(gateway, commands[i]);
                }
                String last = commands[commands.length - 1];
                if (block.group(2) == null) {
                    run(gateway, last);
                } else {
                    shown++;
                    assertEquals(block.group(2), run(gateway, last, block.group(2)), block.group(1));
                }
            }
        }
        assertTrue(shown > 0, page + " shows no answer");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void noAnswerIsShownWithoutItsCall(Path page) throws IOException {
        String text = Files.readString(page);
        long answers = text.lines().filter(line -> line.equals("```json")).count();
        long checked = BLOCK.matcher(text)
                .results()
                .filter(found -> found.group(2) != null && found.group().contains("```json"))
                .count();
        assertEquals(answers, checked, page + " has an answer that no test holds it to");
    }

    /** What callers of the gateway have not to wait for may come a moment later. */
    private static String run(GatewayUnderTest gateway, String command, String expected) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String answer = run(gateway, command);
        while (!answer.equals(expected)
                && command.startsWith("curl -s http://localhost:8081/")
                && System.nanoTime() < end) {
            Await.moment();
            answer = run(gateway, command);
        }
        return answer;
    }

    private static String run(GatewayUnderTest gateway, String command) {
        Matcher address = matched(ADDRESS, command);
        Http port = address.group(1).equals("8080") ? gateway.partner() : new Http(sandboxPort(gateway));
        List<String> headers = new ArrayList<>();
        Matcher header = HEADER.matcher(command);
        while (header.find()) {
            headers.add(header.group(1));
            headers.add(header.group(2).replace(":8081/", ":" + sandboxPort(gateway) + "/"));
        }
        Matcher user = USER.matcher(command);
        if (user.find()) {
            headers.add("Authorization");
            headers.add("Basic "
                    + java.util.Base64.getEncoder()
                            .encodeToString(user.group(1).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        Matcher data = BODY.matcher(command);
        String body = data.find() ? data.group(1) : null;
        Matcher method = METHOD.matcher(command);
        Http.Answer answer = port.send(
                method.find() ? method.group(1) : body == null ? "GET" : "POST",
                address.group(2),
                body,
                headers.toArray(String[]::new));
        if (command.contains(STATUS_ONLY)) {
            return Integer.toString(answer.status());
        }
        return cut(command, answer.text());
    }

    private static int sandboxPort(GatewayUnderTest gateway) {
        return gateway.gateway().sandbox().orElseThrow().port();
    }

    private static String cut(String command, String text) {
        Matcher sed = SED.matcher(command);
        String cut = text;
        while (sed.find()) {
            cut = cut.replaceFirst(sed.group(1), Matcher.quoteReplacement(sed.group(2)));
        }
        Matcher grep = GREP.matcher(command);
        if (grep.find()) {
            Matcher part = Pattern.compile(grep.group(1)).matcher(cut);
            return part.find() ? part.group() : "";
        }
        return cut;
    }

    private static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("the command is not understood: " + text);
        }
        return matcher;
    }
}
