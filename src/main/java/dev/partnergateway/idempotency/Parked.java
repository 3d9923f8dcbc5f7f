package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls that only an operator can decide on: what is known of them, and the three decisions there are. */
public final class Parked {

    private static final Logger LOG = LoggerFactory.getLogger(Parked.class);
    private static final int LISTED = 1000;
    private static final String JSON = "application/json";

    private final AnswerTable table;

    Parked(AnswerTable table) {
        this.table = table;
    }

    /** Every parked call, oldest first, without what was sent. */
    public ArrayNode list() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        table.parked(LISTED).forEach(row -> list.add(summary(row)));
        return list;
    }

    /** How many calls wait for the operator. */
    public long count() {
        return table.countParked();
    }

    /** One parked call with what was sent and its history; empty when none of that id is parked. */
    public Optional<ObjectNode> show(String id) {
        return table.find(id).filter(row -> row.state() == ClaimState.PARKED).map(row -> {
            ObjectNode shown = summary(row);
            shown.set("request", json(row.request()));
            ArrayNode history = shown.putArray("history");
            table.history(id).forEach(entry -> history.addObject()
                    .put("at", Instant.ofEpochMilli(entry.at()).toString())
                    .put("event", entry.event()));
            return shown;
        });
    }

    /** Lets it be tried again: by the sweeper, or by the partner's next repeat. False when it is not parked. */
    public boolean retry(String id) {
        return noted(id, "the operator wants it tried again", table.unpark(id));
    }

    /**
     * It did not happen: forgets the key, so that the partner's next call is a first one. False when it is not parked, or
     * its partner has been answered: then it did happen.
     */
    public boolean free(String id) {
        boolean freed = table.freeParked(id);
        if (freed) {
            LOG.info("The operator says that parked call {} did not happen: its key is free", id);
        }
        return freed;
    }

    /**
     * It happened: repeats get this answer from now on. False when it is not parked.
     *
     * @param status HTTP status of the answer
     * @param body its JSON; null = none
     */
    public boolean done(String id, int status, JsonNode body) {
        byte[] bytes = body == null ? new byte[0] : Json.write(body);
        boolean stored = table.answerParked(id, UUID.randomUUID().toString(), status, JSON, bytes);
        return noted(id, "the operator says that it happened", stored);
    }

    private boolean noted(String id, String event, boolean happened) {
        if (happened) {
            table.note(id, event);
        }
        return happened;
    }

    private static ObjectNode summary(Row row) {
        ObjectNode summary = JsonNodeFactory.instance.objectNode();
        summary.put("id", row.id())
                .put("deployment", row.deployment())
                .put("operation", row.operation())
                .put("created", Instant.ofEpochMilli(row.created()).toString());
        if (row.sent() != 0) {
            summary.put("sent", Instant.ofEpochMilli(row.sent()).toString());
        }
        return summary.put("answered", row.parkedFrom() == ClaimState.ANSWERED)
                .put("state", row.parkedFrom().name())
                .put("reason", row.reason());
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return bytes == null ? JsonNodeFactory.instance.nullNode() : Json.read(bytes);
        } catch (IOException e) {
            return JsonNodeFactory.instance.textNode("(cannot be read)");
        }
    }
}
