package dev.partnergateway.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.util.CachingDateFormatter;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/** One line of the log: text to read, or a JSON object ({@code gateway.log-format=json}). */
final class LogLine extends LayoutBase<ILoggingEvent> {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST_LEVEL = 5;

    private final boolean json;
    private final CachingDateFormatter time;

    LogLine(boolean json) {
        this.json = json;
        time = json
                ? new CachingDateFormatter("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", ZoneOffset.UTC)
                : new CachingDateFormatter("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        try {
            return (json ? json(event) : text(event)) + System.lineSeparator();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String json(ILoggingEvent event) throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator object = JSON.createGenerator(line)) {
            object.writeStartObject();
            object.writeStringField("time", time.format(event.getTimeStamp()));
            object.writeStringField("level", event.getLevel().toString());
            object.writeStringField("logger", event.getLoggerName());
            object.writeStringField("message", LogText.ofLines(event.getFormattedMessage()));
            for (Map.Entry<String, String> value : event.getMDCPropertyMap().entrySet()) {
                object.writeStringField(value.getKey(), value.getValue());
            }
            if (event.getKeyValuePairs() != null) {
                for (KeyValuePair value : event.getKeyValuePairs()) {
                    object.writeStringField(value.key, LogText.ofLines(String.valueOf(value.value)));
                }
            }
            if (event.getThrowableProxy() != null) {
                object.writeStringField("exception", LogText.of(event.getThrowableProxy()));
            }
            object.writeEndObject();
        }
        return line.toString();
    }

    private String text(ILoggingEvent event) {
        String level = event.getLevel().toString();
        String logger = event.getLoggerName();
        StringBuilder line = new StringBuilder(160)
                .append(time.format(event.getTimeStamp()))
                .append(' ')
                .append(level)
                .append(" ".repeat(LONGEST_LEVEL - level.length() + 1))
                .append(logger, logger.lastIndexOf('.') + 1, logger.length())
                .append(' ');
        for (String name : new String[] {"requestId", "traceId"}) {
            String value = event.getMDCPropertyMap().get(name);
            if (value != null) {
                line.append(value).append(' ');
            }
        }
        line.append(LogText.of(event.getFormattedMessage()));
        if (event.getThrowableProxy() != null) {
            line.append(System.lineSeparator()).append(LogText.of(event.getThrowableProxy()));
        }
        return line.toString();
    }
}
