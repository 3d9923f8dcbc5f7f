package dev.partnergateway.call;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A partner's {@code ApiKey-v1} key. It is passed to Talon.One and nowhere else; its hash stands for it elsewhere. */
public final class Credential {

    private static final int SHOWN = 8;

    private final String key;
    private final String hash;

    /**
     * Wraps a key.
     *
     * @param key the key without its {@code ApiKey-v1} prefix
     */
    public Credential(String key) {
        this.key = key;
        this.hash = sha256(key);
    }

    /** The key itself, for sealed storage alone. */
    public String key() {
        return key;
    }

    /** Value of the {@code Authorization} header for the Integration API. */
    public String authorization() {
        return "ApiKey-v1 " + key;
    }

    /** SHA-256 of the key, 64 lower-case hexadecimal digits. */
    public String hash() {
        return hash;
    }

    /** SHA-256 of a text, 64 lower-case hexadecimal digits. */
    public static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** First 8 digits of the hash: the only form of a key that may be logged. */
    @Override
    public String toString() {
        return hash.substring(0, SHOWN);
    }
}
