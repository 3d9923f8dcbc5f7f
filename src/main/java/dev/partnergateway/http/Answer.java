package dev.partnergateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer on one of the operator's ports.
 *
 * @param problem what to fix, when it is a refusal; its body is then the one of every failure
 * @param headers over those that every answer has
 */
public record Answer(int status, String problem, byte[] body, Map<String, String> headers) {

    private static final String TYPE = "Content-Type";
    private static final String JSON = "application/json";

    /** A document. */
    public static Answer json(int status, JsonNode document) {
        return new Answer(status, null, Json.write(document), Map.of(TYPE, JSON));
    }

    /** A text of another type. */
    public static Answer text(String contentType, String text) {
        return new Answer(200, null, text.getBytes(StandardCharsets.UTF_8), Map.of(TYPE, contentType));
    }

    /** The same with another status. */
    public Answer at(int itsStatus) {
        return new Answer(itsStatus, problem, body, headers);
    }

    /** Done, and nothing to say. */
    public static Answer done() {
        return new Answer(204, null, new byte[0], Map.of());
    }

    /** Says what to fix. */
    public static Answer refusal(int status, String problem) {
        return new Answer(status, problem, new byte[0], Map.of(TYPE, JSON));
    }

    /**
     * The same with one more header.
     *
     * @param name not one that it has
     */
    public Answer with(String name, String value) {
        Map<String, String> more = new java.util.HashMap<>(headers);
        more.put(name, value);
        return new Answer(status, problem, body, more);
    }

    byte[] body(String requestId) {
        return problem == null ? body : ErrorBody.of(status, problem, requestId);
    }
}
