package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import java.time.Duration;

/** What a partner is told when Talon.One does not do what was asked (contract 2.4). */
final class UpstreamErrors {

    static final int LONGEST = 1000;
    private static final Duration SOON = Duration.ofSeconds(1);

    private UpstreamErrors() {}

    static Refusal of(UpstreamOperation operation, UpstreamAnswer answer) {
        int status = answer.status();
        if (status == 429) {
            return Refusal.retry(
                    429, "Talon.One allows no more calls of this kind right now: try again later", answer.retryAfter());
        }
        if (status == 401 || status == 403) {
            return operation.key() == Key.PARTNER
                    ? Refusal.of(401, text(answer, "Talon.One does not accept this API key"))
                    : Refusal.of(502, "Talon.One does not accept the gateway's own key: the operator has to renew it");
        }
        if (status == 404) {
            return Refusal.of(404, text(answer, "Talon.One does not know what this call names"));
        }
        if (status == 409) {
            return Refusal.retry(429, text(answer, "Too many calls for the same profile at once"), SOON);
        }
        if (status >= 400 && status < 500) {
            return Refusal.of(
                    400,
                    text(answer, "Talon.One refused this call"),
                    answer.body().path("errors"));
        }
        boolean changesNothing = operation.reads();
        String text = "Talon.One failed with status " + status;
        return changesNothing ? Refusal.of(502, text) : Refusal.unknown(502, text);
    }

    static Refusal of(UpstreamOperation operation, Unanswered failure) {
        if (!failure.sent()) {
            return Refusal.retry(503, "Talon.One cannot be reached right now: try again", SOON);
        }
        return operation.reads()
                ? Refusal.retry(504, "Talon.One did not answer in time: try again", SOON)
                : Refusal.unknown(504, "Talon.One did not answer in time; trying again is safe");
    }

    /** Talon.One's message, then every entry's details (or title) and where it points. */
    static String text(UpstreamAnswer answer, String fallback) {
        StringBuilder text = new StringBuilder(answer.body().path("message").asText(""));
        for (JsonNode error : answer.body().path("errors")) {
            String details = error.path("details").asText("");
            if (details.isEmpty()) {
                details = error.path("title").asText("");
            }
            String pointer = error.path("source").path("pointer").asText("");
            if (!details.isEmpty() || !pointer.isEmpty()) {
                text.append(text.isEmpty() ? "" : "; ").append(details);
                if (!pointer.isEmpty()) {
                    text.append(details.isEmpty() ? "" : " ").append(pointer);
                }
            }
        }
        if (text.isEmpty()) {
            return fallback;
        }
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text.toString();
    }
}
