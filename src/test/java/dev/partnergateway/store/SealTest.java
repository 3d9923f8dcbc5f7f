package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.partnergateway.harness.Await;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored bodies are unreadable without the operator's key, and stay readable when a new key is put in front. */
class SealTest {

    private static final byte[] BODY = "{\"Value\":\"DEMO-CODE\"}".getBytes(StandardCharsets.UTF_8);

    private static String key(int number) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) number);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static Seal with(String keys) {
        return new Seal(Optional.of(Secret.literal(keys)));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatIsSealedCannotBeReadAndLooksDifferentEachTime() {
        Seal seal = with(key(1));
        byte[] once = seal.seal(BODY);
        assertFalse(text(once).contains("Value") || text(once).contains("DEMO"), text(once));
        assertFalse(Arrays.equals(once, seal.seal(BODY)));
        assertArrayEquals(BODY, seal.open(once));
        assertArrayEquals(new byte[0], seal.open(seal.seal(new byte[0])));
        assertNull(seal.open(seal.seal(null)));
    }

    @Test
    void aNewKeyInFrontSealsAndTheOldOneStillOpens() {
        byte[] old = with(key(1)).seal(BODY);
        Seal rotated = with(key(2) + ", " + key(1));
        assertArrayEquals(BODY, rotated.open(old));
        assertArrayEquals(BODY, with(key(2)).open(rotated.seal(BODY)), "the first key seals");
    }

    @Test
    void aRenewedKeyIsTakenFromItsFileWithoutARestartAndABrokenOneIsNot(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("keys");
        Files.writeString(file, key(1));
        Properties properties = new Properties();
        properties.setProperty("gateway.store.encryption-keys", "file:" + file);
        Optional<Secret> setting = Settings.load(directory.resolve("none.properties"), Map.of(), properties)
                .storeEncryptionKeys();
        Seal seal = new Seal(setting);
        byte[] old = seal.seal(BODY);

        Files.writeString(file, key(2) + "," + key(1));
        Await.until(() -> "the old key", () -> opens(with(key(2)), seal.seal(BODY)));
        assertArrayEquals(BODY, seal.open(old));

        Files.writeString(file, "half a k");
        Await.until(
                () -> "the file as it was", () -> setting.orElseThrow().value().equals("half a k"));
        assertArrayEquals(BODY, with(key(2)).open(seal.seal(BODY)), "the last good key goes on sealing");
        assertArrayEquals(BODY, seal.open(old));
    }

    private static boolean opens(Seal seal, byte[] sealed) {
        try {
            return Arrays.equals(BODY, seal.open(sealed));
        } catch (Seal.UnreadableException e) {
            return false;
        }
    }

    @Test
    void whatWasStoredBeforeThereWasAKeyStaysReadable() {
        byte[] plain = new Seal(Optional.empty()).seal(BODY);
        assertArrayEquals(BODY, with(key(1)).open(plain));
    }

    @Test
    void withoutItsKeyItIsUnreadableAndTheReasonIsTold() {
        byte[] sealed = with(key(1)).seal(BODY);
        for (Seal other : new Seal[] {with(key(2)), new Seal(Optional.empty())}) {
            Seal.UnreadableException failure = assertThrows(Seal.UnreadableException.class, () -> other.open(sealed));
            assertEquals("its encryption key is not configured", failure.getMessage());
        }
    }

    @Test
    void aChangeOfAnyByteIsNoticed() {
        Seal seal = with(key(1));
        byte[] sealed = seal.seal(BODY);
        // The first byte says whether it is sealed at all.
        for (int i = 1; i < sealed.length; i++) {
            byte[] damaged = sealed.clone();
            damaged[i] ^= 1;
            assertThrows(Seal.UnreadableException.class, () -> seal.open(damaged), "byte " + i);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(Seal.UnreadableException.class, () -> seal.open(cut), length + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no Base64", "c2hvcnQ=", ","})
    void whatIsNoKeyStopsTheStart(String keys) {
        SettingsException failure = assertThrows(SettingsException.class, () -> with(keys));
        assertEquals(
                "gateway.store.encryption-keys must be Base64 keys of 32 bytes, separated by commas.",
                failure.getMessage());
    }
}
