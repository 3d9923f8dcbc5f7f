package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/**
 * A call that is over, as it is kept for the operator.
 *
 * @param callersId the caller's own id of it; null = none
 * @param at when it came in, in milliseconds since 1970 UTC
 * @param operation the contract's operation, {@code none} when it was for none
 * @param deployment the operator's name, {@code none} when it named none that is configured
 * @param status HTTP status of its answer; 0 = the caller went away before
 * @param application of its key; 0 = not known
 * @param keyHash SHA-256 of its key; empty = it had none
 * @param claim the key under which its answer is kept; null = it is like no other
 * @param proven whether its key was proven
 * @param values salted hashes of its texts
 * @param life JSON of all that is shown of it, without any value of the caller
 * @param content JSON of what was sent and answered, sealed; null = it is not kept
 */
record SeenCall(
        String requestId,
        String callersId,
        long at,
        String integration,
        String operation,
        String deployment,
        int status,
        int millis,
        long application,
        String keyHash,
        String claim,
        boolean proven,
        List<String> values,
        byte[] life,
        byte[] content) {

    /** Memory of its objects beside their arrays, about. */
    private static final int EACH = 500;

    private static final int HASH = 56;

    /** Bytes of memory that it takes, about. */
    int weight() {
        return EACH + life.length + HASH * values.size() + (content == null ? 0 : content.length);
    }

    boolean failed() {
        return status == 0 || status >= 400;
    }

    /** One line of a list. */
    ObjectNode line() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("requestId", requestId)
                .put("at", Instant.ofEpochMilli(at).toString())
                .put("integration", integration)
                .put("operation", operation)
                .put("deployment", deployment)
                .put("status", status)
                .put("millis", millis);
        if (callersId != null) {
            line.put("callersId", callersId);
        }
        if (application != 0) {
            line.put("application", application);
        }
        if (claim != null) {
            line.put("claim", claim);
        }
        return line;
    }
}
