package dev.partnergateway.queue;

import dev.partnergateway.call.Credential;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

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
    private static final String OPERATION = "operation";
    private static final String DEPLOYMENT = "deployment";
    private static final String TRACE = "traceparent";
    private static final Pattern LINE = Pattern.compile("[0-9a-f]{64}");
    private static final int LONGEST_ID = 64;

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

    /** Reads a record of the queue's topic, whoever wrote it: what cannot have come from this house is replaced. */
    static Letter of(ConsumerRecord<String, byte[]> record) {
        String key = record.key() == null ? "" : record.key();
        String trace = text(record, TRACE, 100, "");
        return new Letter(
                text(record, REQUEST_ID, LONGEST_ID, placeId(record)),
                text(record, OPERATION, 200, "unknown"),
                text(record, DEPLOYMENT, 100, "unknown"),
                LINE.matcher(key).matches() ? key : Credential.sha256(key),
                trace.isEmpty() ? null : trace,
                record.value() == null ? new byte[0] : record.value());
    }

    /** The same letter under a name made of its place, which nobody else's letter has. */
    Letter named(ConsumerRecord<String, byte[]> record) {
        return new Letter(placeId(record), operation, deployment, line, trace, content);
    }

    private static String placeId(ConsumerRecord<String, byte[]> record) {
        String place = record.topic() + "-" + record.partition() + "-" + record.offset();
        return place.length() <= LONGEST_ID ? place : Credential.sha256(place);
    }

    private static String text(ConsumerRecord<String, byte[]> record, String name, int longest, String otherwise) {
        Header header = record.headers().lastHeader(name);
        String text =
                header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
        boolean written =
                !text.isEmpty() && text.length() <= longest && text.chars().allMatch(c -> c > ' ' && c < 127);
        return written ? text : otherwise;
    }

    /** Bytes of its record, without what Kafka adds. */
    int size() {
        return content.length
                + headers().entrySet().stream()
                        .mapToInt(header ->
                                header.getKey().length() + header.getValue().length() + 4)
                        .sum()
                + line.length();
    }

    @Override
    public String toString() {
        return requestId + " " + operation;
    }
}
