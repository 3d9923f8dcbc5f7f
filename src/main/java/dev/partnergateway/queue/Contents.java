package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.store.Seal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The sealed part of a letter: {@code {requestId, operation, deployment, line, key, dryRun, call}}. {@code key} is the
 * partner's own. What was left out of a call that was carried out has an {@code item}:
 * {@code {operation, request, claim}}, what Talon.One is asked for and what the route said of its key.
 */
final class Contents {

    private final Seal seal;

    Contents(Seal seal) {
        this.seal = seal;
    }

    byte[] of(PartnerCall call, String line) {
        return sealed(content(call, call.requestId(), line, call.checked().call()));
    }

    /**
     * What was left out of a call.
     *
     * @param requestId its own
     * @param item what Talon.One is to be asked for
     */
    byte[] of(PartnerCall call, String requestId, String line, ObjectNode item) {
        // A proof is made from the call's content; nothing else of it is needed.
        ObjectNode whole = call.operation().proof().isNone()
                ? JsonNodeFactory.instance.objectNode()
                : call.checked().call();
        return sealed(content(call, requestId, line, whole).set("item", item));
    }

    private static ObjectNode content(PartnerCall call, String requestId, String line, ObjectNode whole) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("requestId", requestId)
                .put("operation", call.operation().id())
                .put("deployment", call.deployment().name())
                .put("key", call.credential().key())
                .put("dryRun", call.checked().dryRun())
                .put("line", line)
                .set("call", whole);
        return content;
    }

    byte[] sealed(ObjectNode content) {
        return seal.seal(Json.write(content));
    }

    /** Seals a text for the operator, which may name what a caller sent. */
    byte[] sealed(String text) {
        return seal.seal(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Opens a text for the operator. */
    String text(byte[] sealed) {
        try {
            return sealed == null ? "" : new String(seal.open(sealed), StandardCharsets.UTF_8);
        } catch (Seal.UnreadableException e) {
            return e.getMessage();
        }
    }

    /** Whether a letter is what this house has sealed, as far as this gateway can tell: it may lack the key. */
    boolean mayBeOurs(Letter letter) {
        try {
            open(letter);
            return true;
        } catch (Seal.UnreadableException e) {
            return e.keyIsMissing();
        }
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
