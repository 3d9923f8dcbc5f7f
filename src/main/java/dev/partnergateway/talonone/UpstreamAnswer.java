package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.client5.http.utils.DateUtils;

/**
 * What a deployment answered.
 *
 * @param status HTTP status
 * @param body the JSON; a missing node when there was none or it could not be read
 * @param readable whether the body was what the operation answers with that status: JSON or nothing, with a success all
 *     that the operation must tell, with a refusal what is wrong
 * @param retryAfter what {@code Retry-After} said; zero = nothing
 */
public record UpstreamAnswer(int status, JsonNode body, boolean readable, Duration retryAfter) {

    static final JsonNode NO_BODY = MissingNode.getInstance();

    static final UpstreamAnswer DELETED = new UpstreamAnswer(204, NO_BODY, true, Duration.ZERO);

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    private static final int MOST_DIGITS = 6;

    /** Whether the deployment did what it was asked to and said so readably. */
    public boolean ok() {
        return success() && readable;
    }

    /** Whether it leaves open what became of the call: neither a success that can be read, nor a refusal of the call. */
    public boolean doubtful() {
        boolean refused = status >= 400 && !UpstreamErrors.temporary(status);
        return !refused && !ok();
    }

    /** Whether it says of a deletion that there is nothing to delete. */
    boolean deletedBefore(UpstreamOperation operation) {
        return operation.method().equals("DELETE") && status == 404 && refuses(operation);
    }

    /**
     * Whether Talon.One itself refuses what was asked for: with a status that the operation has, and its words. What
     * stands before it, or is not it at all, knows neither, and says nothing about what was asked for.
     */
    public boolean refuses(UpstreamOperation operation) {
        return readable && operation.refusals().contains(status);
    }

    private boolean success() {
        return status >= 200 && status < 300;
    }

    /**
     * Reads what camel-http left.
     *
     * @param whole whether the body came whole
     */
    static UpstreamAnswer of(UpstreamCall call, Message message, boolean whole) {
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        byte[] bytes = message.getBody(byte[].class);
        Duration retryAfter =
                retryAfter(message.getHeader("Retry-After", String.class), message.getHeader("Date", String.class));
        UpstreamAnswer unreadable = new UpstreamAnswer(status, NO_BODY, false, retryAfter);
        if (!whole) {
            return unreadable;
        }
        JsonNode body = NO_BODY;
        if (bytes != null && bytes.length > 0) {
            try {
                body = Json.readForeign(bytes);
            } catch (IOException e) {
                return unreadable;
            }
        }
        UpstreamAnswer answer = new UpstreamAnswer(status, body, true, retryAfter);
        boolean told = answer.success()
                ? call.operation().success().isTold(body, call.query())
                : status >= 500 || isError(body);
        return told ? answer : unreadable;
    }

    /** As Talon.One says what is wrong: with a message, a list of errors, or both. */
    private static boolean isError(JsonNode body) {
        return body.path("message").isTextual() || body.path("errors").isArray();
    }

    /** Seconds, or a date by the deployment's own clock where it shows it. */
    private static Duration retryAfter(String text, String date) {
        if (text == null) {
            return Duration.ZERO;
        }
        String said = text.strip();
        Duration wait;
        if (!said.isEmpty() && said.chars().allMatch(c -> c >= '0' && c <= '9')) {
            wait = said.length() > MOST_DIGITS ? LONGEST_RETRY_AFTER : Duration.ofSeconds(Long.parseLong(said));
        } else {
            Instant until = DateUtils.parseStandardDate(said);
            Instant now = date == null ? null : DateUtils.parseStandardDate(date);
            wait = until == null ? Duration.ZERO : Duration.between(now == null ? Instant.now() : now, until);
        }
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait;
    }
}
