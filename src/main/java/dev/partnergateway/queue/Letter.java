package dev.partnergateway.queue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;

/**
 * A partner's call on its way through the queue. What is not sealed says nothing about a person.
 *
 * @param requestId the call's {@code RequestUUID}
 * @param operation the contract's operation
 * @param deployment the operator's name of the deployment
 * @param line letters of one line are carried out one after the other; 64 hexadecimal digits
 * @param trace {@code traceparent} of the partner's call; null = it is not traced
 * @param content sealed, see {@link Contents}
 */
record Letter(String requestId, String operation, String deployment, String line, String trace, byte[] content) {

    private static final String REQUEST_ID = "request-id";
    static final String OPERATION = "operation";
    static final String DEPLOYMENT = "deployment";
    static final String TRACE = "traceparent";

    /** Headers of its Kafka record; the line is the record's key. */
    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        headers.put(REQUEST_ID, requestId);
        headers.put(OPERATION, operation);
        headers.put(DEPLOYMENT, deployment);
        if (trace != null) {
            headers.put(TRACE, trace);
        }
        return headers;
    }

    /**
     * Reads a record of the queue's topic. One that nobody of this house wrote gets a request id by its place, the same
     * every time.
     */
    static Letter of(Message record) {
        String place = record.getHeader(KafkaConstants.TOPIC) + "-" + record.getHeader(KafkaConstants.PARTITION) + "-"
                + record.getHeader(KafkaConstants.OFFSET);
        return new Letter(
                text(record, REQUEST_ID, place),
                text(record, OPERATION, "unknown"),
                text(record, DEPLOYMENT, "unknown"),
                record.getHeader(KafkaConstants.KEY, "", String.class),
                text(record, TRACE, null),
                record.getBody() instanceof byte[] bytes ? bytes : new byte[0]);
    }

    private static String text(Message record, String header, String absent) {
        return record.getHeader(header) instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : absent;
    }

    Letter with(byte[] otherContent) {
        return new Letter(requestId, operation, deployment, line, trace, otherContent);
    }

    @Override
    public String toString() {
        return requestId + " " + operation;
    }
}
