package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import java.util.List;

/**
 * {@code /calls}: how calls went.
 *
 * <pre>
 * GET /calls        those that a {@link SeenFilter} takes, newest first, at most 200
 * GET /calls/{id}   one, by its request id or its caller's own id, with its life and its repeats
 * </pre>
 */
final class CallPages {

    private static final int MOST_REPEATS = 50;

    private final CallsSeen calls;

    CallPages(CallsSeen calls) {
        this.calls = calls;
    }

    Answer answer(Request request) {
        return switch (request.segments().size()) {
            case 1 -> list(request);
            case 2 -> one(request.segments().get(1));
            default -> Answer.refusal(404, "There is no such page: GET /api/calls lists calls");
        };
    }

    private Answer list(Request request) {
        SeenFilter filter;
        try {
            filter = SeenFilter.of(request.query(), calls::hash);
        } catch (SeenFilter.Misspelt e) {
            return Answer.refusal(400, e.getMessage());
        }
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        ArrayNode lines = shown.putArray("calls");
        calls.find(filter).forEach(call -> lines.add(call.line()));
        shown.put("inMemory", calls.inMemory())
                .put("keptSince", calls.keptSince().toString());
        return Answer.json(200, shown);
    }

    private Answer one(String id) {
        return calls.find(id)
                .map(call -> Answer.json(200, shown(call)))
                .orElseGet(() -> Answer.refusal(
                        404,
                        "Nothing is known of this call (any more): calls that went well are kept in memory only, for as"
                                + " long as there is room"));
    }

    private ObjectNode shown(SeenCall call) {
        ObjectNode shown = calls.show(call);
        if (call.claim() != null) {
            ArrayNode repeats = shown.putArray("sameKey");
            SeenFilter same = new SeenFilter(null, null, null, null, null, null, call.claim(), 0, Long.MAX_VALUE, 0);
            List<SeenCall> found = calls.find(same);
            found.stream()
                    .filter(other -> !other.requestId().equals(call.requestId()))
                    .limit(MOST_REPEATS)
                    .forEach(other -> repeats.add(other.line()));
        }
        return shown;
    }
}
