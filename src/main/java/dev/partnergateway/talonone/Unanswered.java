package dev.partnergateway.talonone;

/** A call brought no answer. */
public final class Unanswered extends Exception {

    private final boolean sent;

    Unanswered(boolean sent, Throwable cause) {
        super(cause.getClass().getSimpleName(), null, false, false);
        this.sent = sent;
    }

    /** Whether it may have reached the deployment. */
    public boolean sent() {
        return sent;
    }
}
