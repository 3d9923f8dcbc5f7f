package dev.partnergateway.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Percent-encoded text: path segments, query strings and forms. */
final class UrlEncoded {
    static final String EXPECTATION = "percent-encoded UTF-8 without NUL";

    private UrlEncoded() {}

    /**
     * A name and a value, both still encoded.
     *
     * @param name the text before the first equals sign
     * @param value the text after it; empty when there is none
     */
    record Pair(String name, String value) {}

    /** The pairs of a query string or a form, in order. */
    static List<Pair> pairs(String text) {
        List<Pair> pairs = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('&', start);
            end = end < 0 ? text.length() : end;
            if (end > start) {
                int equals = text.indexOf('=', start);
                pairs.add(
                        equals < 0 || equals > end
                                ? new Pair(text.substring(start, end), "")
                                : new Pair(text.substring(start, equals), text.substring(equals + 1, end)));
            }
            start = end + 1;
        }
        return pairs;
    }

    /** The decoded text; null when an escape is broken, the bytes are not UTF-8, or a NUL is in it. */
    static String decode(String encoded, boolean plusIsSpace) {
        if (encoded.indexOf('%') < 0) {
            String decoded = plusIsSpace ? encoded.replace('+', ' ') : encoded;
            return decoded.indexOf(0) < 0 ? decoded : null;
        }
        StringBuilder decoded = new StringBuilder(encoded.length());
        byte[] run = null;
        int i = 0;
        while (i < encoded.length()) {
            char c = encoded.charAt(i);
            if (c == 0) {
                return null;
            }
            if (c != '%') {
                decoded.append(c == '+' && plusIsSpace ? ' ' : c);
                i++;
                continue;
            }
            // A character may take several escapes, so a whole run of them is decoded at once.
            run = run == null ? new byte[(encoded.length() - i) / 3 + 1] : run;
            int length = 0;
            while (i < encoded.length() && encoded.charAt(i) == '%') {
                int value =
                        i + 2 < encoded.length() ? hex(encoded.charAt(i + 1)) << 4 | hex(encoded.charAt(i + 2)) : -1;
                if (value <= 0) {
                    return null;
                }
                run[length++] = (byte) value;
                i += 3;
            }
            String text = utf8(run, length);
            if (text == null) {
                return null;
            }
            decoded.append(text);
        }
        return decoded.toString();
    }

    /** The text of strictly valid UTF-8; null when it is not. */
    static String utf8(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] < 0) {
                return multiByte(bytes, length);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static String multiByte(byte[] bytes, int length) {
        try {
            // A fresh decoder refuses malformed input; a String's constructor would replace it.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static int hex(char c) {
        // Character.digit would let the digits of other scripts through.
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
