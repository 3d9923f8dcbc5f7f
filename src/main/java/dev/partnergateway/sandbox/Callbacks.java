package dev.partnergateway.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;

/** A receiver to send callbacks to, for trying them out. The newest are kept. */
final class Callbacks {

    static final String PATH = "/sandbox/callbacks";

    private static final int MOST = 100;

    private final ArrayDeque<ObjectNode> received = new ArrayDeque<>();

    /** Takes one; the query parameter {@code status} says what to answer instead of 200. */
    Answer receive(Received callback) {
        ObjectNode json = Json.object().put("path", callback.path());
        ObjectNode headers = json.putObject("headers");
        callback.headers().forEach(headers::put);
        try {
            json.set("body", Json.read(callback.text()));
        } catch (JsonProcessingException e) {
            json.put("body", callback.text());
        }
        received.addLast(json);
        if (received.size() > MOST) {
            received.removeFirst();
        }
        String status = callback.queryValue("status");
        if (status == null) {
            return Answer.ok(Json.object());
        }
        if (!status.matches("[2-5][0-9][0-9]")) {
            throw new IllegalArgumentException("status must be a number from 200 to 599.");
        }
        return Answer.error(Integer.parseInt(status), "As asked for", Json.array(), 0);
    }

    ArrayNode list() {
        return Json.array(received);
    }

    void clear() {
        received.clear();
    }
}
