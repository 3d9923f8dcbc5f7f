package dev.partnergateway.telemetry;

import java.util.Arrays;

/**
 * A failure as it may stand in a log: what was thrown and where, without the words of libraries, which quote the data they
 * failed on. What the gateway's own code says names no data and stays.
 */
final class Reticent extends Exception {

    private static final long serialVersionUID = 1L;

    /** An overflow of the stack has a thousand. */
    private static final int MOST_FRAMES = 12;

    private static final String OWN = "dev.partnergateway.";

    /**
     * Says of a failure, and of what caused it, as much as may be said.
     *
     * @param all whether with frames of libraries; else only the gateway's own
     */
    Reticent(Throwable failure, boolean all) {
        super(text(failure), failure.getCause() == null ? null : new Reticent(failure.getCause(), all), false, true);
        setStackTrace(Arrays.stream(failure.getStackTrace())
                .filter(frame -> all || frame.getClassName().startsWith(OWN))
                .limit(MOST_FRAMES)
                .toArray(StackTraceElement[]::new));
    }

    private static String text(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        boolean own = trace.length > 0 && trace[0].getClassName().startsWith(OWN);
        return own && !repeatsCause(failure)
                ? failure.toString()
                : failure.getClass().getName();
    }

    private static boolean repeatsCause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && cause.getMessage() != null && failure.toString().contains(cause.getMessage());
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
