package dev.partnergateway.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller asks for with the callback headers (docs/behaviour.md#callbacks).
 *
 * @param destination where the result is posted
 * @param header name of the header that signs it; empty = not signed
 * @param value value of that header
 * @param correlation value of {@code X-Correlation-ID}; empty = not sent
 * @param fields members of the result that are sent; empty = all
 */
public record Callback(URI destination, String header, String value, String correlation, List<String> fields) {

    private static final String DESTINATION = "X-Callback-Destination-URI";
    private static final String KEY = "X-Callback-API-Key";

    /** What HTTP, or the gateway itself, says in a callback. */
    private static final Set<String> RESERVED = Set.of(
            "accept",
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "expect",
            "forwarded",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent",
            "via",
            "x-correlation-id");

    private static final List<String> RESERVED_BEGINNINGS = List.of("proxy-", "sec-", "x-forwarded-");

    /**
     * Reads and checks what a call asks for.
     *
     * @return empty when it asks for nothing
     * @throws Refusal 400 when it cannot be done
     */
    public static Optional<Callback> of(PartnerCall call) {
        JsonNode headers = call.checked().call().path("headers");
        if (!call.operation().callback() || !headers.hasNonNull(DESTINATION)) {
            return Optional.empty();
        }
        URI destination = destination(headers.get(DESTINATION).asText());
        if (!allowed(call.deployment(), destination)) {
            throw Refusal.of(
                    400,
                    "header " + DESTINATION + ": the gateway's operator does not allow callbacks to this host,"
                            + " scheme and port");
        }
        String key = headers.path(KEY).asText("");
        int space = key.indexOf(' ');
        String header = key.isEmpty() ? "" : space < 0 ? "Authorization" : key.substring(0, space);
        String lower = header.toLowerCase(Locale.ROOT);
        if (RESERVED.contains(lower) || RESERVED_BEGINNINGS.stream().anyMatch(lower::startsWith)) {
            throw Refusal.of(400, "header " + KEY + ": a header of this name cannot carry a key");
        }
        List<String> fields = Arrays.stream(
                        headers.path("X-Content-Fields").asText("").split(","))
                .map(String::strip)
                .filter(field -> !field.isEmpty())
                .toList();
        return Optional.of(new Callback(
                destination,
                header,
                key.substring(space + 1),
                headers.path("X-Correlation-ID").asText(""),
                fields));
    }

    private static URI destination(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below, together with what is well-formed but not wanted.
        }
        throw Refusal.of(
                400, "header " + DESTINATION + ": expected a whole address with a host, without user and fragment");
    }

    static boolean allowed(Deployment deployment, URI destination) {
        return deployment.callbackHosts().stream().anyMatch(host -> host.holds(destination));
    }

    /** The part of a result that the caller wants to have. */
    JsonNode selected(JsonNode result) {
        return fields.isEmpty() ? result : ((ObjectNode) result.deepCopy()).retain(fields);
    }

    /** Everything that is needed to post a result later. */
    ObjectNode with(JsonNode result) {
        ObjectNode content = JsonNodeFactory.instance
                .objectNode()
                .put("destination", destination.toString())
                .put("header", header)
                .put("value", value)
                .put("correlation", correlation);
        content.set("body", selected(result));
        return content;
    }

    /** Names no value: they hold a key. */
    @Override
    public String toString() {
        return "a callback";
    }
}
