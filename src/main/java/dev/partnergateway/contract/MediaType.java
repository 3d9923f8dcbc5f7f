package dev.partnergateway.contract;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a Content-Type header says about a body, as far as the gateway can read it. */
enum MediaType {
    /**
     * {@code application/json}, {@code text/json} or {@code application/*+json}; also a body without a Content-Type
     * (docs/behaviour.md#coercion).
     */
    JSON("application/json"),
    /** {@code application/x-www-form-urlencoded}. */
    FORM("application/x-www-form-urlencoded");

    private final String text;

    MediaType(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** The media type of a header or of a key in the OpenAPI file; null when it is none of these, or in an encoding
     * that is not read. */
    static MediaType of(String value) {
        if (value.equals(JSON.text)) {
            return JSON;
        }
        if (charset(value) == null) {
            return null;
        }
        int end = value.indexOf(';');
        String type = (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        if (type.equals(FORM.text)) {
            return FORM;
        }
        boolean suffixed = type.startsWith("application/")
                && type.endsWith("+json")
                && type.length() > "application/+json".length();
        return suffixed || type.equals(JSON.text) || type.equals("text/json") ? JSON : null;
    }

    /**
     * The encoding that a header names: UTF-8 where it names none, or one that UTF-8 contains. Some clients write
     * ISO-8859-1 unless they are told otherwise. Null for all others.
     */
    static Charset charset(String value) {
        Charset charset = StandardCharsets.UTF_8;
        String[] parts = value.split(";", -1);
        for (int i = 1; i < parts.length && charset != null; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            int equals = parameter.indexOf('=');
            if (equals >= 0 && parameter.substring(0, equals).strip().equals("charset")) {
                charset = named(parameter
                        .substring(equals + 1)
                        .strip()
                        .replace("\"", "")
                        .replace("'", ""));
            }
        }
        return charset;
    }

    private static Charset named(String name) {
        return switch (name) {
            case "", "utf-8", "utf8", "us-ascii", "ascii" -> StandardCharsets.UTF_8;
            case "iso-8859-1", "latin1" -> StandardCharsets.ISO_8859_1;
            default -> null;
        };
    }
}
