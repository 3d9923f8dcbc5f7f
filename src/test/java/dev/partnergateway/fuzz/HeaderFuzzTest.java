package dev.partnergateway.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.fuzz.GoodCalls.Good;
import dev.partnergateway.fuzz.GoodCalls.Pair;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Headers that steer Camel, the hop or a proxy, in many spellings: none reaches a route, an upstream or the answer. */
class HeaderFuzzTest {

    /** What the gateway itself sends to Talon.One. */
    private static final Set<String> SENT = Set.of(
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "host",
            "idempotency-key",
            "transfer-encoding",
            "user-agent");

    private static final String MARK = "steered-7d21";

    private static final String LOGGING_STEP = """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: track-event
              labels:
                camel.apache.org/kamelet.type: action
            spec:
              definition:
                title: Log the headers
                description: Log the headers and change nothing
                type: object
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - log: {loggingLevel: ERROR, message: "route headers: ${headers} end"}
            """;

    static List<Pair> corpus() throws IOException {
        List<Pair> all = new ArrayList<>();
        GoodCalls.corpus("headers.txt").forEach(name -> all.add(new Pair(name, MARK)));
        // The hop may not be made to drop or name what the gateway relies on.
        all.add(new Pair("Connection", "keep-alive, Authorization, Content-Type"));
        return all;
    }

    @Test
    void noneReachesTalonOneOrTheAnswer() throws IOException {
        List<Pair> corpus = corpus();
        assertTrue(corpus.size() >= 90, corpus.size() + " headers");
        int sent = 0;
        try (GatewayUnderTest gateway = GatewayUnderTest.start(
                        Map.of("gateway.deadline.braze", "30000", "gateway.header-limit", "16384"));
                Wire wire = new Wire(gateway.partner().port())) {
            gateway.sandbox().limits("{\"managementPerSecond\":0}");
            for (Good good : GoodCalls.all()) {
                Set<String> declared = new HashSet<>();
                good.headers().forEach(header -> declared.add(header.name().toLowerCase(java.util.Locale.ROOT)));
                List<Pair> headers = new ArrayList<>(good.headers());
                corpus.stream()
                        .filter(header -> !declared.contains(header.name().toLowerCase(java.util.Locale.ROOT)))
                        .forEach(headers::add);
                byte[] body = good.bodyBytes();
                gateway.sandbox().reset();
                gateway.sandbox().limits("{\"managementPerSecond\":0}");
                Http.Answer answer = wire.send(
                        GoodCalls.head(
                                good.operation().method(),
                                GoodCalls.target(good.path(), good.query()),
                                headers,
                                body.length),
                        body);
                assertNotNull(answer, good.operation().id());
                assertTrue(answer.status() < 500, good.operation().id() + ": " + answer.text());
                assertTrue(
                        !(answer.headers() + answer.text()).contains(MARK),
                        good.operation().id());
                for (JsonNode call : gateway.sandbox().calls()) {
                    for (JsonNode name : call.path("headers")) {
                        assertTrue(
                                SENT.contains(name.asText()), good.operation().id() + " sent " + name);
                    }
                    assertTrue(!call.toString().contains(MARK), good.operation().id() + ": " + call);
                    sent++;
                }
            }
        }
        assertTrue(sent > 0, "Talon.One was called");
    }

    @Test
    void aRouteBeginsWithoutASingleHeader() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        String route = Files.readString(Path.of("src/test/resources/demo/demo.camel.yaml"));
        String spaces = route.substring(
                route.lastIndexOf('\n', route.indexOf("- transform")) + 1, route.indexOf("- transform"));
        Files.writeString(
                home.resolve("routes/demo.camel.yaml"),
                route.replaceFirst("- transform", "- to: kamelet:track-event\n" + spaces + "- transform"));
        Files.copy(Path.of("src/test/resources/demo/demo.yaml"), home.resolve("openapi/demo.yaml"));
        // A partner's file may not write to the log: a shared step that stands before the gateway's own does it here.
        Path classes = Files.createDirectories(home.resolve("classes/core")).getParent();
        Files.writeString(classes.resolve("core/track-event.kamelet.yaml"), LOGGING_STEP);
        String classPath = classes + File.pathSeparator + JavaProcess.classPath();
        try (GatewayProcess gateway = GatewayProcess.start(home, Map.of(), classPath);
                Wire wire = new Wire(gateway.partner().port())) {
            byte[] body =
                    "{\"host\":\"sandbox.example\",\"who\":\"alice\",\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);
            List<Pair> headers = corpus();
            headers.add(new Pair("Authorization", "ApiKey-v1 sandbox-key-demo-shop"));
            headers.add(new Pair("Content-Type", "application/json"));
            Http.Answer answer = wire.send(
                    GoodCalls.head(
                            "POST",
                            "/demo/greeting?CamelHttpUri=" + MARK + "&Set-Cookie=" + MARK,
                            headers,
                            body.length),
                    body);
            assertEquals(200, answer.status(), answer.text());
            assertTrue(gateway.output().contains("route headers: {} end"), gateway.output());
        }
    }
}
