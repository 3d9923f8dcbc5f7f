package dev.partnergateway.harness;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What gateways in this JVM log. */
public final class Logged {

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    private Logged() {}

    /** Listens as long as the JVM lives. */
    public static Logged start() {
        Logged logged = new Logged();
        AbstractAppender appender = new AbstractAppender("logged", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                logged.lines.add(event.getMessage().getFormattedMessage()
                        + (event.getThrown() == null ? "" : " " + event.getThrown()));
            }
        };
        appender.start();
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        context.getConfiguration().getRootLogger().addAppender(appender, null, null);
        context.updateLoggers();
        return logged;
    }

    /** Forgets the lines so far. */
    public void clear() {
        lines.clear();
    }

    /** Messages since then, each with what was thrown. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
