package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A process that cannot go on ends; one that can go on does, and stops as quickly as any. */
class HalfAliveTest {

    private static final String CLASS_PATH = JavaProcess.classPath();

    /** A home whose demo integration works something out before it does anything else. */
    private static Path home(String keyExpression, String expression) throws IOException {
        Path home = GatewayProcess.workingDirectory();
        String route = Files.readString(Path.of("src/test/resources/demo/demo.camel.yaml"));
        assertTrue(route.contains("'{key: [.body.id]}'") && route.contains("'{greeted: call.body.who}'"));
        Files.writeString(
                home.resolve("routes/demo.camel.yaml"),
                route.replace("'{key: [.body.id]}'", '\'' + keyExpression + '\'')
                        .replace("'{greeted: call.body.who}'", '\'' + expression + '\''));
        Files.copy(Path.of("src/test/resources/demo/demo.yaml"), home.resolve("openapi/demo.yaml"));
        return home;
    }

    private static Http.Answer greet(GatewayProcess gateway, String id) {
        return gateway.partner()
                .send(
                        "POST",
                        "/demo/greeting",
                        "{\"host\":\"sandbox.example\",\"who\":\"alice\",\"id\":\"" + id + "\"}",
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop",
                        "Content-Type",
                        "application/json");
    }

    @Test
    void aProcessThatIsOutOfMemoryEndsAndSaysWhyInOneLine() throws IOException {
        Path home = home("{key: [.body.id]}", "{greeted: ([range(1000000000)] | length)}");
        try (GatewayProcess gateway =
                GatewayProcess.start(home, Map.of("gateway.deadline", "600000"), CLASS_PATH, "-Xmx80m")) {
            try {
                greet(gateway, "1");
            } catch (RuntimeException ended) {
                assertTrue(ended.getCause() instanceof IOException, ended.toString());
            }
            assertEquals(70, gateway.exitCode(), gateway.output());
            assertEquals(
                    1,
                    gateway.output()
                            .lines()
                            .filter(line -> line.contains("The gateway ends"))
                            .count(),
                    gateway.output());
            assertTrue(gateway.output().contains("memory") || gateway.output().contains("Memory"), gateway.output());
        }
    }

    @Test
    void aStackThatOverflowsInARouteIsOneAnswerOneFailureInTheLogAndNoSlowStop() throws IOException {
        Path home = home("def f: 1 + f; {key: [f]}", "{greeted: call.body.who}");
        try (GatewayProcess gateway = GatewayProcess.start(home, Map.of())) {
            for (int i = 0; i < 3; i++) {
                Http.Answer answer = greet(gateway, "id-" + i);
                assertEquals(500, answer.status(), answer.text());
            }
            assertEquals(
                    3,
                    gateway.output()
                            .lines()
                            .filter(line -> line.contains("failed inside the gateway"))
                            .count(),
                    gateway.output());
            assertFalse(gateway.output().lines().count() > 300, gateway.output());
            long asked = System.nanoTime();
            gateway.terminate();
            assertEquals(143, gateway.exitCode(), gateway.output());
            long seconds = (System.nanoTime() - asked) / 1_000_000_000;
            assertTrue(seconds < 15, "the stop took " + seconds + " s: " + gateway.output());
        }
    }
}
