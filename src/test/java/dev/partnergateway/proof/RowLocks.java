package dev.partnergateway.proof;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Another client of the database that holds rows of calls, as a backup tool or a person with a transaction open does. */
final class RowLocks {

    /** Of the latest calls, some: those are what gateways work on. */
    private static final String LOCK =
            "SELECT id FROM answer WHERE id IN (SELECT id FROM answer ORDER BY created DESC LIMIT 60)"
                    + " ORDER BY random() LIMIT 20 FOR UPDATE";

    private final String url;
    private final int longestMillis;
    private final AtomicInteger number = new AtomicInteger();

    /** Holds rows of a database for up to so many seconds at a time. */
    RowLocks(String url, int longestSeconds) {
        this.url = url;
        this.longestMillis = longestSeconds * 1000;
    }

    /** Locks some rows, then others, until it is over. */
    void run(CountDownLatch over) throws InterruptedException {
        ThreadLocalRandom dice = ThreadLocalRandom.current();
        while (!over.await(dice.nextInt(longestMillis / 2, 2 * longestMillis), TimeUnit.MILLISECONDS)) {
            try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("SET lock_timeout = 1000");
                statement.execute(LOCK);
                number.incrementAndGet();
                over.await(dice.nextInt(200, longestMillis), TimeUnit.MILLISECONDS);
                connection.rollback();
            } catch (SQLException e) {
                // The server restarts, or a gateway holds one of the rows: others are locked next time.
                over.await(100, TimeUnit.MILLISECONDS);
            }
        }
    }

    int number() {
        return number.get();
    }
}
