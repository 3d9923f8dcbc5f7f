package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;

/** A call that Talon.One would not carry out, with the status and the error entries it is answered with. */
final class Refusal extends RuntimeException {

    private final int status;
    private final transient ArrayNode errors;
    private final int retryAfter;

    private Refusal(int status, String message, ArrayNode errors, int retryAfter) {
        // The sandbox refuses thousands of calls a second under load, and nobody reads the traces.
        super(message, null, false, false);
        this.status = status;
        this.errors = errors;
        this.retryAfter = retryAfter;
    }

    static Refusal of(int status, String message) {
        return new Refusal(status, message, Json.array(), 0);
    }

    static Refusal retryLater(String message, int seconds) {
        return new Refusal(429, message, Json.array(), seconds);
    }

    static Refusal badRequest(ArrayNode errors) {
        return new Refusal(400, "The request is not valid", errors, 0);
    }

    /** A 400 with one entry; {@code place} is pointer, parameter, line or resource. */
    static Refusal badRequest(String title, String details, String place, String where) {
        return badRequest(entries(title, details, place, where));
    }

    static Refusal notFound(String what) {
        return of(404, what + " not found");
    }

    static ArrayNode entries(String title, String details, String place, String where) {
        ArrayNode errors = Json.array();
        add(errors, title, details, place, where);
        return errors;
    }

    static void add(ArrayNode errors, String title, String details, String place, String where) {
        errors.addObject()
                .put("title", title)
                .put("details", details)
                .putObject("source")
                .put(place, where);
    }

    Answer answer() {
        return answer(0);
    }

    /** The answer, naming so many errors at most; 0 = all. */
    Answer answer(int mostErrors) {
        ArrayNode named = errors;
        if (mostErrors > 0 && errors.size() > mostErrors) {
            named = Json.array();
            for (int i = 0; i < mostErrors; i++) {
                named.add(errors.get(i));
            }
        }
        return Answer.error(status, getMessage(), named, retryAfter);
    }
}
