package dev.partnergateway.talonone;

/** A call brought no answer. */
public final class Unanswered extends Exception {

    /** Why there is none. */
    enum Reason {
        /** There was no connection: the deployment knows nothing of it. */
        NOT_SENT,
        /** It would have left too late: the deployment knows nothing of it. */
        TOO_LATE,
        /** Nothing came, or not in time. */
        SILENT,
        /** Something came that cannot be understood, or more of it than is taken. */
        GARBLED
    }

    private final Reason reason;

    Unanswered(Reason reason, Throwable cause) {
        super(cause.getClass().getSimpleName(), null, false, false);
        this.reason = reason;
    }

    /** Whether it may have reached the deployment. */
    public boolean sent() {
        return reason != Reason.NOT_SENT && reason != Reason.TOO_LATE;
    }

    Reason reason() {
        return reason;
    }
}
