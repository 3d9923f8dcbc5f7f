package dev.partnergateway.store;

import java.sql.SQLException;

/** The database did not do what it was asked to. */
public final class StoreException extends RuntimeException {

    StoreException(SQLException cause) {
        super("The store did not answer: SQL state " + cause.getSQLState(), cause);
    }
}
