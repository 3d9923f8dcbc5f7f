package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes two calls the same (docs/behaviour.md#keys), as a route states it:
 * {@code {"key": [...], "recipient": "...", "window": "15m"}}, or {@code {"idempotencyKeyOf": ...}}: the caller's own
 * {@code Idempotency-Key} of this customer or session, which stands for one content and is kept for a day. Deployment, principal and operation are always part of
 * it, so that nobody ever gets another tenant's answer.
 *
 * @param key SHA-256 of the whole tuple
 * @param slots SHA-256 of the tuple without its recipient; null when the operation has no recipients
 * @param anybody SHA-256 of the tuple of the call that names no recipient; null when the operation has none
 * @param bound whether a recipient is part of it
 * @param window how long a repeat gets the first answer
 * @param content SHA-256 of what a repeat must say as well; null = whatever it says
 */
record KeyTuple(String key, String slots, String anybody, boolean bound, Duration window, String content) {

    /** Keys without a window are kept for longer than any campaign that Talon.One can run. */
    private static final Duration UNLIMITED = Duration.ofDays(400);

    private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,4})([mhd])");

    private static final String OF = "idempotencyKeyOf";

    /** As long as Talon.One keeps a key. */
    private static final Duration OF_CALLERS = Duration.ofHours(24);

    /** Longer than a queued call can take to come again, by far. */
    private static final Duration QUEUED = Duration.ofDays(30);

    /** A key that no other call has. */
    static KeyTuple ofItsOwn(Duration window) {
        return new KeyTuple(Credential.sha256(UUID.randomUUID().toString()), null, null, false, window, null);
    }

    /**
     * A key that no other call has, but the same call when it comes out of the queue again.
     *
     * @param name one that the call has drawn
     */
    static KeyTuple ofQueued(String name) {
        return new KeyTuple(name, null, null, false, QUEUED, null);
    }

    /**
     * Reads what the route states.
     *
     * @param text JSON; {@code {"key": null}} = this call is like no other
     * @param principal tells whom the key belongs to; asked only when the call is like another
     * @param call the whole call, as it was checked
     * @return the tuple, or null when the call is like no other
     * @throws IllegalArgumentException when the route states something else
     */
    static KeyTuple read(String text, String deployment, Supplier<String> principal, String operation, JsonNode call) {
        JsonNode json;
        try {
            json = Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException("the idempotent consumer's expression must give an object", e);
        }
        JsonNode sent = call.path("headers").path("Idempotency-Key");
        JsonNode parts = json.path("key");
        if (parts.isNull() || json.has(OF) && sent.isMissingNode()) {
            return null;
        }
        ArrayNode tuple = JsonNodeFactory.instance.arrayNode();
        tuple.add(deployment).add(principal.get()).add(operation);
        if (json.has(OF)) {
            return ofCaller(tuple.add(sent).add(json.get(OF)), call);
        }
        if (!parts.isArray()) {
            throw new IllegalArgumentException("the idempotent consumer's key must be an array or null");
        }
        parts.forEach(tuple::add);
        String base = hash(tuple);
        Duration window = window(json.path("window"));
        if (!json.has("recipient")) {
            return new KeyTuple(base, null, null, false, window, null);
        }
        String recipient = json.path("recipient").asText("");
        String slot = recipient.isEmpty() || json.path("recipient").isNull() ? "" : recipient;
        String anybody = hash(tuple.deepCopy().add(""));
        return new KeyTuple(hash(tuple.add(slot)), base, anybody, !slot.isEmpty(), window, null);
    }

    private static KeyTuple ofCaller(ArrayNode tuple, JsonNode call) {
        ArrayNode content = JsonNodeFactory.instance.arrayNode();
        content.add(call.path("path")).add(call.path("query")).add(call.path("body"));
        return new KeyTuple(hash(tuple), null, null, false, OF_CALLERS, hash(content));
    }

    private static String hash(JsonNode tuple) {
        return Credential.sha256(new String(Json.write(tuple), StandardCharsets.UTF_8));
    }

    private static Duration window(JsonNode text) {
        if (text.isMissingNode() || text.isNull()) {
            return UNLIMITED;
        }
        Matcher matcher = WINDOW.matcher(text.asText());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the idempotent consumer's window must look like 15m, 24h or 30d");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
