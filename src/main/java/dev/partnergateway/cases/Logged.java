package dev.partnergateway.cases;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What gateways in this process log. */
public final class Logged {

    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

    private record Line(Level level, String text) {}

    private Logged() {}

    /** Listens as long as the process lives. */
    public static Logged start() {
        Logged logged = new Logged();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                IThrowableProxy thrown = event.getThrowableProxy();
                logged.lines.add(new Line(
                        event.getLevel(),
                        event.getFormattedMessage()
                                + (thrown == null ? "" : " " + thrown.getClassName() + ": " + thrown.getMessage())));
            }
        };
        appender.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(appender);
        return logged;
    }

    /** Forgets the lines so far. */
    public void clear() {
        lines.clear();
    }

    /** Messages since then, each with what was thrown. */
    public List<String> lines() {
        return lines.stream().map(Line::text).toList();
    }

    /** Those of them that warn of something. */
    public List<String> warnings() {
        return lines.stream()
                .filter(line -> line.level().isGreaterOrEqual(Level.WARN))
                .map(Line::text)
                .toList();
    }
}
