package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.kafka.TopicReader;
import dev.partnergateway.queue.Delivery.Outcome;
import dev.partnergateway.store.Seal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queued calls that could not be carried out. They stand in a topic under their request ids; one that is replayed goes
 * back into the queue, and an empty record under its id says that it is gone.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final int LISTED = 1000;

    private final Topic topic;
    private final TopicReader reader;
    private final Topic queue;
    private final Contents contents;
    private final Counter added;

    DeadLetters(Topic topic, TopicReader reader, Topic queue, Contents contents, MeterRegistry meters) {
        this.topic = topic;
        this.reader = reader;
        this.queue = queue;
        this.contents = contents;
        this.added = meters.counter("gateway.queue.dead.letters");
    }

    /**
     * Adds one.
     *
     * @param attempts how often it was tried
     * @param outcome of the last try
     */
    void add(Letter letter, int attempts, Outcome outcome) throws Topic.NotWritten {
        byte[] content = letter.content();
        try {
            ObjectNode opened = contents.open(letter);
            opened.put("error", outcome.text()).put("unknown", outcome.unknown());
            content = contents.sealed(opened);
        } catch (Seal.UnreadableException e) {
            LOG.debug("{} is kept as it is", letter);
        }
        DeadLetter dead = new DeadLetter(letter.with(content), outcome.status(), attempts, Instant.now());
        topic.write(letter.requestId(), dead.headers(), content, PATIENCE);
        added.increment();
        LOG.warn("{} is a dead letter after {} tries: {}", letter, attempts, outcome.status());
    }

    /**
     * Those that a filter takes, oldest first, at most 1000.
     *
     * @throws RuntimeException when Kafka does not answer
     */
    public ArrayNode list(DeadLetterFilter filter) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        read(filter).stream().limit(LISTED).forEach(dead -> list.add(summary(dead)));
        return list;
    }

    /**
     * Puts those that a filter takes back into the queue. What may have been carried out is told apart by the same names
     * as before, and so has no second effect; what was refused gets new ones.
     *
     * @return how many
     * @throws Topic.NotWritten when Kafka does not take one any more; the rest is still there
     * @throws RuntimeException when Kafka does not answer
     */
    public int replay(DeadLetterFilter filter) throws Topic.NotWritten {
        int replayed = 0;
        for (DeadLetter dead : read(filter)) {
            Letter letter = dead.letter();
            queue.write(letter.line(), letter.headers(), renewed(letter), PATIENCE);
            topic.write(letter.requestId(), Map.of(), null, PATIENCE);
            LOG.info("{} is replayed", letter);
            replayed++;
        }
        return replayed;
    }

    private byte[] renewed(Letter letter) {
        ObjectNode content;
        try {
            content = contents.open(letter);
        } catch (Seal.UnreadableException e) {
            return letter.content();
        }
        if (!content.path("unknown").asBoolean()) {
            content.put("round", content.path("round").asInt() + 1);
        }
        return contents.sealed(content.without(List.of("error", "unknown")));
    }

    private Collection<DeadLetter> read(DeadLetterFilter filter) {
        Map<String, DeadLetter> found = new LinkedHashMap<>();
        reader.read(record -> {
            found.remove(record.key());
            if (record.value() != null) {
                DeadLetter dead = DeadLetter.of(record);
                if (filter.takes(dead, text(dead))) {
                    found.put(record.key(), dead);
                }
            }
        });
        return found.values().stream().sorted(DeadLetter.OLDEST_FIRST).toList();
    }

    private String text(DeadLetter dead) {
        try {
            return contents.open(dead.letter()).path("error").asText("");
        } catch (Seal.UnreadableException e) {
            return e.getMessage();
        }
    }

    private ObjectNode summary(DeadLetter dead) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("requestId", dead.letter().requestId())
                .put("operation", dead.letter().operation())
                .put("deployment", dead.letter().deployment())
                .put("at", dead.at().toString())
                .put("attempts", dead.attempts())
                .put("reason", dead.reason())
                .put("text", text(dead));
    }
}
