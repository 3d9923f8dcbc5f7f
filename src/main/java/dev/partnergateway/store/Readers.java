package dev.partnergateway.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections that read a file while it is written; each keeps its statements prepared. */
final class Readers implements AutoCloseable {

    private static final int MOST = 4;
    private static final long PATIENCE_SECONDS = 2;

    private final StoreFile file;
    private final Semaphore free = new Semaphore(MOST);
    private final Deque<Reader> idle = new ArrayDeque<>();

    /** Grows when the file is to be opened anew: readers from before are not used any more. */
    private final AtomicInteger age = new AtomicInteger();

    private boolean closed;

    Readers(StoreFile file) {
        this.file = file;
    }

    private record Reader(Connection connection, Map<String, PreparedStatement> statements, int age) {

        private void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                // Nothing depends on a connection that only reads.
                statements.clear();
            }
        }
    }

    <T> List<T> read(Store.RowMapper<T> mapper, String sql, Object... parameters) throws SQLException {
        try {
            if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLTransientConnectionException("too many reads wait");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(e);
        }
        Reader reader = null;
        try {
            reader = take();
            PreparedStatement statement = reader.statements().get(sql);
            if (statement == null) {
                statement = reader.connection().prepareStatement(sql);
                reader.statements().put(sql, statement);
            }
            List<T> rows = Store.read(statement, mapper, parameters);
            give(reader);
            reader = null;
            return rows;
        } finally {
            if (reader != null) {
                reader.close();
            }
            free.release();
        }
    }

    private Reader take() throws SQLException {
        synchronized (idle) {
            if (closed) {
                throw new SQLTransientConnectionException("the store is closed");
            }
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        int now = age.get();
        Connection connection = file.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return new Reader(connection, new HashMap<>(), now);
    }

    private void give(Reader reader) {
        synchronized (idle) {
            if (!closed && reader.age() == age.get()) {
                idle.push(reader);
                return;
            }
        }
        reader.close();
    }

    /** How many wait for a connection. */
    int waiting() {
        return free.getQueueLength();
    }

    /** The file is opened anew from now on. */
    void renew() {
        synchronized (idle) {
            age.incrementAndGet();
            idle.forEach(Reader::close);
            idle.clear();
        }
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(Reader::close);
            idle.clear();
        }
    }
}
