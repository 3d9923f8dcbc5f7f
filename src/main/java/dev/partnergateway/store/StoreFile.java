package dev.partnergateway.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.sqlite.SQLiteOpenMode;

/**
 * The file of an embedded store: readable by its owner only, and one process's at a time. Beside it are {@code -wal} and
 * {@code -shm} of SQLite, and {@code .lock} with the process that has it.
 */
final class StoreFile implements AutoCloseable {

    /** How the address of an embedded store begins. */
    static final String URL = "jdbc:sqlite:";

    private static final String LIBRARY_FOLDER = "org.sqlite.tmpdir";
    private static final String TEMPORARY = "java.io.tmpdir";
    private static final String LIBRARY = "sqlite-*-*sqlitejdbc*";

    private final String url;
    private final Path path;
    private final String sync;
    private FileChannel lock;
    private Object identity;

    /**
     * Names a file; nothing is opened yet.
     *
     * @param url the operator's JDBC address; what it says in its query counts more than what the gateway chooses
     * @param sync {@code full} or {@code normal}
     */
    StoreFile(String url, String sync) {
        this.url = url;
        this.sync = sync;
        String name = url.substring(URL.length()).replaceFirst("\\?.*", "");
        if (name.isEmpty() || name.startsWith(":") || name.startsWith("file:")) {
            throw new IllegalStateException("gateway.store.url must name a file, such as " + URL + "data/gateway.db");
        }
        path = Path.of(name);
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    /**
     * Takes it for this process; makes it when it is not there.
     *
     * @throws IllegalStateException with a sentence for the operator, when it cannot be taken
     */
    void take() {
        try {
            makeFolder(path.toAbsolutePath().getParent());
            lock();
            try {
                Files.createFile(path);
            } catch (java.nio.file.FileAlreadyExistsException e) {
                // Of an earlier start.
            }
            onlyForItsOwner(path);
            placeLibrary(path.toAbsolutePath().getParent());
            identity = identity();
        } catch (IOException e) {
            close();
            throw new IllegalStateException("The store " + path + " cannot be opened: " + e, e);
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (posix(folder)) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }

    private static boolean posix(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix");
    }

    private static void onlyForItsOwner(Path file) throws IOException {
        if (posix(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private void lock() throws IOException {
        Path file = path.resolveSibling(path.getFileName() + ".lock");
        lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = lock.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            String holder = Files.readString(file).strip();
            lock.close();
            lock = null;
            throw new IllegalStateException("The store " + path + " is used by " + holder
                    + ": stop that first. One process at a time uses an embedded store.");
        }
        onlyForItsOwner(file);
        lock.truncate(0);
        String self = "process " + ProcessHandle.current().pid() + " on " + host();
        lock.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this machine";
        }
    }

    /**
     * SQLite's own code is unpacked where temporary files are; beside the store where there is no such place. What processes
     * that were killed have left of it is removed.
     */
    private static void placeLibrary(Path folder) throws IOException {
        if (System.getProperty(LIBRARY_FOLDER) == null && !Files.isWritable(Path.of(System.getProperty(TEMPORARY)))) {
            System.setProperty(LIBRARY_FOLDER, folder.toString());
        }
        Path place = Path.of(System.getProperty(LIBRARY_FOLDER, System.getProperty(TEMPORARY)));
        Instant old = Instant.now().minus(Duration.ofHours(1));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(place, LIBRARY)) {
            for (Path file : left) {
                if (Files.isWritable(file)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    // A process that uses it keeps it all the same.
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Object identity() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /**
     * Whether what is opened is still what stands at the path: what is written into a file that was removed is lost.
     */
    boolean inPlace() {
        try {
            Object found = identity();
            return found == null || found.equals(identity);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Takes the file that stands at the path now, after it was away.
     *
     * @throws SQLException while it is not there, or another process has it
     */
    void takeAgain() throws SQLException {
        try {
            if (lock == null || !inPlace()) {
                // What is held of a disk keeps it from being mounted again.
                close();
                Object found = identity();
                lock();
                identity = found;
            }
        } catch (IOException | IllegalStateException e) {
            throw new SQLException("the store " + path + " is not there", e);
        }
    }

    /** Opens a connection. */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        Map.of(
                        "journal_mode", "WAL",
                        "synchronous", sync,
                        "busy_timeout", "2000",
                        "foreign_keys", "on",
                        "journal_size_limit", "16777216",
                        "temp_store", "MEMORY",
                        // The driver would ask for one after each insert.
                        "jdbc.get_generated_keys", "false")
                .forEach((name, value) -> {
                    // The driver would prefer this to what the operator has written.
                    if (!url.contains(name + '=')) {
                        properties.setProperty(name, value);
                    }
                });
        // A file that is gone is not made again: an empty one would have forgotten what was answered.
        properties.setProperty("open_mode", Integer.toString(SQLiteOpenMode.READWRITE.flag));
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            // macOS: what is synced has reached the disk itself.
            statement.execute("PRAGMA fullfsync = 1");
            statement.execute("PRAGMA checkpoint_fullfsync = 1");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** Leaves it to the next process. */
    @Override
    public void close() {
        try {
            if (lock != null) {
                lock.close();
                lock = null;
            }
        } catch (IOException e) {
            // The end of the process gives the lock back.
            lock = null;
        }
    }
}
