package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;

/**
 * What a deployment answered.
 *
 * @param status HTTP status
 * @param body the JSON; a missing node when there was none or it could not be read
 * @param readable whether the body was JSON or empty
 * @param retryAfter what {@code Retry-After} said; zero = nothing
 */
public record UpstreamAnswer(int status, JsonNode body, boolean readable, Duration retryAfter) {

    static final JsonNode NO_BODY = MissingNode.getInstance();

    /** Whether the deployment did what it was asked to and said so readably. */
    public boolean ok() {
        return status >= 200 && status < 300 && readable;
    }
}
