package dev.partnergateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;

/** The one body of every failure, on every port. */
public final class ErrorBody {

    private ErrorBody() {}

    /**
     * Writes it.
     *
     * @param text what to fix
     * @param requestId under which the log speaks of this call
     */
    public static byte[] of(int status, String text, String requestId) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("StatusCode", status).put("Error", text).put("RequestUUID", requestId);
        return Json.write(body);
    }
}
