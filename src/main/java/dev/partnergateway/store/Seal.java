package dev.partnergateway.store;

import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.SettingsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts stored bodies with the operator's keys (AES-256-GCM): the first key seals, every key opens, so that a key is
 * changed by putting a new one in front. Without a key bodies are stored as they are; those stay readable later.
 */
public final class Seal {

    private static final Logger LOG = LoggerFactory.getLogger(Seal.class);

    private static final byte PLAIN = 0;
    private static final byte SEALED = 1;
    private static final int KEY_BYTES = 32;
    private static final int NAME_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Optional<Secret> setting;
    private volatile Keys keys;

    private record Keys(String text, Map<Integer, SecretKeySpec> byName, Integer first) {}

    /**
     * Reads the keys.
     *
     * @param setting one or more Base64 keys of 32 bytes, separated by commas or white space
     * @throws SettingsException when one is not a key
     */
    public Seal(Optional<Secret> setting) {
        this.setting = setting;
        this.keys = setting.isEmpty() ? null : parse(setting.get().value());
    }

    private static Keys parse(String text) {
        Map<Integer, SecretKeySpec> byName = new LinkedHashMap<>();
        // A comma at the end does no harm; nothing but commas is no key.
        String[] parts = text.strip().split("[,\\s]+");
        for (String part : parts.length == 0 ? new String[] {""} : parts) {
            byte[] key;
            try {
                key = Base64.getDecoder().decode(part);
            } catch (IllegalArgumentException e) {
                key = new byte[0];
            }
            if (key.length != KEY_BYTES) {
                throw new SettingsException(
                        "gateway.store.encryption-keys must be Base64 keys of 32 bytes, separated by commas.");
            }
            byName.put(name(key), new SecretKeySpec(key, "AES"));
        }
        return new Keys(text, byName, byName.keySet().iterator().next());
    }

    private static int name(byte[] key) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key))
                    .getInt();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a renewed file holds, unless it holds no keys: then the last good ones serve on. */
    private Keys keys() {
        Keys last = keys;
        String text = setting.map(Secret::value).orElse(null);
        if (last == null || text.equals(last.text())) {
            return last;
        }
        Keys renewed;
        try {
            renewed = parse(text);
        } catch (SettingsException e) {
            LOG.error("{} The keys from before are used until they are mended.", e.getMessage());
            renewed = new Keys(text, last.byName(), last.first());
        }
        keys = renewed;
        return renewed;
    }

    /** As {@link #seal(byte[], String)}, for what may stand anywhere. */
    public byte[] seal(byte[] body) {
        return seal(body, "");
    }

    /**
     * Makes the form that is stored; null stays null.
     *
     * @param place where it stands: sealed with a key, it cannot be read in another place
     */
    public byte[] seal(byte[] body, String place) {
        if (body == null) {
            return null;
        }
        Keys current = keys();
        if (current == null) {
            return ByteBuffer.allocate(1 + body.length).put(PLAIN).put(body).array();
        }
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] secret = cipher(Cipher.ENCRYPT_MODE, current.byName().get(current.first()), nonce, place)
                    .doFinal(body);
            return ByteBuffer.allocate(1 + NAME_BYTES + NONCE_BYTES + secret.length)
                    .put(SEALED)
                    .putInt(current.first())
                    .put(nonce)
                    .put(secret)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a body could not be encrypted", e);
        }
    }

    /** As {@link #open(byte[], String)}, for what may stand anywhere. */
    public byte[] open(byte[] stored) {
        return open(stored, "");
    }

    /**
     * Gives back what was sealed; null stays null.
     *
     * @param place where it was said to stand when it was sealed
     * @throws UnreadableException when its key is not there, or it was damaged or moved
     */
    public byte[] open(byte[] stored, String place) {
        if (stored == null) {
            return null;
        }
        if (stored.length > 0 && stored[0] == PLAIN) {
            return Arrays.copyOfRange(stored, 1, stored.length);
        }
        if (stored.length < 1 + NAME_BYTES + NONCE_BYTES + TAG_BITS / 8 || stored[0] != SEALED) {
            throw new UnreadableException("it is damaged");
        }
        ByteBuffer buffer = ByteBuffer.wrap(stored, 1, stored.length - 1);
        Keys current = keys();
        SecretKeySpec key = current == null ? null : current.byName().get(buffer.getInt());
        if (key == null) {
            throw new UnreadableException("its encryption key is not configured", true);
        }
        byte[] nonce = new byte[NONCE_BYTES];
        buffer.get(nonce);
        byte[] secret = new byte[buffer.remaining()];
        buffer.get(secret);
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, place).doFinal(secret);
        } catch (GeneralSecurityException e) {
            throw new UnreadableException("it is damaged");
        }
    }

    /**
     * As {@link #open}, for what comes from where others can write: only what was sealed with a key is taken.
     *
     * @throws UnreadableException as well when it was not
     */
    public byte[] openSealed(byte[] sent) {
        if (sent.length == 0 || sent[0] != SEALED) {
            throw new UnreadableException("it is not sealed");
        }
        return open(sent);
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String place)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /** A stored body cannot be read here. */
    public static final class UnreadableException extends RuntimeException {

        private final boolean keyIsMissing;

        /**
         * Says why.
         *
         * @param reason what is wrong with it
         */
        public UnreadableException(String reason) {
            this(reason, false);
        }

        private UnreadableException(String reason, boolean keyIsMissing) {
            super(reason, null, false, false);
            this.keyIsMissing = keyIsMissing;
        }

        /** Whether it may be in order: who has the key that it was sealed with can read it. */
        public boolean keyIsMissing() {
            return keyIsMissing;
        }
    }
}
