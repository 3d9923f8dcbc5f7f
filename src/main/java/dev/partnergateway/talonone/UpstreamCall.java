package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * One call to a deployment.
 *
 * @param operation what is called
 * @param deployment where
 * @param credential the partner's key; with the Management API it only says whose turn it is, and may be null
 * @param path values of the path's parameters, not encoded
 * @param query values of query parameters, not encoded
 * @param body JSON to send; null or an empty object with a reading operation = none
 * @param idempotencyKey value of {@code Idempotency-Key}; null = none
 * @param file content of the file part of a form that is sent instead of a body; null = none
 * @param patience longest time until the answer, waiting for others included
 * @param sendBy until when it may leave, as {@link System#nanoTime} counts; empty = at any time
 */
public record UpstreamCall(
        UpstreamOperation operation,
        Deployment deployment,
        Credential credential,
        JsonNode path,
        JsonNode query,
        JsonNode body,
        byte[] file,
        String idempotencyKey,
        Duration patience,
        OptionalLong sendBy) {

    private static final JsonNode NONE = JsonNodeFactory.instance.objectNode();

    /**
     * A call as a route states it.
     *
     * @param request {@code {path, query, body}}, each optional; other members are not sent
     */
    public static UpstreamCall of(
            UpstreamOperation operation,
            Deployment deployment,
            Credential credential,
            ObjectNode request,
            String idempotencyKey,
            Duration patience) {
        return new UpstreamCall(
                operation,
                deployment,
                credential,
                request.has("path") ? request.get("path") : NONE,
                request.has("query") ? request.get("query") : NONE,
                request.get("body"),
                null,
                idempotencyKey,
                patience,
                OptionalLong.empty());
    }

    /** The same call with a file instead of a body. */
    public UpstreamCall withFile(byte[] content) {
        return new UpstreamCall(
                operation, deployment, credential, path, query, null, content, idempotencyKey, patience, sendBy);
    }

    /** The same call with another patience. */
    public UpstreamCall within(Duration newPatience) {
        return new UpstreamCall(
                operation, deployment, credential, path, query, body, file, idempotencyKey, newPatience, sendBy);
    }

    /**
     * The same call, which does not leave any more after a time: somebody else may send it then.
     *
     * @param time as {@link System#nanoTime} counts
     */
    public UpstreamCall sentBy(long time) {
        return new UpstreamCall(
                operation,
                deployment,
                credential,
                path,
                query,
                body,
                file,
                idempotencyKey,
                patience,
                OptionalLong.of(time));
    }
}
