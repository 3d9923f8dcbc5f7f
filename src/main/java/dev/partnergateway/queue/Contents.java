package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.store.Seal;
import java.io.IOException;

/**
 * The sealed part of a letter: {@code {requestId, operation, deployment, line, key, dryRun, round, call}}. {@code key} is the
 * partner's own; {@code round} counts how often an operator had it carried out anew. A dead letter has
 * {@code error} and {@code unknown}, too.
 */
final class Contents {

    private final Seal seal;

    Contents(Seal seal) {
        this.seal = seal;
    }

    byte[] of(PartnerCall call, String line) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("requestId", call.requestId())
                .put("operation", call.operation().id())
                .put("deployment", call.deployment().name())
                .put("key", call.credential().key())
                .put("dryRun", call.checked().dryRun())
                .put("line", line)
                .put("round", 0)
                .set("call", call.checked().call());
        return sealed(content);
    }

    byte[] sealed(ObjectNode content) {
        return seal.seal(Json.write(content));
    }

    /**
     * Opens a letter, whose other parts must say the same as the sealed one.
     *
     * @throws Seal.UnreadableException when this gateway did not seal it, or not with a key that it has
     */
    ObjectNode open(Letter letter) {
        byte[] bytes = seal.openSealed(letter.content());
        try {
            if (Json.read(bytes) instanceof ObjectNode content
                    && content.path("call").isObject()
                    && content.path("requestId").asText().equals(letter.requestId())
                    && content.path("operation").asText().equals(letter.operation())
                    && content.path("deployment").asText().equals(letter.deployment())
                    && content.path("line").asText().equals(letter.line())) {
                return content;
            }
        } catch (IOException e) {
            // Said below, together with what is JSON and no call.
        }
        throw new Seal.UnreadableException("it is no call");
    }
}
