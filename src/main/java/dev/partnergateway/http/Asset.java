package dev.partnergateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Files for browsers that come with the gateway: pages, styles, scripts. They hold nothing of calls. Each is named where it
 * is served; no part of a request's address ever becomes a part of a file's name.
 */
public final class Asset {

    /**
     * Scripts, styles and data come from this port alone, none stand in the page, and none are made of text; nothing is
     * framed, sent elsewhere or asked of others.
     */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "yaml", "application/yaml; charset=utf-8",
            "json", "application/json");

    private final Answer answer;

    private Asset(Answer answer) {
        this.answer = answer;
    }

    /**
     * Reads a file of the class path.
     *
     * @param name from the top, such as {@code operator/page.css}
     * @throws IllegalStateException when there is none, or nothing is known of its kind
     */
    public static Asset of(String name) {
        try (InputStream file = Asset.class.getClassLoader().getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is not in this jar");
            }
            return of(name, file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A file that was read elsewhere.
     *
     * @param name says by its ending of what kind it is
     */
    public static Asset of(String name, byte[] content) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalStateException(name + " is of no known kind");
        }
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", type);
        headers.put("Content-Security-Policy", POLICY);
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        return new Asset(new Answer(200, null, content, headers));
    }

    /** The same, and no script of it makes a part of a page of text either. */
    public Asset withoutMarkupFromText() {
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.put("Content-Security-Policy", POLICY + "; require-trusted-types-for 'script'; trusted-types 'none'");
        return new Asset(new Answer(answer.status(), null, answer.body(), headers));
    }

    /** How it is answered. */
    public Answer answer() {
        return answer;
    }
}
