package dev.partnergateway.contract;

import java.util.Locale;

/** What a Content-Type header says about a body, as far as the gateway can read it. */
enum MediaType {
    /** {@code application/json}, {@code text/json} or {@code application/*+json}; also a body without a Content-Type (contract D3). */
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

    /** The media type of a header or of a key in the OpenAPI file; null when it is none of these in UTF-8. */
    static MediaType of(String value) {
        if (value.equals(JSON.text)) {
            return JSON;
        }
        if (!isUtf8(value)) {
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

    /** Whether a header names no other encoding than UTF-8. */
    static boolean isUtf8(String value) {
        String[] parts = value.split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            if (!isUtf8Parameter(parts[i].strip().toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUtf8Parameter(String parameter) {
        int equals = parameter.indexOf('=');
        if (equals < 0 || !parameter.substring(0, equals).strip().equals("charset")) {
            return true;
        }
        String charset =
                parameter.substring(equals + 1).strip().replace("\"", "").replace("'", "");
        return charset.equals("utf-8") || charset.equals("utf8");
    }
}
