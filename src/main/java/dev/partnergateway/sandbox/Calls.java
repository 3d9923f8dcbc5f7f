package dev.partnergateway.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;

/** The calls that came in, oldest first. The newest are kept, within a count and a size. */
final class Calls {

    static final int MOST = 10_000;
    private static final long MOST_CHARACTERS = 32L * 1024 * 1024;

    /** Of an answer that is kept with its call; a longer one is not. */
    private static final int LONGEST_ANSWER = 16 * 1024;

    private final ArrayDeque<Recorded> calls = new ArrayDeque<>();
    private long characters;

    /** One call; the outcome is filled in when it is known. */
    static final class Recorded {
        private final String operation;
        private final Instant at;
        private final Received received;
        private int status;
        private String answer;
        private String fault;
        private boolean replayed;

        private Recorded(String operation, Instant at, Received received) {
            this.operation = operation;
            this.at = at;
            this.received = received;
        }

        void answered(int newStatus) {
            status = newStatus;
        }

        void answered(Answer given) {
            status = given.status();
            answer = given.body() != null && given.body().length() <= LONGEST_ANSWER ? given.body() : null;
        }

        void met(Faults.Kind kind) {
            fault = kind.text();
        }

        void replays() {
            replayed = true;
        }

        private ObjectNode json(boolean withAnswer) {
            ObjectNode json = Json.object()
                    .put("operation", operation)
                    .put("at", Times.write(at))
                    .put("method", received.method())
                    .put("path", received.path());
            ObjectNode query = json.putObject("query");
            for (Map.Entry<String, List<String>> value : received.query().entrySet()) {
                query.put(value.getKey(), String.join(",", value.getValue()));
            }
            json.put("credential", received.credentialKind());
            if (!received.idempotencyKey().isEmpty()) {
                json.put("idempotencyKey", received.idempotencyKey());
            }
            json.set("headers", Json.texts(received.headers().keySet().toArray(String[]::new)));
            text(json, "body", received.text());
            if (withAnswer && answer != null) {
                text(json, "answer", answer);
            }
            if (fault != null) {
                json.put("fault", fault);
            }
            json.put("replayed", replayed);
            // A call without an answer has no status.
            return status == 0 ? json.putNull("status") : json.put("status", status);
        }

        private static void text(ObjectNode json, String name, String text) {
            if (text.isEmpty()) {
                return;
            }
            try {
                json.set(name, Json.read(text));
            } catch (JsonProcessingException e) {
                json.put(name, text);
            }
        }
    }

    Recorded add(String operation, Instant at, Received received) {
        Recorded call = new Recorded(operation, at, received);
        calls.addLast(call);
        characters += received.text().length();
        while (calls.size() > MOST || characters > MOST_CHARACTERS) {
            characters -= calls.removeFirst().received.text().length();
        }
        return call;
    }

    void clear() {
        calls.clear();
        characters = 0;
    }

    /**
     * All calls, or those of one operation.
     *
     * @param withAnswers whether each has its answer, unless that is long
     */
    ArrayNode list(String operation, boolean withAnswers) {
        ArrayNode list = Json.array();
        for (Recorded call : calls) {
            if (operation == null || operation.equals(call.operation)) {
                list.add(call.json(withAnswers));
            }
        }
        return list;
    }
}
