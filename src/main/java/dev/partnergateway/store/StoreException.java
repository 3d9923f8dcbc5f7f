package dev.partnergateway.store;

import java.sql.SQLException;

/** The database did not do what it was asked to. */
public final class StoreException extends RuntimeException {

    private static final String DUPLICATE = "23505";

    private final boolean duplicate;

    StoreException(SQLException cause) {
        super("The store did not answer: SQL state " + cause.getSQLState(), cause);
        this.duplicate = DUPLICATE.equals(cause.getSQLState());
    }

    /** Whether another row already holds what may be held only once. */
    public boolean duplicate() {
        return duplicate;
    }
}
