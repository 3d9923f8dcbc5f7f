package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;

/** The one body of every failure (contract 2.4). */
final class ErrorBody {

    private ErrorBody() {}

    static byte[] of(int status, String text, String requestId) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("StatusCode", status).put("Error", text).put("RequestUUID", requestId);
        return Json.write(body);
    }
}
