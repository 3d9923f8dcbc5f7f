package dev.partnergateway.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as it came in, read to its end.
 *
 * @param path raw path, still percent-encoded
 * @param query decoded query parameters
 * @param authorization Authorization header, empty when absent
 * @param idempotencyKey Idempotency-Key header, empty when absent
 * @param contentType Content-Type header, empty when absent
 * @param headers all headers, names in lower case
 * @param text body, empty when absent; for an upload its file
 * @param file content of the part upFile, or null
 */
record Received(
        String method,
        String path,
        Map<String, List<String>> query,
        String authorization,
        String idempotencyKey,
        String contentType,
        TreeMap<String, String> headers,
        String text,
        String file) {

    /**
     * Reads a query string; a value that is not well encoded is kept as it stands.
     *
     * @param raw text after the question mark, or null
     */
    static Map<String, List<String>> query(String raw) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (raw == null || raw.isEmpty()) {
            return query;
        }
        for (String pair : raw.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            query.computeIfAbsent(decode(name), key -> new ArrayList<>()).add(decode(value));
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /**
     * Decodes one path segment once.
     *
     * @throws IllegalArgumentException when the encoding is broken
     */
    static String decodeSegment(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    String queryValue(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.get(0);
    }

    /** The scheme of the credential, never the key. */
    String credentialKind() {
        if (authorization.isEmpty()) {
            return "none";
        }
        if (authorization.startsWith("ApiKey-v1 ")) {
            return "ApiKey-v1";
        }
        return authorization.startsWith("ManagementKey-v1 ") ? "ManagementKey-v1" : "other";
    }

    String key() {
        return authorization.substring(authorization.indexOf(' ') + 1);
    }
}
