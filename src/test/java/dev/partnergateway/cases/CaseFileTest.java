package dev.partnergateway.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How cases are read, and calls that somebody has at hand. */
class CaseFileTest {

    private static final String FILE = """
            defaults:
              method: POST
              path: /shop/vouchers
              json: {a: 1, b: {c: 2}}

            cases:
              - case: One
                steps:
                  - answer: {status: 200}
                    upstream: none
              - case: Two
                steps:
                  - call: {json: {a: null, b: {d: 3}}}
                    answer: {status: 200}
            """;

    @TempDir
    Path folder;

    private CaseFile read(String text) throws IOException {
        Path file = Files.createDirectories(folder.resolve("shop")).resolve("vouchers.yaml");
        return CaseFile.read(Files.writeString(file, text));
    }

    @Test
    void aCaseKnowsWhereItStandsAndItsStepsHaveTheDefaults() throws IOException {
        List<Case> cases = read(FILE).cases();
        assertEquals(List.of("One", "Two"), cases.stream().map(Case::name).toList());
        assertEquals("shop", cases.get(0).integration());
        assertEquals(7, cases.get(0).line());
        assertEquals(11, cases.get(1).line());
        assertEquals(List.of(13), cases.get(1).lines());
        assertEquals(
                "{\"method\":\"POST\",\"path\":\"/shop/vouchers\",\"json\":{\"b\":{\"c\":2,\"d\":3}}}",
                cases.get(1).steps().get(0).path("call").toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            defaults: | default: | 1: default is not known here: known are defaults, cases, unshown
            method: | methd: | 2: methd is not known here: known are method, path, query, headers, json, text
            upstream: none | upstraem: none | 10: upstraem is not known here: known are call, sandbox, faults, answer, upstream, log, callback
            answer: {status: 200} | answer: {code: 200} | 9: code is not known here: known are status, json, text, error, headers, repeat
            upstream: none | upstream: [{operaton: a}] | 10: operaton is not known here: known are operation, path, query, status, body, replayed
            case: Two | name: Two | 11: name is not known here: known are case, steps
            case: One | case: | 7: a case needs a name (case) and steps
            {a: 1, b: {c: 2}} | {a: 1 | 6: this is not YAML
            """)
    void whatIsNotKnownIsToldWithItsLine(String from, String to, String expected) {
        CaseException failure = assertThrows(CaseException.class, () -> read(FILE.replace(from, to)));
        assertTrue(failure.getMessage().contains("vouchers.yaml:" + expected), failure.getMessage());
    }

    @Test
    void everyMemberAndEveryExpectationIsOnThePageAboutIntegrations() throws IOException {
        String page = Files.readString(Path.of("docs", "integrations.md"));
        String section = page.substring(page.indexOf("### Cases"), page.indexOf("### Faults"));
        TreeMap<String, String> described = new TreeMap<>();
        Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]*) \\|")
                .matcher(section)
                .results()
                .forEach(row -> described.put(
                        row.group(1),
                        Pattern.compile("`(\\w+)`")
                                .matcher(row.group(2))
                                .results()
                                .map(member -> member.group(1))
                                .toList()
                                .toString()));
        assertEquals(new TreeSet<>(CaseFile.Part.STEP.members()), described.keySet());
        assertEquals(CaseFile.Part.CALL.members().toString(), described.get("call"));
        assertEquals(CaseFile.Part.ORDER.members().toString(), described.get("sandbox"));
        assertEquals(CaseFile.Part.ANSWER.members().toString(), described.get("answer"));
        assertEquals(CaseFile.Part.UPSTREAM.members().toString(), described.get("upstream"));
        assertEquals(CaseFile.Part.CALLBACK.members().toString(), described.get("callback"));
        assertEquals(
                Expectations.KINDS,
                Pattern.compile("`<([a-z-]+)[^>]*>`")
                        .matcher(section)
                        .results()
                        .map(kind -> kind.group(1))
                        .collect(Collectors.toList()));
    }

    private static final JsonNode EXAMPLE = JsonNodeFactory.instance
            .objectNode()
            .put("method", "POST")
            .put("path", "/shop/vouchers")
            .set("headers", JsonNodeFactory.instance.objectNode().put("Authorization", "ApiKey-v1 k"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"a": 1} | {"method":"POST","path":"/shop/vouchers","headers":{"Authorization":"ApiKey-v1 k"},"json":{"a":1}}
            {path: /shop/x, json: {a: 1}} | {"method":"POST","path":"/shop/x","headers":{"Authorization":"ApiKey-v1 k"},"json":{"a":1}}
            curl -s http://localhost:8080/shop/points?a=b | {"headers":{},"path":"/shop/points?a=b","method":"GET"}
            curl -X PUT 'http://x/p' -H 'A: b c' -d '{"a":"it\\"s"}' | {"headers":{"A":"b c","Content-Type":"application/x-www-form-urlencoded"},"path":"/p","method":"PUT","text":"{\\"a\\":\\"it\\\\\\"s\\"}"}
            curl "http://x/p" --json {} | {"headers":{"Content-Type":"application/json"},"path":"/p","method":"POST","text":"{}"}
            curl http://x/p -u 'a:b' > out | {"headers":{"Authorization":"Basic YTpi"},"path":"/p","method":"GET"}
            """)
    void aCallIsReadAsSomebodyHasItAtHand(String text, String call) {
        assertEquals(call, CallText.read(text, EXAMPLE).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            curl -s | The curl command has no address
            curl http://x/p -d | The curl command ends after -d
            curl 'http://x/p | The curl command ends inside of quotes
            nonsense | A call must be a curl command, or an object in YAML or JSON
            """)
    void whatIsNoCallIsToldSo(String text, String expected) {
        assertEquals(
                expected,
                assertThrows(IllegalArgumentException.class, () -> CallText.read(text, EXAMPLE))
                        .getMessage());
    }
}
