package dev.partnergateway.http;

import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request on one of the operator's ports, as it came: what its address spells with percent signs, or with two slashes,
 * is another address.
 *
 * @param method as sent, but {@code GET} for {@code HEAD}: the port leaves the body out by itself
 * @param path from its first slash to the question mark, not decoded
 * @param query its parameters, decoded; each stands there once
 * @param headers all of them, by names in any case
 * @param body empty when there is none, and for who looks before it has come
 */
public record Request(String method, String path, Map<String, String> query, MultiMap headers, byte[] body) {

    /** How a request cannot be understood; the text is for the caller. */
    static final class Misspelt extends Exception {

        Misspelt(String text) {
            super(text, null, false, false);
        }
    }

    /** Whether it only reads. */
    public boolean reads() {
        return method.equals("GET");
    }

    /** Every value of a header, in order. */
    public List<String> header(String name) {
        return headers.getAll(name);
    }

    /** The parts of the path between its slashes. */
    public List<String> segments() {
        return List.of(path.substring(1).split("/", -1));
    }

    /** The same request for what is below the first part of its path. */
    public Request below() {
        int slash = path.indexOf('/', 1);
        return new Request(method, slash < 0 ? "/" : path.substring(slash), query, headers, body);
    }

    /** The same request, as if it only read. */
    public Request asRead() {
        return new Request("GET", path, query, headers, body);
    }

    Request with(byte[] itsBody) {
        return new Request(method, path, query, headers, itsBody);
    }

    static Request of(String method, String target, MultiMap headers) throws Misspelt {
        if (!target.startsWith("/")) {
            throw new Misspelt("The address of a request begins with a slash here");
        }
        int mark = target.indexOf('?');
        return new Request(
                method.equals("HEAD") ? "GET" : method,
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? Map.of() : query(target.substring(mark + 1)),
                headers,
                new byte[0]);
    }

    private static Map<String, String> query(String text) throws Misspelt {
        Map<String, String> query = new LinkedHashMap<>();
        for (String part : text.split("&")) {
            if (!part.isEmpty()) {
                int equals = part.indexOf('=');
                String name = decoded(equals < 0 ? part : part.substring(0, equals));
                if (query.put(name, equals < 0 ? "" : decoded(part.substring(equals + 1))) != null) {
                    throw new Misspelt("A query parameter stands there twice: which one is meant?");
                }
            }
        }
        return query;
    }

    private static String decoded(String text) throws Misspelt {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Misspelt("The query of this address is not percent-encoded as it must be");
        }
    }
}
