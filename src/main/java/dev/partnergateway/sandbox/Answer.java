package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a call is answered with. The body is text, not a tree, because later changes of the state must not reach an answer
 * that is kept for a repeat.
 *
 * @param status HTTP status
 * @param body JSON text, or null for none
 * @param retryAfter seconds for the Retry-After header, or 0 for no such header
 */
record Answer(int status, String body, int retryAfter) {

    static Answer ok(JsonNode body) {
        return new Answer(200, Json.write(body), 0);
    }

    static Answer created(JsonNode body) {
        return new Answer(201, Json.write(body), 0);
    }

    static Answer nothing() {
        return new Answer(204, null, 0);
    }

    static Answer error(int status, String message, ArrayNode errors, int retryAfter) {
        ObjectNode body = Json.object().put("message", message);
        body.set("errors", errors);
        body.put("StatusCode", status);
        return new Answer(status, Json.write(body), retryAfter);
    }

    /** One page in the shape of the lists that do not count: {@code hasMore} and {@code data}. */
    static Answer page(List<? extends JsonNode> all, int skip, int pageSize) {
        List<? extends JsonNode> page = slice(all, skip, pageSize);
        ObjectNode body = Json.object().put("hasMore", all.size() > skip + page.size());
        body.set("data", Json.array(page));
        return ok(body);
    }

    static <T> List<T> slice(List<T> all, int skip, int pageSize) {
        int from = Math.min(skip, all.size());
        return all.subList(from, Math.min(from + pageSize, all.size()));
    }
}
