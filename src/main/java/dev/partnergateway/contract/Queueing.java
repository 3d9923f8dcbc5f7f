package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of an operation's {@code x-queue}: calls whose answer does not depend on Talon.One's, so that they may be
 * carried out later. Places in a call are JSON Pointers into {@code {path, query, headers, body}}.
 *
 * @param when texts that stand at places of the calls it is about; empty = all calls
 * @param order place of the id whose calls stay in the order they came in; empty = all calls to a deployment do
 * @param answer members of the answer: a place of the call, left out where nothing is there, or a text; empty = none
 */
public record Queueing(Map<String, String> when, String order, Map<String, String> answer) {

    private static final String WHOLE_DEPLOYMENT = "deployment";

    /**
     * Reads {@code x-queue}.
     *
     * @throws IllegalArgumentException when it is not as {@code docs/integrations.md} says
     */
    static List<Queueing> read(JsonNode declared, int successStatus, String place) {
        List<Queueing> all = new ArrayList<>();
        for (JsonNode entry : declared) {
            entry.fieldNames().forEachRemaining(name -> {
                if (!List.of("when", "order", "answer").contains(name)) {
                    throw new IllegalArgumentException(place + ": x-queue knows no " + name);
                }
            });
            String order = entry.path("order").asText("");
            if (!order.startsWith("/") && !order.equals(WHOLE_DEPLOYMENT)) {
                throw new IllegalArgumentException(place + ": order in x-queue must be a JSON Pointer or deployment");
            }
            if (entry.has("answer") == (successStatus == 204)) {
                throw new IllegalArgumentException(place + ": x-queue needs an answer, unless the status is 204");
            }
            all.add(new Queueing(
                    texts(entry.path("when")),
                    order.equals(WHOLE_DEPLOYMENT) ? "" : order,
                    texts(entry.path("answer"))));
        }
        return List.copyOf(all);
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties()
                .forEach(member -> texts.put(member.getKey(), member.getValue().asText()));
        return texts;
    }

    boolean isAbout(ObjectNode call) {
        return when.entrySet().stream()
                .allMatch(wanted -> call.at(wanted.getKey()).asText("").equals(wanted.getValue()));
    }

    /** The id whose calls stay in order; an empty text where all calls to the deployment do. */
    public String order(ObjectNode call) {
        return order.isEmpty() ? "" : call.at(order).asText("");
    }

    /** What the caller is answered; empty = nothing. */
    public Optional<ObjectNode> answer(ObjectNode call) {
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode made = Json.FACTORY.objectNode();
        answer.forEach((name, source) -> {
            JsonNode value = source.startsWith("/") ? call.at(source) : Json.FACTORY.textNode(source);
            if (!value.isMissingNode() && !value.isNull()) {
                made.set(name, value);
            }
        });
        return Optional.of(made);
    }
}
