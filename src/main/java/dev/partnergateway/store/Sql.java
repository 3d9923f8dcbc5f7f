package dev.partnergateway.store;

/**
 * One statement, the same for SQLite and PostgreSQL. Each is a constant of the class that uses it, so that a test can ask
 * both databases how they carry out all of them. Values are always parameters.
 */
public final class Sql {

    /**
     * The database's clock at the beginning of the statement, in milliseconds since 1970 UTC: the one clock that several
     * gateways share.
     */
    public static final String NOW = "{now}";

    private final String onSqlite;
    private final String onPostgres;

    /** Makes a statement of a constant text, with {@code ?} for parameters and {@link #NOW} for the time. */
    public Sql(String text) {
        onSqlite = text.replace(NOW, "CAST(unixepoch('subsec') * 1000 AS INTEGER)");
        onPostgres = text.replace(NOW, "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)");
    }

    /** As SQLite takes it. */
    public String onSqlite() {
        return onSqlite;
    }

    /** As PostgreSQL takes it. */
    public String onPostgres() {
        return onPostgres;
    }

    @Override
    public String toString() {
        return onPostgres;
    }
}
