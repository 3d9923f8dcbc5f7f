package dev.partnergateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.BacklogTracerEventMessage;

/** What Camel's tracer has seen of one call, put together with what the sandbox has received: step by step. */
final class Steps {

    /**
     * One step.
     *
     * @param at file and line of its route
     * @param what the step and where it leads
     * @param depth how deep it stands in other steps and routes, from 0
     * @param in the body before it
     * @param out the body after it; a missing node where it cannot be told, as after a block of steps
     * @param variables those that are new or others than at the step before
     * @param calls what Talon.One was asked for in it
     * @param failure empty = none
     */
    record Step(
            String at,
            String what,
            int depth,
            JsonNode in,
            JsonNode out,
            ObjectNode variables,
            List<JsonNode> calls,
            String failure) {}

    private final List<BacklogTracerEventMessage> events;
    private final Map<Long, List<JsonNode>> callsOf = new HashMap<>();
    private final List<JsonNode> before = new ArrayList<>();

    /**
     * Puts them together.
     *
     * @param traced in any order
     * @param calls of the sandbox, oldest first
     */
    Steps(List<BacklogTracerEventMessage> traced, List<JsonNode> calls) {
        events = traced.stream()
                .sorted(Comparator.comparingLong(BacklogTracerEventMessage::getUid))
                .toList();
        calls.forEach(this::assign);
    }

    /** To the step that was running, the innermost one that leads to Talon.One. */
    private void assign(JsonNode call) {
        long at = Instant.parse(call.path("at").asText()).toEpochMilli();
        BacklogTracerEventMessage step = null;
        for (BacklogTracerEventMessage event : events) {
            if (what(event).contains("talon-one:")
                    && event.getTimestamp() <= at
                    && at <= event.getTimestamp() + event.getElapsed()) {
                step = event;
            }
        }
        if (step == null) {
            before.add(call);
        } else {
            callsOf.computeIfAbsent(step.getUid(), uid -> new ArrayList<>()).add(call);
        }
    }

    /** Calls to Talon.One that no step has made: those by which the caller is known. */
    List<JsonNode> before() {
        return before;
    }

    /** The steps in the order in which they began. */
    List<Step> all() {
        List<Step> steps = new ArrayList<>();
        Map<String, ObjectNode> known = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            BacklogTracerEventMessage event = events.get(i);
            if (event.isFirst() || event.isLast() || what(event).contains("kamelet://sink")) {
                continue;
            }
            JsonNode message = message(event);
            ObjectNode variables = variables(message);
            ObjectNode before = known.put(event.getExchangeId(), variables);
            ObjectNode fresh = JsonNodeFactory.instance.objectNode();
            variables.properties().forEach(variable -> {
                if (before == null || !variable.getValue().equals(before.get(variable.getKey()))) {
                    fresh.set(variable.getKey(), variable.getValue());
                }
            });
            boolean own = Files.exists(Path.of("routes", event.getLocation().replaceFirst(":\\d+$", "")));
            steps.add(new Step(
                    (own ? "routes/" : "core/") + event.getLocation(),
                    what(event),
                    event.getToNodeLevel() + (own ? 0 : 1),
                    body(message),
                    after(i),
                    fresh,
                    callsOf.getOrDefault(event.getUid(), List.of()),
                    failure(event)));
        }
        return steps;
    }

    private static String what(BacklogTracerEventMessage event) {
        String label = event.getToNodeLabel() == null ? "" : event.getToNodeLabel();
        return switch (String.valueOf(event.getToNodeShortName())) {
            case "to" ->
                "to "
                        + (leadsToTalonOne(event) ? event.getEndpointUri().replace("://", ":") : label)
                                .replaceFirst("^to\\[?", "")
                                .replaceFirst("]$", "");
            case "setVariable" -> "setVariable " + label.replaceFirst("^setVariable\\[([^,\\]]*).*", "$1");
            case "when" -> "when";
            default -> String.valueOf(event.getToNodeShortName());
        };
    }

    /** Labels are cut where they are long. */
    private static boolean leadsToTalonOne(BacklogTracerEventMessage event) {
        return event.getEndpointUri() != null && event.getEndpointUri().startsWith("talon-one:");
    }

    /** The body when the next step of the same route begins, or when the route ends. */
    private JsonNode after(int index) {
        BacklogTracerEventMessage event = events.get(index);
        for (int i = index + 1; i < events.size(); i++) {
            BacklogTracerEventMessage next = events.get(i);
            if (next.getExchangeId().equals(event.getExchangeId())
                    && next.getRouteId().equals(event.getRouteId())) {
                boolean deeper = next.getToNodeLevel() > event.getToNodeLevel() && !next.isLast();
                return deeper ? MissingNode.getInstance() : body(message(next));
            }
        }
        return MissingNode.getInstance();
    }

    private static String failure(BacklogTracerEventMessage event) {
        if (!event.hasException()) {
            return "";
        }
        return read(event.getExceptionAsJSon()).findPath("message").asText("failed");
    }

    private static JsonNode message(BacklogTracerEventMessage event) {
        JsonNode whole = read(event.getMessageAsJSon());
        return whole.has("message") ? whole.get("message") : whole;
    }

    private static JsonNode body(JsonNode message) {
        return value(message.path("body"));
    }

    private static ObjectNode variables(JsonNode message) {
        ObjectNode variables = JsonNodeFactory.instance.objectNode();
        message.path("exchangeVariables")
                .forEach(variable -> variables.set(variable.path("key").asText(), value(variable)));
        return variables;
    }

    /** The tracer writes a JSON tree as text, escapes it, and writes the text as JSON, which escapes it again. */
    private static JsonNode value(JsonNode typed) {
        JsonNode value = typed.path("value");
        if (!value.isTextual()) {
            return value;
        }
        JsonNode text = read('"' + value.textValue() + '"', value);
        return read(text.textValue(), text);
    }

    private static JsonNode read(String json, JsonNode otherwise) {
        try {
            JsonNode read = Json.read(json.getBytes(StandardCharsets.UTF_8));
            return read == null || read.isMissingNode() ? otherwise : read;
        } catch (IOException plain) {
            return otherwise;
        }
    }

    private static JsonNode read(String json) {
        try {
            return json == null ? MissingNode.getInstance() : Json.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("Camel's tracer gives no JSON", e);
        }
    }
}
