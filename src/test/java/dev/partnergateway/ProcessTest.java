package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The process as an operator meets it: starting, stopping, restarting, editing files. */
@Execution(ExecutionMode.CONCURRENT)
class ProcessTest {

    private static final String[] HEADERS = {
        "Authorization", "ApiKey-v1 sandbox-key-demo-shop", "Content-Type", "application/json"
    };

    private static String coupon(String identifier) {
        return "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                + identifier + "\"}";
    }

    @Test
    void aTakenPartnerPortFailsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            GatewayProcess gateway = GatewayProcess.launch(
                    GatewayProcess.workingDirectory(), Map.of("gateway.port", "" + taken.getLocalPort()));
            assertEquals(1, gateway.exitCode());
            assertTrue(gateway.output().contains("gateway.port " + taken.getLocalPort()), gateway.output());
        }
    }

    @Test
    void aTakenOperatorsPortFailsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            GatewayProcess gateway = GatewayProcess.launch(
                    GatewayProcess.workingDirectory(), Map.of("gateway.operator-port", "" + taken.getLocalPort()));
            assertEquals(1, gateway.exitCode());
            assertTrue(gateway.output().contains("gateway.operator-port " + taken.getLocalPort()), gateway.output());
        }
    }

    @Test
    void aTakenManagementPortFailsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            GatewayProcess gateway = GatewayProcess.launch(
                    GatewayProcess.workingDirectory(), Map.of("gateway.management-port", "" + taken.getLocalPort()));
            assertEquals(1, gateway.exitCode());
            assertTrue(gateway.output().contains("gateway.management-port " + taken.getLocalPort()), gateway.output());
        }
    }

    @Test
    void anUnknownSettingFailsTheStartWithASentenceThatNamesIt() {
        GatewayProcess gateway =
                GatewayProcess.launch(GatewayProcess.workingDirectory(), Map.of("gateway.prot", "8080"));
        assertEquals(1, gateway.exitCode());
        assertTrue(gateway.output().contains("gateway.prot is not a setting"), gateway.output());
    }

    @Test
    void aLogbackFileOfTheOperatorTakesThePlaceOfTheBuiltInOne() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        Files.writeString(home.resolve("log.xml"), """
                <configuration>
                  <appender name="mine" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>MINE %level %logger %msg%n</pattern></encoder>
                  </appender>
                  <logger name="dev.partnergateway" level="info"/>
                  <root level="warn"><appender-ref ref="mine"/></root>
                </configuration>
                """);
        try (GatewayProcess gateway = GatewayProcess.start(home, Map.of("logback.configurationFile", "log.xml"))) {
            gateway.partner().send("POST", "/braze/coupon", coupon("logged"), HEADERS);
            Await.until(gateway::output, () -> gateway.output()
                    .contains("MINE INFO dev.partnergateway.access-log POST braze/createCoupon"));
        }
    }

    @Test
    void answersSurviveARestartAndAKill() {
        Path home = GatewayProcess.workingDirectory();
        Map<String, String> sandboxPort = Map.of("gateway.sandbox.port", "" + GatewayUnderTest.freePort());
        Http.Answer first;
        try (GatewayProcess gateway = GatewayProcess.start(home, sandboxPort)) {
            first = gateway.partner().send("POST", "/braze/coupon", coupon("restart"), HEADERS);
            assertEquals(200, first.status(), first.text());
            gateway.kill();
        }
        try (GatewayProcess gateway = GatewayProcess.start(home, sandboxPort)) {
            Http.Answer second = gateway.partner().send("POST", "/braze/coupon", coupon("restart"), HEADERS);
            assertArrayEquals(first.body(), second.body(), second.text());
            assertEquals(0, gateway.sandbox().calls("createCoupons").size());
        }
    }

    @Test
    void aCallThatRunsWhenTheProcessIsAskedToStopIsFinished() {
        try (GatewayProcess gateway =
                GatewayProcess.start(GatewayProcess.workingDirectory(), Map.of("gateway.deadline.braze", "8000"))) {
            gateway.sandbox()
                    .fault("{\"operation\":\"createCoupons\",\"kind\":\"delay\",\"delayMillis\":1200,\"times\":1}");
            CompletableFuture<Http.Answer> running = CompletableFuture.supplyAsync(
                    () -> gateway.partner().send("POST", "/braze/coupon", coupon("drain"), HEADERS));
            Await.until(
                    gateway::output,
                    () -> !gateway.sandbox().calls("getCampaign").isEmpty());
            gateway.terminate();
            assertEquals(200, running.join().status(), running.join().text());
            assertEquals(143, gateway.exitCode(), gateway.output());
        }
    }

    @Test
    void aGatewayThatStopsIsNotReadyFirstAndStillCarriesOutCallsAndEndsTheirConnections() throws IOException {
        try (GatewayProcess gateway =
                GatewayProcess.start(GatewayProcess.workingDirectory(), Map.of("gateway.drain-delay", "60000"))) {
            assertEquals(200, ready(gateway));
            gateway.terminate();
            await(gateway, () -> ready(gateway) == 503);
            try (Socket socket = new Socket("localhost", gateway.partner().port())) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream()
                        .write("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
                assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close"), answer);
            }
        }
    }

    private static int ready(GatewayProcess gateway) {
        return gateway.management()
                .send("GET", "/observe/health/ready", (String) null)
                .status();
    }

    @Test
    void anIntegrationIsAddedByItsTwoFilesAlone() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        copy("demo.camel.yaml", home.resolve("routes"));
        Files.copy(Path.of("src/test/resources/demo/demo.yaml"), home.resolve("openapi/demo.yaml"));
        try (GatewayProcess gateway = GatewayProcess.start(home, Map.of())) {
            Http.Answer answer = gateway.partner()
                    .send(
                            "POST",
                            "/demo/greeting",
                            "{\"host\":\"sandbox.example\",\"who\":\"alice\",\"id\":\"1\"}",
                            HEADERS);
            assertEquals(200, answer.status(), answer.text());
            assertEquals("{\"greeted\":\"alice\"}", answer.text());
            assertEquals(1, gateway.sandbox().calls("trackEventV2").size());
        }
    }

    @Test
    void aContractWithAnOperationThatNoRouteServesFailsTheStart() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        copy("demo.camel.yaml", home.resolve("routes"));
        Path route = home.resolve("routes/demo.camel.yaml");
        Files.writeString(
                route,
                Files.readString(route)
                        .replace("      missingOperation: fail\n", "")
                        .replace("direct:demo/greet", "direct:demo/other"));
        Files.copy(Path.of("src/test/resources/demo/demo.yaml"), home.resolve("openapi/demo.yaml"));
        GatewayProcess gateway = GatewayProcess.launch(home, Map.of());
        assertEquals(1, gateway.exitCode());
        assertTrue(
                gateway.output().contains("openapi/demo.yaml:12:20: no route begins with direct:demo/greet"),
                gateway.output());
    }

    @Test
    void aCouponWhoseAnswerCouldNotBeMadeIsNotCreatedAgain() throws IOException {
        // What a step got stands in the log of a gateway that loads edited files.
        String body = coupon("mapping").replace("}", ",\"couponPattern\":\"MAPPING-2026\"}");
        Path home = GatewayProcess.workingDirectory();
        Path route = home.resolve("routes/braze.camel.yaml");
        String original = Files.readString(route);
        String created = "              - to: kamelet:create-coupon\n";
        assertTrue(original.contains(created));
        Files.writeString(
                route,
                original.replace(
                        created,
                        created
                                + "              - transform:\n                  jq:\n                    expression: error\n"));
        Map<String, String> sandboxPort = Map.of("gateway.sandbox.port", "" + GatewayUnderTest.freePort());
        try (GatewayProcess gateway = GatewayProcess.start(home, sandboxPort)) {
            assertEquals(
                    500,
                    gateway.partner()
                            .send("POST", "/braze/coupon", body, HEADERS)
                            .status());
            await(
                    gateway,
                    () -> gateway.output()
                                    .lines()
                                    .filter(
                                            line -> line.matches(
                                                    ".*failed inside the gateway: routes/braze\\.camel\\.yaml:3[78]: transform: .*"))
                                    .count()
                            == 1);
            assertFalse(gateway.output().contains("\tat "), gateway.output());
            String value =
                    gateway.sandbox().ledger("coupons").get(1).path("value").asText();
            save(route, original);
            AtomicReference<Http.Answer> second = new AtomicReference<>();
            await(gateway, () -> {
                second.set(gateway.partner().send("POST", "/braze/coupon", body, HEADERS));
                return second.get().status() == 200;
            });
            assertEquals(value, second.get().json().path("Value").asText());
            assertEquals(1, gateway.sandbox().calls("createCoupons").size());
        }
    }

    @Test
    void editedFilesAreLoadedWholeAndOnlyWhenNothingIsWrongInThem() throws IOException {
        Path home = GatewayProcess.workingDirectory();
        copy("demo.camel.yaml", home.resolve("routes"));
        Path contract = home.resolve("openapi/demo.yaml");
        Files.copy(Path.of("src/test/resources/demo/demo.yaml"), contract);
        Path route = home.resolve("routes/demo.camel.yaml");
        String original = Files.readString(route);
        String welcoming = original.replace("greeted:", "welcomed:");
        try (GatewayProcess gateway = GatewayProcess.start(home, Map.of())) {
            assertTrue(greeting(gateway).contains("greeted"), gateway.output());
            save(route, welcoming);
            // No call is lost on the way.
            await(gateway, () -> {
                String greeting = greeting(gateway);
                assertTrue(greeting.contains("greeted") || greeting.contains("welcomed"), greeting);
                return greeting.contains("welcomed");
            });
            save(route, welcoming.replace("- to:", "- too:").replace("call.body", "cal.body"));
            await(gateway, () -> gateway.output().contains("demo was not loaded: what was served before goes on"));
            assertTrue(
                    gateway.output()
                            .contains("routes/demo.camel.yaml:21:17: too is no step of a route here: did you mean to?"),
                    gateway.output());
            assertTrue(gateway.output().contains(": there is no function cal: did you mean call?"), gateway.output());
            assertTrue(greeting(gateway).contains("welcomed"), gateway.output());
            Files.writeString(route, "");
            Files.writeString(route, welcoming);
            String strict =
                    Files.readString(contract).replace("maxLength: 1000}\n        id", "maxLength: 4}\n        id");
            save(contract, strict);
            await(gateway, () -> greeting(gateway).contains("\"StatusCode\":400"));
            Files.delete(route);
            await(gateway, () -> greeting(gateway).contains("No operation has this path"));
            save(route, original);
            save(contract, strict.replace("maxLength: 4}", "maxLength: 10}"));
            await(gateway, () -> greeting(gateway).contains("greeted"));
            assertFalse(gateway.output().contains("the file is empty"), gateway.output());
        }
    }

    /** Puts a file in place at once, as editors do. */
    private static void save(Path file, String text) throws IOException {
        Path whole = Files.createTempFile("edited", ".yaml");
        Files.writeString(whole, text);
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(String name, Path folder) throws IOException {
        Files.copy(Path.of("src/test/resources/demo", name), folder.resolve(name));
    }

    private static String greeting(GatewayProcess gateway) {
        return gateway.partner()
                .send(
                        "POST",
                        "/demo/greeting",
                        "{\"host\":\"sandbox.example\",\"who\":\"alice\",\"id\":\"" + System.nanoTime() + "\"}",
                        HEADERS)
                .text();
    }

    private static void await(GatewayProcess gateway, BooleanSupplier condition) {
        Await.until(gateway::output, condition);
    }
}
