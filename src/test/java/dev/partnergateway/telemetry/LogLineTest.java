package dev.partnergateway.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLineTest {

    private static LoggingEvent event(Throwable thrown, Map<String, String> context) {
        LoggerContext log = new LoggerContext();
        Logger logger = log.getLogger("dev.partnergateway.edge.PartnerServer");
        LoggingEvent event = new LoggingEvent(
                Logger.class.getName(), logger, Level.WARN, "Took {} \"ms\"", thrown, new Object[] {7});
        event.setInstant(Instant.parse("2026-11-28T01:02:03.004Z"));
        event.setMDCPropertyMap(context);
        event.addKeyValuePair(new KeyValuePair("millis", 7));
        return event;
    }

    @Test
    void aLineOfTextTellsLevelLoggerCallAndMessage() {
        String line = new LogLine(false).doLayout(event(null, Map.of("requestId", "r-1", "operation", "braze/x")));
        assertTrue(
                line.matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:03\\.004\\S+ WARN  PartnerServer r-1 Took 7 \"ms\"\\R"),
                line);
    }

    @Test
    void whatWasThrownFollowsALineOfText() {
        List<String> lines = new LogLine(false)
                .doLayout(event(new IllegalStateException("closed"), Map.of()))
                .lines()
                .toList();
        assertEquals("java.lang.IllegalStateException: closed", lines.get(1));
        assertTrue(lines.get(2).startsWith("\tat dev.partnergateway.telemetry.LogLineTest."), lines.get(2));
    }

    @Test
    void aLineOfJsonHoldsAllOfItInOneObject() throws IOException {
        String line = new LogLine(true)
                .doLayout(
                        event(new IllegalStateException("closed"), Map.of("requestId", "r-1", "operation", "braze/x")));
        assertEquals(1, line.lines().count());
        JsonNode json = new ObjectMapper().readTree(line);
        assertEquals("2026-11-28T01:02:03.004Z", json.path("time").asText());
        assertEquals("WARN", json.path("level").asText());
        assertEquals(
                "dev.partnergateway.edge.PartnerServer", json.path("logger").asText());
        assertEquals("Took 7 \"ms\"", json.path("message").asText());
        assertEquals("r-1", json.path("requestId").asText());
        assertEquals("braze/x", json.path("operation").asText());
        assertTrue(json.path("exception").asText().startsWith("java.lang.IllegalStateException: closed"));
        assertEquals("7", json.path("millis").asText());
        assertEquals(8, StreamSupport.stream(json.spliterator(), false).count());
    }

    @Test
    void textOfACallerBeginsNoLineSteersNoTerminalAndIsBounded() {
        String hostile = "a\r\n2026-11-28 INFO forged\u001b[2J\u009b2J\u2028\u202e" + "x".repeat(100_000);
        String line = new LogLine(false).doLayout(event(new IllegalStateException(hostile), Map.of()));
        assertTrue(line.length() < 10_000, line.length() + " characters");
        assertTrue(
                line.contains("IllegalStateException: a\\u000d\\u000a2026-11-28 INFO forged\\u001b[2J\\u009b2J"), line);
        assertTrue(line.lines().noneMatch(part -> part.startsWith("2026-11-28 INFO forged")), line);
    }

    @Test
    void aStackThatOverflowedIsNotLoggedWhole() {
        StackOverflowError overflow = new StackOverflowError();
        StackTraceElement[] frames = new StackTraceElement[1024];
        java.util.Arrays.fill(frames, new StackTraceElement("a.B", "c", "B.java", 1));
        overflow.setStackTrace(frames);
        String line = new LogLine(false).doLayout(event(new IllegalStateException("x", overflow), Map.of()));
        assertTrue(line.lines().count() < 80, line);
        assertTrue(line.contains("Caused by: java.lang.StackOverflowError"), line);
    }
}
