package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Mount;
import dev.partnergateway.harness.Printed;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Disks that are full, fail, or are gone, and files that are damaged or taken: calls are answered 503 and the gateway is
 * not ready for as long as that lasts, without a restart, and whatever was answered is there.
 */
@Execution(ExecutionMode.CONCURRENT)
class StoreFaultsTest {

    /** Within which readiness follows; the machine that runs tests may be slow to ask and to answer. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int READY = 200;
    private static final int NOT_READY = 503;

    private static Map<String, String> settings(Path file) {
        Map<String, String> settings = new HashMap<>();
        settings.put("gateway.store.url", "jdbc:sqlite:" + file);
        settings.put("gateway.sandbox.management-rate", "0");
        return settings;
    }

    private static GatewayProcess gateway(Path file) {
        GatewayProcess gateway = GatewayProcess.start(GatewayProcess.workingDirectory(), settings(file));
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
        return gateway;
    }

    private static int ready(GatewayProcess gateway) {
        return gateway.management()
                .send("GET", "/observe/health/ready", (String) null)
                .status();
    }

    private static void soonReady(GatewayProcess gateway, int status) {
        long begun = System.nanoTime();
        Await.until(gateway::output, () -> ready(gateway) == status);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertTrue(took.compareTo(SOON) < 0, () -> "readiness was " + status + " after " + took);
    }

    /** Calls until the store refuses one; what was answered before is remembered. */
    private static void callUntilRefused(GatewayProcess gateway, Map<String, byte[]> answered) {
        Await.until(answered::size, () -> {
            String identifier = UUID.randomUUID().toString();
            Http.Answer answer = gateway.partner().event(identifier);
            if (answer.status() == 200) {
                answered.put(identifier, answer.body());
            }
            return answer.status() == 503 && "1".equals(answer.header("Retry-After"));
        });
    }

    private static void allAreThere(GatewayProcess gateway, Map<String, byte[]> answered) {
        assertFalse(answered.isEmpty());
        answered.forEach((identifier, body) -> {
            Http.Answer repeat = gateway.partner().event(identifier);
            assertEquals(200, repeat.status(), repeat.text());
            assertArrayEquals(body, repeat.body());
        });
    }

    @Test
    void aFileIsOneProcessesAtATimeAndTheSecondOneSaysWhoHasIt() throws IOException {
        Path file = Files.createTempDirectory("gateway-home").resolve("data/gateway.db");
        try (GatewayProcess first = gateway(file)) {
            GatewayProcess second = GatewayProcess.launch(GatewayProcess.workingDirectory(), settings(file));
            assertEquals(1, second.exitCode());
            assertTrue(second.output().contains("The store " + file + " is used by process "), second.output());
            assertTrue(second.output().contains("One process at a time"), second.output());
            assertEquals(200, first.partner().event("still").status(), "the first goes on");
            first.kill();
        }
        try (GatewayProcess next = gateway(file)) {
            assertEquals(200, next.partner().event("next").status(), "a process that was killed holds nothing");
        }
    }

    @Test
    void onlyItsOwnerReadsTheFile() throws IOException {
        Path file = Files.createTempDirectory("gateway-home").resolve("data/gateway.db");
        try (GatewayProcess gateway = gateway(file)) {
            gateway.partner().event("private");
            for (String ending : new String[] {"", "-wal", "-shm", ".lock"}) {
                Path each = file.resolveSibling(file.getFileName() + ending);
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(each)),
                        each::toString);
            }
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        }
    }

    @Test
    void aFullDiskIsToldByReadinessAndOverWhenThereIsRoom() throws IOException {
        try (Mount disk = Mount.inMemory(8);
                GatewayProcess gateway = gateway(disk.folder().resolve("data/gateway.db"))) {
            Map<String, byte[]> answered = new LinkedHashMap<>();
            String first = UUID.randomUUID().toString();
            answered.put(first, gateway.partner().event(first).body());
            Path filler = disk.folder().resolve("filler");
            fill(filler);
            callUntilRefused(gateway, answered);
            soonReady(gateway, NOT_READY);
            Await.until(gateway::output, () -> gateway.output().contains("is full: make room there"));
            Files.delete(filler);
            soonReady(gateway, READY);
            allAreThere(gateway, answered);
        }
    }

    private static void fill(Path filler) {
        byte[] block = new byte[4096];
        try {
            for (; ; ) {
                Files.write(filler, block, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException full) {
            assertTrue(full.getMessage().contains("No space"), full.toString());
        }
    }

    @Test
    void aDiskThatFailsAndIsMountedAgainNeedsNoRestart() {
        try (Mount disk = Mount.ofADisk(32);
                GatewayProcess gateway = gateway(disk.folder().resolve("data/gateway.db"))) {
            Map<String, byte[]> answered = new LinkedHashMap<>();
            String first = UUID.randomUUID().toString();
            answered.put(first, gateway.partner().event(first).body());
            disk.failed();
            callUntilRefused(gateway, answered);
            soonReady(gateway, NOT_READY);
            disk.away();
            soonReady(gateway, NOT_READY);
            assertTrue(disk.again());
            soonReady(gateway, READY);
            allAreThere(gateway, answered);
        }
    }

    @Test
    void nothingIsAnsweredOutOfAFileThatWasTakenAwayAndItIsUsedAgainWhenItIsBack() throws IOException {
        Path home = Files.createTempDirectory("gateway-home");
        Path data = home.resolve("data");
        try (GatewayProcess gateway = gateway(data.resolve("gateway.db"))) {
            Map<String, byte[]> answered = new LinkedHashMap<>();
            String first = UUID.randomUUID().toString();
            answered.put(first, gateway.partner().event(first).body());
            Files.move(data, home.resolve("away"));
            assertEquals(503, gateway.partner().event("away").status());
            soonReady(gateway, NOT_READY);
            Files.move(home.resolve("away"), data);
            soonReady(gateway, READY);
            allAreThere(gateway, answered);
        }
    }

    @Test
    void aFileThatIsGoneIsNotMadeAgain() throws IOException {
        Path home = Files.createTempDirectory("gateway-home");
        Path file = home.resolve("data").resolve("gateway.db");
        try (GatewayProcess gateway = gateway(file)) {
            assertEquals(
                    200, gateway.partner().event(UUID.randomUUID().toString()).status());
            Files.move(file, home.resolve("away"));
            assertEquals(503, gateway.partner().event("away").status());
            soonReady(gateway, NOT_READY);
            assertFalse(Files.exists(file), "an empty one would have forgotten what was answered");
        }
    }

    @Test
    void aDamagedFileIsNamedWithWhatToDo() throws IOException {
        Path file = Files.createTempDirectory("gateway-home").resolve("data/gateway.db");
        Path kept = file.resolveSibling("kept.db");
        try (GatewayProcess gateway = gateway(file)) {
            Map<String, byte[]> answered = new LinkedHashMap<>();
            String first = UUID.randomUUID().toString();
            answered.put(first, gateway.partner().event(first).body());
            Files.move(file, kept);
            Files.writeString(file, "This is no database. ".repeat(500));
            assertEquals(503, gateway.partner().event("damaged").status());
            soonReady(gateway, NOT_READY);
            Await.until(gateway::output, () -> gateway.output().contains(file + " is damaged: stop the gateway"));
            Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING);
            soonReady(gateway, READY);
            allAreThere(gateway, answered);
            gateway.kill();
        }
        for (String ending : new String[] {"-wal", "-shm"}) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + ending));
        }
        Files.writeString(file, "This is no database. ".repeat(500));
        GatewayProcess refused = GatewayProcess.launch(GatewayProcess.workingDirectory(), settings(file));
        assertEquals(1, refused.exitCode());
        assertTrue(refused.output().contains("is damaged: stop the gateway, keep the file"), refused.output());
    }

    @Test
    void aCopyMadeWhileTheGatewayRunsHoldsAllThatWasAnsweredBefore() throws Exception {
        Path home = Files.createTempDirectory("gateway-home");
        Path file = home.resolve("data/gateway.db");
        Map<String, byte[]> answered = new LinkedHashMap<>();
        Path byTheJar = home.resolve("by-the-jar.db");
        Path bySqlite = home.resolve("by-sqlite.db");
        try (GatewayProcess gateway = gateway(file)) {
            for (int i = 0; i < 20; i++) {
                answered.put("kept-" + i, gateway.partner().event("kept-" + i).body());
            }
            Properties properties = new Properties();
            properties.putAll(settings(file));
            Backup.write(Settings.load(Path.of("application.properties"), Map.of(), properties), byTheJar);
            assertEquals("", sqlite3(file, ".backup " + bySqlite));
        }
        for (Path copy : List.of(byTheJar, bySqlite)) {
            assertEquals("ok", sqlite3(copy, "PRAGMA integrity_check").strip());
            Path restored = Files.createTempDirectory("gateway-home").resolve("gateway.db");
            Files.copy(copy, restored);
            try (GatewayProcess gateway = gateway(restored)) {
                allAreThere(gateway, answered);
                assertEquals(0, gateway.sandbox().calls("trackEventV2").size());
            }
        }
    }

    /** The program where it is installed; else what it would do, through the driver. */
    private static String sqlite3(Path file, String command) throws Exception {
        try {
            Process process = new ProcessBuilder("sqlite3", file.toString(), command)
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            Printed.line("sqlite3 is not installed: its commands are carried out by the driver");
            String sql = command.startsWith(".backup ") ? "backup to " + command.substring(8) : command;
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                return statement.execute(sql) && statement.getResultSet().next()
                        ? statement.getResultSet().getString(1)
                        : "";
            }
        }
    }

    @Test
    void aReadOnlyRootWithoutATemporaryFolderIsEnoughForTheLibrary() throws IOException {
        Path file = Files.createTempDirectory("gateway-home").resolve("data/gateway.db");
        Map<String, String> settings = settings(file);
        settings.put("java.io.tmpdir", "/nowhere");
        try (GatewayProcess gateway = GatewayProcess.start(GatewayProcess.workingDirectory(), settings)) {
            assertEquals(200, gateway.partner().event("unpacked").status());
        }
    }
}
