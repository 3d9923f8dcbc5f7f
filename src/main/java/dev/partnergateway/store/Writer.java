package dev.partnergateway.store;

import dev.partnergateway.life.Fatal;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The one connection that writes an SQLite file. Who comes alone commits at once; whatever comes while one commit runs is
 * committed together by the next, on a thread for that. Each caller goes on when what it wrote is committed, as if it had been
 * alone. A statement that breaks a rule of the schema takes back its own changes only; any other failure takes back all
 * that were to be committed together, for then nobody knows how far SQLite has come.
 */
final class Writer implements AutoCloseable {

    /** As long as others wait for a connection. */
    private static final long PATIENCE_SECONDS = 2;

    /** Bounds what a caller waits for others. */
    private static final int MOST_TOGETHER = 500;

    /** In kilobytes, which SQLite wants with this sign: pages of the indexes over very many rows. */
    private static final int CACHE = -32_768;

    private static final long SEEN_NANOS = 5_000_000;

    private static final String CLOSED = "the store is closed";
    private static final Write END = new Write("", List.of());
    private static final Predicate<Thread> VIRTUAL = virtual();

    private final StoreFile file;
    private final Runnable failed;
    private final BlockingQueue<Write> waiting = new LinkedBlockingQueue<>();
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Thread thread = new Thread(this::work, "store writer");

    /** Who holds it uses the connection. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile boolean closed;
    private Connection connection;

    /** When the file was last seen at its place. */
    private long seen = System.nanoTime() - SEEN_NANOS;

    /**
     * Begins to write.
     *
     * @param failed told when the file could not be written, and is opened anew
     */
    Writer(StoreFile file, Runnable failed) throws SQLException {
        this.file = file;
        this.failed = failed;
        this.connection = opened();
        thread.setDaemon(true);
        thread.start();
    }

    /** A virtual thread that waits for a disk keeps others from the processor. */
    private static Predicate<Thread> virtual() {
        try {
            Method asks = Thread.class.getMethod("isVirtual");
            return thread -> {
                try {
                    return (boolean) asks.invoke(thread);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            };
        } catch (NoSuchMethodException e) {
            return thread -> false;
        }
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
        if (!VIRTUAL.test(Thread.currentThread()) && waiting.isEmpty() && turn.tryLock()) {
            try {
                return alone(mine);
            } finally {
                turn.unlock();
            }
        }
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
            throw new SQLTransientConnectionException(closed ? CLOSED : "too many writes wait");
        }
        try {
            // It is being carried out: what comes of it has to be known.
            return mine.committed.join();
        } catch (CompletionException e) {
            throw failure(e.getCause());
        }
    }

    private int[] alone(Write mine) throws SQLException {
        if (closed) {
            throw new SQLTransientConnectionException(CLOSED);
        }
        together(List.of(mine));
        try {
            return mine.committed.join();
        } catch (CompletionException e) {
            throw failure(e.getCause());
        }
    }

    private static SQLException failure(Throwable cause) {
        return cause instanceof SQLException failure ? failure : new SQLException(cause);
    }

    /** How many wait to be committed. */
    int waiting() {
        return waiting.size();
    }

    private void work() {
        List<Write> writes = new ArrayList<>();
        boolean end = false;
        while (!end) {
            writes.clear();
            try {
                writes.add(waiting.take());
            } catch (InterruptedException e) {
                continue;
            }
            turn.lock();
            try {
                waiting.drainTo(writes, MOST_TOGETHER);
                end = writes.remove(END);
                together(writes);
                if (end) {
                    disconnect();
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private void together(List<Write> writes) {
        try {
            connect();
            if (writes.size() == 1 && writes.get(0).rows.size() == 1) {
                // One statement is a transaction of its own.
                carryOut(writes.get(0));
            } else if (!writes.isEmpty()) {
                run("BEGIN IMMEDIATE");
                for (Write write : writes) {
                    carryOut(write);
                }
                run("COMMIT");
            }
            if (!inPlace()) {
                throw new SQLTransientConnectionException("the store's file is not there any more");
            }
            writes.forEach(write -> write.committed.complete(write.changed));
        } catch (SQLException | RuntimeException | Error e) {
            // Also an error must not end the thread: its callers are told, and the next ones try again.
            Fatal.look(e);
            disconnect();
            writes.forEach(write -> write.committed.completeExceptionally(e));
        }
    }

    /** Whether the file was there a few milliseconds ago: asking costs a tenth of a write. */
    private boolean inPlace() {
        long now = System.nanoTime();
        if (now - seen > SEEN_NANOS) {
            if (!file.inPlace()) {
                return false;
            }
            seen = now;
        }
        return true;
    }

    private void carryOut(Write write) throws SQLException {
        boolean several = write.rows.size() > 1;
        if (several) {
            run("SAVEPOINT one");
        }
        try {
            PreparedStatement statement = prepared(write.sql);
            int[] changed = new int[write.rows.size()];
            for (int i = 0; i < changed.length; i++) {
                Store.set(statement, write.rows.get(i));
                changed[i] = statement.executeUpdate();
            }
            write.changed = changed;
        } catch (SQLException e) {
            if (!ofTheStatementAlone(e)) {
                throw e;
            }
            if (several) {
                run("ROLLBACK TO one");
            }
            write.committed.completeExceptionally(e);
        }
        if (several) {
            run("RELEASE one");
        }
    }

    private static boolean ofTheStatementAlone(SQLException failure) {
        return failure instanceof SQLiteException embedded
                && (embedded.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
    }

    private void run(String sql) throws SQLException {
        prepared(sql).execute();
    }

    private PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    private void connect() throws SQLException {
        if (connection == null) {
            file.takeAgain();
            connection = opened();
        }
    }

    /** The driver looks after transactions no more: it would make an empty one after each statement. */
    private Connection opened() throws SQLException {
        Connection made = file.connect();
        try (Statement statement = made.createStatement()) {
            statement.execute("PRAGMA cache_size = " + CACHE);
            made.setAutoCommit(false);
            statement.execute("COMMIT");
            return made;
        } catch (SQLException e) {
            made.close();
            throw e;
        }
    }

    /** What was not committed is taken back; the next write opens the file anew. */
    private void disconnect() {
        statements.clear();
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It is not used any more, whatever became of it.
            statements.clear();
        }
        connection = null;
        failed.run();
    }

    /** Carries out what waits, then no more. */
    @Override
    public void close() {
        closed = true;
        waiting.add(END);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
