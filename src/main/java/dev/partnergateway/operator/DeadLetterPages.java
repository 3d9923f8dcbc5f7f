package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.queue.DeadLetterFilter;
import dev.partnergateway.queue.DeadLetters;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * {@code /dead-letters}: queued calls that could not be carried out. Their texts may name what callers sent.
 *
 * <pre>
 * GET  /dead-letters          all of them, oldest first, at most 1000
 * POST /dead-letters/replay   puts them back into the queue; needs a filter
 * </pre>
 *
 * <p>A filter is made of query parameters: {@code id}, {@code operation}, {@code deployment}, {@code reason} (a status, or
 * a part of the text), {@code from} and {@code to} (RFC 3339).
 */
final class DeadLetterPages {

    private static final Set<String> NAMES = Set.of("id", "operation", "deployment", "reason", "from", "to");

    private final DeadLetters deadLetters;

    DeadLetterPages(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    Answer answer(Request request) {
        try {
            if (request.reads() && request.path().equals("/dead-letters")) {
                return Answer.json(200, deadLetters.list(filter(request.query())));
            }
            if (request.method().equals("POST") && request.path().equals("/dead-letters/replay")) {
                return replay(request.query());
            }
            return Answer.refusal(404, "There is no such page: GET /dead-letters lists dead letters");
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return Answer.refusal(
                    400,
                    "The filter has id, operation, deployment, reason, and from and to such as 2026-11-24T12:00:00Z");
        } catch (KafkaException | Topic.NotWritten e) {
            return Answer.refusal(503, "Kafka does not answer: try again");
        }
    }

    private Answer replay(Map<String, String> query) throws Topic.NotWritten {
        DeadLetterFilter filter = filter(query);
        if (query.isEmpty()) {
            return Answer.refusal(400, "Say which to replay, by id, operation, deployment, reason, from or to");
        }
        return Answer.json(200, JsonNodeFactory.instance.objectNode().put("replayed", deadLetters.replay(filter)));
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
