package dev.partnergateway.command;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Where the log goes while a command has something else to say. */
final class Console {

    private Console() {}

    /** Prints no line of the log any more. */
    static void silence() {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        List<Appender<ILoggingEvent>> printing = new ArrayList<>();
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            if (appender instanceof ConsoleAppender) {
                printing.add(appender);
            }
        }
        printing.forEach(root::detachAppender);
    }
}
