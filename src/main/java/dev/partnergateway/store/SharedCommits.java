package dev.partnergateway.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * Writes of many callers in one transaction, for a database whose commits cost far more than its statements and follow one
 * another anyway: whatever comes while one is committed is committed together by the next. Each caller goes on when what it
 * wrote is committed, as if it had been alone. A statement that fails takes back its own changes only.
 */
final class SharedCommits {

    /** As long as others wait for a connection. */
    private static final long PATIENCE_SECONDS = 2;

    /** Bounds what a caller waits for others. */
    private static final int MOST_TOGETHER = 500;

    private final DataSource dataSource;
    private final Queue<Write> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();

    SharedCommits(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** One caller's statement. Written by whoever holds the lock, read by its caller under the same lock. */
    private static final class Write {

        private final String sql;
        private final List<Object[]> rows;
        private int[] changed;
        private SQLException failure;

        Write(String sql, List<Object[]> rows) {
            this.sql = sql;
            this.rows = rows;
        }

        boolean over() {
            return changed != null || failure != null;
        }
    }

    /**
     * Runs one statement for every row: all of it is committed, or nothing.
     *
     * @param rows the parameters of each run
     * @return number of rows changed by each run
     * @throws SQLException when the database does not do it
     */
    int[] write(String sql, List<Object[]> rows) throws SQLException {
        Write mine = new Write(sql, rows);
        waiting.add(mine);
        enter(mine);
        try {
            // The one before may have done it.
            while (!mine.over()) {
                together();
            }
        } finally {
            writing.unlock();
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
        return mine.changed;
    }

    private void enter(Write mine) throws SQLException {
        boolean entered = false;
        boolean interrupted = false;
        try {
            entered = writing.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (entered) {
            return;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (waiting.remove(mine)) {
            throw new SQLTransientConnectionException("too many writes wait");
        }
        // Somebody is carrying it out: what came of it has to be known.
        writing.lock();
    }

    private void together() {
        List<Write> writes = new ArrayList<>();
        for (Write next = waiting.poll(); next != null; next = waiting.poll()) {
            writes.add(next);
            if (writes.size() == MOST_TOGETHER) {
                break;
            }
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                carryOut(connection, writes);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            writes.forEach(write -> write.failure = e);
        } catch (RuntimeException | Error e) {
            writes.forEach(write -> write.failure = new SQLException(e));
            throw e;
        }
    }

    private static void carryOut(Connection connection, List<Write> writes) throws SQLException {
        Map<String, PreparedStatement> statements = new HashMap<>();
        try {
            for (Write write : writes) {
                Savepoint before = connection.setSavepoint();
                try {
                    PreparedStatement statement = statements.get(write.sql);
                    if (statement == null) {
                        statement = connection.prepareStatement(write.sql);
                        statements.put(write.sql, statement);
                    }
                    write.changed = run(statement, write.rows);
                    connection.releaseSavepoint(before);
                } catch (SQLException e) {
                    connection.rollback(before);
                    write.failure = e;
                }
            }
        } finally {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
        }
    }

    private static int[] run(PreparedStatement statement, List<Object[]> rows) throws SQLException {
        int[] changed = new int[rows.size()];
        for (int i = 0; i < changed.length; i++) {
            Store.set(statement, rows.get(i));
            changed[i] = statement.executeUpdate();
        }
        return changed;
    }
}
