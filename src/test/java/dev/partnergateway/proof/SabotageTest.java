package dev.partnergateway.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The proof is worth something: it catches a gateway whose protocol is broken. The product holds no switch for that. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SabotageTest {

    private static final String MADE_TWICE = " was made 2 times";

    private static final Path SOURCES = Path.of("src/main/java/dev/partnergateway");

    @Test
    void sendingBeforeItIsWrittenDownIsCaught() throws IOException {
        caught(
                storm(),
                broken(
                        "idempotency/Claim.java",
                        "if (!table.sending(id, owner, content, result)) {",
                        "if (result != null && id.isEmpty()) {"));
    }

    @Test
    void sendingAgainWithoutLookingIsCaught() throws IOException {
        caught(
                storm(),
                broken(
                        "referral/ReferralCreation.java",
                        "for (JsonNode referral : answer.path(\"referrals\")) {",
                        "for (JsonNode referral : answer.path(\"nothing\")) {"));
    }

    /** Few turns make the gateway create coupons in batches. */
    @Test
    void sendingAFileBeforeItIsWrittenDownIsCaught() throws IOException {
        Report report = caught(
                storm().managementRate(10),
                broken(
                        "idempotency/WaitingClaims.java",
                        "int[] taken = table.take(found.stream().map(row -> row.row).toList(), LEASE);",
                        "int[] taken = found.stream().mapToInt(row -> 1).toArray();"));
        assertTrue(report.count("imports") > 0, report::toString);
        assertTrue(
                report.violations().stream()
                        .anyMatch(violation -> violation.startsWith("COUPON ") && violation.contains(MADE_TWICE)),
                report::toString);
    }

    private static Storm.Builder storm() {
        return new Storm.Builder().onSqlite().calls(300).kills(1).faults(4);
    }

    private static Report caught(Storm.Builder storm, Path replacements) {
        Report report = storm.replacing(replacements).blow();
        Printed.unheard(report);
        assertTrue(
                report.violations().stream().anyMatch(violation -> violation.contains(MADE_TWICE)), report::toString);
        return report;
    }

    /** Folder with the classes of one source file in which one line was replaced. */
    private static Path broken(String file, String line, String instead) throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        assertEquals(2, source.split(java.util.regex.Pattern.quote(line), -1).length, "the line to break has changed");
        Path folder = Files.createTempDirectory("sabotage");
        Path broken = folder.resolve(SOURCES.resolve(file).getFileName());
        Files.writeString(broken, source.replace(line, instead));
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
    }
}
