package dev.partnergateway.store;

import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The database did not do what it was asked to. */
public final class StoreException extends RuntimeException {

    private static final String DUPLICATE = "23505";
    private static final Set<SQLiteErrorCode> DUPLICATES =
            Set.of(SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE, SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY);

    private final transient SQLException failure;

    StoreException(SQLException cause) {
        super("The store did not do it: " + code(cause), cause);
        this.failure = cause;
    }

    private static String code(SQLException cause) {
        return cause instanceof SQLiteException embedded
                ? embedded.getResultCode().name()
                : "SQL state " + cause.getSQLState();
    }

    /** Whether another row already holds what may be held only once. */
    public boolean duplicate() {
        return failure instanceof SQLiteException embedded
                ? DUPLICATES.contains(embedded.getResultCode())
                : DUPLICATE.equals(failure.getSQLState());
    }

    SQLException failure() {
        return failure;
    }
}
