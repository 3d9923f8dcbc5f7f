package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Json;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import dev.partnergateway.queue.DeadLetterFilter;
import dev.partnergateway.queue.DeadLetters;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code /dead-letters}: queued calls that could not be carried out. Their texts may name what callers sent.
 *
 * <pre>
 * GET  /dead-letters            those that a filter takes, oldest first, at most 1000; after=&lt;request id&gt; goes on
 * GET  /dead-letters/{id}       one, with what was sent
 * POST /dead-letters/{id}/edit  corrects one: {"body": …} or {"request": …}, {"key": "…"}
 * GET  /dead-letters/replay     says what a replay would do to the order of their lines
 * POST /dead-letters/replay     puts them back into their lines; needs a filter
 * GET  /dead-letters/give-up    says how many it would be
 * POST /dead-letters/give-up    forgets them; needs a filter
 * </pre>
 *
 * <p>A filter is made of query parameters: {@code id}, {@code operation}, {@code deployment}, {@code reason} (a status, or
 * a part of the text), {@code from} and {@code to} (RFC 3339).
 */
final class DeadLetterPages {

    private static final Set<String> NAMES = Set.of("id", "operation", "deployment", "reason", "from", "to");
    private static final String AFTER = "after";

    private final DeadLetters deadLetters;

    DeadLetterPages(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    Answer answer(Request request) {
        List<String> path = request.segments();
        String verb = path.size() > 1 ? path.get(1) : "";
        try {
            if (request.reads() && path.size() == 1) {
                Map<String, String> query = new HashMap<>(request.query());
                String after = query.remove(AFTER);
                return Answer.json(200, deadLetters.list(filter(query), after));
            }
            if (path.size() == 2 && (verb.equals("replay") || verb.equals("give-up"))) {
                return request.reads()
                        ? Answer.json(200, deadLetters.preview(filter(request.query())))
                        : decide(verb, request.query());
            }
            if (request.reads() && path.size() == 2) {
                return deadLetters
                        .find(verb)
                        .map(found -> Answer.json(200, found))
                        .orElseGet(DeadLetterPages::none);
            }
            if (request.method().equals("POST")
                    && path.size() == 3
                    && path.get(2).equals("edit")) {
                return edit(verb, request);
            }
            return Answer.refusal(404, "There is no such page: GET /dead-letters lists dead letters");
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return Answer.refusal(
                    400,
                    "The filter has id, operation, deployment, reason, and from and to such as 2026-11-24T12:00:00Z");
        }
    }

    private static Answer none() {
        return Answer.refusal(404, "No dead letter has this id: GET /dead-letters lists dead letters");
    }

    private Answer edit(String id, Request request) {
        JsonNode change;
        try {
            change = Json.read(request.body());
        } catch (IOException e) {
            return Answer.refusal(400, "The correction must be JSON");
        }
        try {
            return deadLetters.edit(id, change)
                    ? deadLetters.find(id).map(found -> Answer.json(200, found)).orElseGet(DeadLetterPages::none)
                    : none();
        } catch (IllegalArgumentException e) {
            return Answer.refusal(400, e.getMessage());
        }
    }

    private Answer decide(String verb, Map<String, String> query) {
        DeadLetterFilter filter = filter(query);
        if (query.isEmpty()) {
            return Answer.refusal(400, "Say which, by id, operation, deployment, reason, from or to");
        }
        return Answer.json(
                200,
                verb.equals("replay")
                        ? JsonNodeFactory.instance.objectNode().put("replayed", deadLetters.replay(filter))
                        : JsonNodeFactory.instance.objectNode().put("givenUp", deadLetters.giveUp(filter)));
    }

    private static DeadLetterFilter filter(Map<String, String> query) {
        if (!NAMES.containsAll(query.keySet())) {
            throw new IllegalArgumentException("an unknown part of the filter would be no filter");
        }
        return new DeadLetterFilter(
                query.get("id"),
                query.get("operation"),
                query.get("deployment"),
                query.get("reason"),
                time(query.get("from")),
                time(query.get("to")));
    }

    private static Instant time(String text) {
        return text == null ? null : Instant.parse(text);
    }
}
