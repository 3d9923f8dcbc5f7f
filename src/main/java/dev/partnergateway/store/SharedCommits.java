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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Writes of many callers in one transaction, for a database whose commits cost far more than its statements and follow
 * one another anyway: whatever comes while one is committed is committed together by the next. Each caller goes on when
 * what it wrote is committed, as if it had been alone. A statement that fails takes back its own changes only.
 */
final class SharedCommits implements AutoCloseable {

    /** As long as others wait for a connection. */
    private static final long PATIENCE_SECONDS = 2;

    /** Bounds what a caller waits for others. */
    private static final int MOST_TOGETHER = 500;

    /**
     * From the beginning of one commit to that of the next: what comes in between shares it. The two or three commits
     * that a call needs cost as much as its own thread does. A gateway with little to do hardly ever waits.
     */
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Writes that follow one another never share: after so many commits of one write each there is no wait. */
    private static final int ALONE = 3;

    /** After so many it is tried again whether others come in. */
    private static final int ALONE_AT_MOST = 50;

    private static final Write END = new Write("", List.of());

    private final DataSource dataSource;
    private final BlockingQueue<Write> waiting = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::work, "store writer");
    private volatile boolean closed;

    SharedCommits(DataSource dataSource) {
        this.dataSource = dataSource;
        writer.setDaemon(true);
        writer.start();
    }

    /** One caller's statement. */
    private static final class Write {

        private final String sql;
        private final List<Object[]> rows;
        private final CompletableFuture<int[]> committed = new CompletableFuture<>();
        private int[] changed;

        Write(String sql, List<Object[]> rows) {
            this.sql = sql;
            this.rows = rows;
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
        try {
            if (!closed) {
                return mine.committed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (TimeoutException e) {
            // It is called off, if it can be.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
        if (waiting.remove(mine)) {
            throw new SQLTransientConnectionException(closed ? "the store is closed" : "too many writes wait");
        }
        try {
            // It is being carried out: what comes of it has to be known.
            return mine.committed.join();
        } catch (CompletionException e) {
            throw failure(e.getCause());
        }
    }

    private static SQLException failure(Throwable cause) {
        return cause instanceof SQLException failure ? failure : new SQLException(cause);
    }

    private void work() {
        List<Write> writes = new ArrayList<>();
        boolean end = false;
        long begun = System.nanoTime() - PACE_NANOS;
        int alone = 0;
        while (!end) {
            writes.clear();
            try {
                writes.add(waiting.take());
            } catch (InterruptedException e) {
                continue;
            }
            if (alone < ALONE) {
                LockSupport.parkNanos(begun + PACE_NANOS - System.nanoTime());
            }
            begun = System.nanoTime();
            waiting.drainTo(writes, MOST_TOGETHER);
            alone = writes.size() > 1 ? 0 : (alone + 1) % ALONE_AT_MOST;
            end = writes.remove(END);
            together(writes);
        }
    }

    private void together(List<Write> writes) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                carryOut(connection, writes);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
            writes.forEach(write -> write.committed.complete(write.changed));
        } catch (SQLException | RuntimeException | Error e) {
            // Also an error must not end the thread: its callers are told, and the next ones try again.
            writes.forEach(write -> write.committed.completeExceptionally(e));
        }
    }

    private static void carryOut(Connection connection, List<Write> writes) throws SQLException {
        Map<String, PreparedStatement> statements = new HashMap<>();
        try {
            for (Write write : writes) {
                // A single row that fails leaves nothing behind.
                Savepoint before = write.rows.size() > 1 ? connection.setSavepoint() : null;
                try {
                    PreparedStatement statement = statements.get(write.sql);
                    if (statement == null) {
                        statement = connection.prepareStatement(write.sql);
                        statements.put(write.sql, statement);
                    }
                    write.changed = run(statement, write.rows);
                } catch (SQLException e) {
                    if (before != null) {
                        connection.rollback(before);
                    }
                    write.committed.completeExceptionally(e);
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

    /** Carries out what waits, then no more. */
    @Override
    public void close() {
        closed = true;
        waiting.add(END);
        try {
            writer.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
