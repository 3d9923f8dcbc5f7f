package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import java.time.Duration;

/** What a partner is told when Talon.One does not do what was asked. */
final class UpstreamErrors {

    static final int LONGEST = 1000;
    private static final Duration SOON = Duration.ofSeconds(1);

    private UpstreamErrors() {}

    static Refusal of(UpstreamOperation operation, UpstreamAnswer answer) {
        int status = answer.status();
        return switch (status) {
            case 429 ->
                Refusal.retry(
                        429,
                        "Talon.One allows no more calls of this kind right now: try again later",
                        answer.retryAfter());
            case 401 -> keyRefused(operation, answer);
            // Talon.One may say so of any key; a proxy says it of any call.
            case 403 -> answer.readable() ? keyRefused(operation, answer) : strange(operation, answer);
            case 409 -> Refusal.retry(429, text(answer, "Too many calls for the same profile at once"), SOON);
            case 404, 410 -> refused(operation, answer, 404, "Talon.One does not know what this call names");
            case 413, 414, 431 -> refused(operation, answer, 400, "This call is too large for Talon.One");
            case 400, 422 -> refused(operation, answer, 400, "Talon.One refused this call");
            default -> temporary(status) ? failed(operation, answer) : strange(operation, answer);
        };
    }

    private static Refusal keyRefused(UpstreamOperation operation, UpstreamAnswer answer) {
        return operation.key() == Key.PARTNER
                ? Refusal.of(401, text(answer, "Talon.One does not accept this API key"))
                : Refusal.of(502, "Talon.One does not accept the gateway's own key: the operator has to renew it");
    }

    private static Refusal refused(UpstreamOperation operation, UpstreamAnswer answer, int told, String fallback) {
        if (!answer.readable()) {
            return strange(operation, answer);
        }
        String text = text(answer, fallback);
        JsonNode errors = answer.body().path("errors");
        return answer.refuses(operation) ? Refusal.of(told, text, errors) : Refusal.strange(told, text, errors);
    }

    /** Whether a status says that the same call may succeed later. */
    static boolean temporary(int status) {
        return status >= 500 || status == 408 || status == 425;
    }

    /**
     * Whether a status says that there was no time for the call. A proxy says 408 and 425 for what it has not passed on, but
     * also for what was too slow behind it: it is looked up where that can be done.
     */
    static boolean busy(UpstreamAnswer answer) {
        int status = answer.status();
        return status == 408
                || status == 425
                || status == 503 && !answer.retryAfter().isZero();
    }

    private static Refusal failed(UpstreamOperation operation, UpstreamAnswer answer) {
        int status = answer.status();
        Duration retryAfter = answer.retryAfter().isZero() ? SOON : answer.retryAfter();
        if (busy(answer)) {
            String text = "Talon.One has no time for this call right now (status " + status + "): try again later";
            return operation.reads() ? Refusal.retry(503, text, retryAfter) : Refusal.busy(503, text, retryAfter);
        }
        String text = "Talon.One failed with status " + status;
        return operation.reads() ? Refusal.of(502, text) : Refusal.unknown(502, text);
    }

    /** Neither what Talon.One answers nor what says that the call was at fault: a proxy, or something else altogether. */
    private static Refusal strange(UpstreamOperation operation, UpstreamAnswer answer) {
        int status = answer.status();
        if (status >= 400) {
            // Whoever refused it did not do so in Talon.One's words: that is not for the call's sender to mend.
            return Refusal.of(
                    502, "What stands before Talon.One refused the call with status " + status + ": ask the operator");
        }
        String text = status >= 300
                ? "Talon.One answered with status " + status + ", which leads elsewhere"
                : "Talon.One's answer could not be read";
        return operation.reads() ? Refusal.of(502, text) : Refusal.unknown(502, text);
    }

    static Refusal of(UpstreamOperation operation, Unanswered failure) {
        return switch (failure.reason()) {
            case NOT_SENT -> Refusal.retry(503, "Talon.One cannot be reached right now: try again", SOON);
            case TOO_LATE -> Refusal.retry(503, "No time was left to call Talon.One: try again", SOON);
            case SILENT ->
                operation.reads()
                        ? Refusal.retry(504, "Talon.One did not answer in time: try again", SOON)
                        : Refusal.late();
            case GARBLED ->
                operation.reads()
                        ? Refusal.of(502, "Talon.One's answer could not be read")
                        : Refusal.unknown(502, "Talon.One's answer could not be read");
        };
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
