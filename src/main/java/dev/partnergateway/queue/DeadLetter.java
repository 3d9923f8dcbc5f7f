package dev.partnergateway.queue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A letter that could not be carried out.
 *
 * @param reason HTTP status of the last try, {@code fault}, or {@code unreadable}
 * @param attempts how often it was tried
 * @param at when it became a dead letter
 */
record DeadLetter(Letter letter, String reason, int attempts, Instant at) {

    static final Comparator<DeadLetter> OLDEST_FIRST = Comparator.comparing(DeadLetter::at);

    private static final String LINE = "line";
    private static final String REASON = "reason";
    private static final String ATTEMPTS = "attempts";
    private static final String AT = "at";

    /** Headers of its Kafka record; the request id is the record's key. */
    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>(letter.headers());
        headers.put(LINE, letter.line());
        headers.put(REASON, reason);
        headers.put(ATTEMPTS, Integer.toString(attempts));
        headers.put(AT, at.toString());
        return headers;
    }

    static DeadLetter of(ConsumerRecord<String, byte[]> record) {
        return new DeadLetter(
                new Letter(
                        record.key(),
                        text(record, Letter.OPERATION),
                        text(record, Letter.DEPLOYMENT),
                        text(record, LINE),
                        record.headers().lastHeader(Letter.TRACE) == null ? null : text(record, Letter.TRACE),
                        record.value()),
                text(record, REASON),
                number(text(record, ATTEMPTS)),
                Instant.ofEpochMilli(record.timestamp()));
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    }

    private static String text(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
