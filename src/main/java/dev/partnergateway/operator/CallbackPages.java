package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.callback.Outbox;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import java.util.List;

/**
 * {@code /callbacks}: those that no receiver took.
 *
 * <pre>
 * GET  /callbacks             all of them, oldest first, at most 1000; without what they carry
 * POST /callbacks/{id}/retry  begins anew with one
 * </pre>
 */
final class CallbackPages {

    private final Outbox outbox;

    CallbackPages(Outbox outbox) {
        this.outbox = outbox;
    }

    Answer answer(Request request) {
        List<String> path = request.segments();
        if (request.reads() && path.size() == 1) {
            return Answer.json(200, outbox.givenUp());
        }
        if (request.method().equals("POST") && path.size() == 3 && path.get(2).equals("retry")) {
            return outbox.again(path.get(1))
                    ? Answer.json(200, JsonNodeFactory.instance.objectNode())
                    : Answer.refusal(404, "No callback of this id was given up: GET /callbacks lists those that were");
        }
        return Answer.refusal(404, "There is no such page: GET /callbacks lists callbacks that were given up");
    }
}
