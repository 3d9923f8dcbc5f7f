package dev.partnergateway.call;

/**
 * The step of a route that a call failed in.
 *
 * @param failure what came out of it
 * @param place file and line of the step, such as {@code routes/example.camel.yaml:37}
 * @param step what it is, such as {@code transform}
 * @param expression what stands in it, where it has one; else empty
 * @param input what it got, where that may be told; else null
 */
public record FailedStep(Throwable failure, String place, String step, String expression, String input) {

    /** Whether a failure is what came out of the step, or was caused by it. */
    public boolean isOf(Throwable later) {
        for (Throwable cause = later; cause != null; cause = cause.getCause()) {
            if (cause == failure) {
                return true;
            }
        }
        return false;
    }
}
