package dev.partnergateway.telemetry;

import dev.partnergateway.call.FailedStep;
import dev.partnergateway.call.PartnerCall;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * How a call that failed inside the gateway stands in the log: once, with the line of the route that it failed in. The
 * frames of a trace are those of libraries, which lead nowhere; the logger shows them at level DEBUG, and those of the
 * gateway's own code where no route is to blame.
 */
public final class FailureLog {

    private FailureLog() {}

    /** Writes it; data of the call only where the step's input was kept. */
    public static void write(Logger log, PartnerCall call, Throwable failure) {
        Optional<FailedStep> step = call.failedStep(failure);
        String jq = JqFailure.of(failure);
        if (step.isEmpty() || jq == null) {
            String where = step.map(at -> ": " + at.place() + ": " + at.step()).orElse("");
            log.error("{} failed inside the gateway{}", call, where, new Reticent(failure, log.isDebugEnabled()));
            return;
        }
        FailedStep at = step.get();
        String message = at.input() == null ? JqFailure.reticent(jq, at.expression()) : jq;
        String input = at.input() == null ? "" : System.lineSeparator() + "  it got " + at.input();
        log.error("{} failed inside the gateway: {}: {}: {}{}", call, at.place(), at.step(), message, input);
        log.debug("{} failed with", call, new Reticent(failure, true));
    }
}
