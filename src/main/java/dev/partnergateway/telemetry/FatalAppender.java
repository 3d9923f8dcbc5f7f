package dev.partnergateway.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.partnergateway.life.Fatal;

/** Libraries that catch everything log what they have caught: here it is seen all the same. */
final class FatalAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getThrowableProxy() instanceof ThrowableProxy thrown) {
            Fatal.look(thrown.getThrowable());
        }
    }
}
