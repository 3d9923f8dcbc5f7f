package dev.partnergateway.contract;

/** A call does not keep its contract. The message is meant for the caller and repeats none of its values. */
public final class ContractViolation extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    ContractViolation(int status, String message) {
        // A refused call is an answer, not a fault: a stack trace would cost more than the whole check.
        super(message, null, false, false);
        this.status = status;
    }

    /**
     * The status to answer with.
     *
     * @return 400, or 415 when the body's media type is not accepted
     */
    public int status() {
        return status;
    }
}
