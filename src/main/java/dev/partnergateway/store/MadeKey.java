package dev.partnergateway.store;

import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The key for what is never stored as it is, where the operator has given none: made at the first start. It lies beside the
 * file of an embedded store, as {@code <file>.key}, readable by its owner only; gateways on one PostgreSQL find it there, in
 * table {@code made_key}.
 */
public final class MadeKey {

    private static final int KEY_BYTES = 32;

    private static final Sql KEEP = new Sql("INSERT INTO made_key (id, value) VALUES (1, ?) ON CONFLICT DO NOTHING");
    private static final Sql FIND = new Sql("SELECT value FROM made_key WHERE id = 1");

    private MadeKey() {}

    /**
     * A seal that always has a key: the operator's, or the one that was made.
     *
     * @throws IllegalStateException with a sentence, when the key can neither be read nor made
     */
    public static Seal seal(Settings settings, Store store) {
        Optional<Secret> given = settings.storeEncryptionKeys();
        return new Seal(given.isPresent() ? given : Optional.of(Secret.literal(find(settings, store))));
    }

    private static String find(Settings settings, Store store) {
        if (store.embedded()) {
            return inFile(new StoreFile(settings.storeUrl(), settings.storeSync()).path());
        }
        store.update(KEEP, made());
        return store.query(row -> row.getString(1), FIND).get(0);
    }

    private static String inFile(Path storeFile) {
        Path file = storeFile.resolveSibling(storeFile.getFileName() + ".key");
        try {
            if (!Files.exists(file)) {
                Path made = file.resolveSibling(file.getFileName() + ".new");
                Files.deleteIfExists(made);
                Files.createFile(
                        made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(made, made(), StandardOpenOption.SYNC, StandardOpenOption.WRITE);
                Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return Files.readString(file);
        } catch (IOException | UnsupportedOperationException e) {
            throw new IllegalStateException(
                    "The key " + file + " can neither be read nor made: set gateway.store.encryption-keys", e);
        }
    }

    private static String made() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }
}
