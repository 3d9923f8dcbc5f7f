package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import dev.partnergateway.idempotency.Parked;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code /parked}: the calls that an operator has to decide on. One call's page shows what was sent to Talon.One, which
 * may be personal data and coupon codes; the list does not.
 *
 * <pre>
 * GET  /parked              all of them, oldest first, at most 1000
 * GET  /parked/{id}         one, with what was sent and its history
 * GET  /parked/retry        how many of them a filter takes
 * POST /parked/retry        try all again that a filter takes
 * POST /parked/{id}/retry   try again
 * POST /parked/{id}/free    it did not happen: the partner's next call is a first one
 * POST /parked/{id}/done    it happened: {"status": 200, "body": {...}} is what repeats get from now on
 * </pre>
 *
 * <p>A filter is made of query parameters: {@code deployment}, {@code operation}, {@code reason} (a part of it), {@code from}
 * and {@code to} (RFC 3339).
 */
final class ParkedPages {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    private static final Set<String> NAMES = Set.of("deployment", "operation", "reason", "from", "to");

    private final Parked parked;

    ParkedPages(Parked parked) {
        this.parked = parked;
    }

    Answer answer(Request request) {
        List<String> segments = request.segments();
        if (segments.size() == 1 && request.reads()) {
            return Answer.json(200, parked.list());
        }
        if (segments.size() == 2 && segments.get(1).equals("retry")) {
            return many(request);
        }
        if (segments.size() == 2 && request.reads()) {
            return ID.matcher(segments.get(1)).matches()
                    ? parked.show(segments.get(1))
                            .map(found -> Answer.json(200, found))
                            .orElseGet(ParkedPages::unknown)
                    : unknown();
        }
        if (segments.size() == 3 && request.method().equals("POST")) {
            return ID.matcher(segments.get(1)).matches()
                    ? decide(segments.get(1), segments.get(2), request.body())
                    : unknown();
        }
        return Answer.refusal(404, "There is no such page: GET /parked lists what is parked");
    }

    private Answer many(Request request) {
        List<String> ids;
        try {
            ids = ids(request.query());
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return Answer.refusal(
                    400, "The filter has deployment, operation, reason, and from and to such as 2026-11-24T12:00:00Z");
        }
        if (request.reads()) {
            return Answer.json(200, JsonNodeFactory.instance.objectNode().put("count", ids.size()));
        }
        long retried = ids.stream().filter(parked::retry).count();
        return Answer.json(200, JsonNodeFactory.instance.objectNode().put("retried", retried));
    }

    private List<String> ids(Map<String, String> filter) {
        if (filter.isEmpty() || !NAMES.containsAll(filter.keySet())) {
            throw new IllegalArgumentException("without a filter it would be about all");
        }
        Instant from = Instant.parse(filter.getOrDefault("from", Instant.EPOCH.toString()));
        Instant to = Instant.parse(filter.getOrDefault("to", Instant.MAX.toString()));
        List<String> ids = new ArrayList<>();
        for (JsonNode call : parked.list()) {
            Instant created = Instant.parse(call.path("created").asText());
            boolean taken = is(call, "deployment", filter)
                    && is(call, "operation", filter)
                    && call.path("reason").asText().contains(filter.getOrDefault("reason", ""))
                    && !created.isBefore(from)
                    && created.isBefore(to);
            if (taken) {
                ids.add(call.path("id").asText());
            }
        }
        return ids;
    }

    private static boolean is(JsonNode call, String name, Map<String, String> filter) {
        return !filter.containsKey(name)
                || filter.get(name).equals(call.path(name).asText());
    }

    private Answer decide(String id, String decision, byte[] body) {
        return switch (decision) {
            case "retry" -> decided(parked.retry(id));
            case "free" ->
                parked.free(id)
                        ? Answer.done()
                        : parked.show(id)
                                .map(answered -> Answer.refusal(409, "Its partner was answered: it did happen"))
                                .orElseGet(ParkedPages::unknown);
            case "done" -> done(id, body);
            default -> Answer.refusal(404, "The decisions are retry, free and done");
        };
    }

    private Answer done(String id, byte[] body) {
        JsonNode answer;
        try {
            answer = Json.read(body);
        } catch (IOException e) {
            answer = MissingNode.getInstance();
        }
        int status = answer.path("status").isInt() ? answer.path("status").intValue() : 0;
        if (status < 200 || status > 299 || (status == 204) == answer.has("body")) {
            return Answer.refusal(
                    400, "Say what repeats shall get: {\"status\": 200, \"body\": {...}}, or {\"status\": 204}");
        }
        return decided(parked.done(id, status, status == 204 ? null : answer.get("body")));
    }

    private static Answer decided(boolean happened) {
        return happened ? Answer.done() : unknown();
    }

    private static Answer unknown() {
        return Answer.refusal(404, "No call of this id is parked");
    }
}
