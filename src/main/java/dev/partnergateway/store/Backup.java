package dev.partnergateway.store;

import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Copies the file of an embedded store, as it is at one moment, while a gateway writes it. */
public final class Backup {

    private Backup() {}

    /**
     * Writes a whole, checked copy; what stands there is replaced only by such a one.
     *
     * @throws IllegalStateException with a sentence for the operator, when there is none to be made
     */
    public static void write(Settings settings, Path copy) {
        if (!settings.storeUrl().startsWith(StoreFile.URL)) {
            throw new IllegalStateException(
                    "The store is a PostgreSQL: back it up with PostgreSQL's own means, such as pg_dump.");
        }
        StoreFile file = new StoreFile(settings.storeUrl(), settings.storeSync());
        if (!Files.exists(file.path())) {
            throw new IllegalStateException("There is no store " + file.path() + " in this working directory.");
        }
        Path part = copy.resolveSibling(copy.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (Connection connection = file.connect()) {
                try (PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
                    statement.setString(1, part.toString());
                    statement.execute();
                }
            }
            check(part);
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("The store " + file.path() + " could not be copied: " + e.getMessage(), e);
        }
    }

    private static void check(Path file) throws SQLException {
        try (Connection connection = java.sql.DriverManager.getConnection(StoreFile.URL + file);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
            found.next();
            if (!found.getString(1).equals("ok")) {
                throw new SQLException("the copy is damaged: " + found.getString(1));
            }
        }
    }
}
