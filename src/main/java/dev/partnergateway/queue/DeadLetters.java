package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.queue.Letters.Row;
import dev.partnergateway.store.Seal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queued calls that could not be carried out, and what an operator does about them. They stand in the store beside those
 * that wait; one that is replayed goes back into its line.
 */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private static final int LISTED = 1000;
    private static final int PAGE = 200;

    /** So many are changed in one transaction. */
    private static final int MOST = 10_000;

    private final Letters letters;
    private final Contents contents;
    private final int largest;

    DeadLetters(Letters letters, Contents contents, int largest) {
        this.letters = letters;
        this.contents = contents;
        this.largest = largest;
    }

    /**
     * Those that a filter takes, oldest first, at most 1000.
     *
     * @param after request id of the last one that was seen; null = from the beginning
     * @throws IllegalArgumentException when there is no such letter
     */
    public ArrayNode list(DeadLetterFilter filter, String after) {
        Row last = after == null
                ? null
                : letters.find(after)
                        .filter(row -> row.fate() == Fate.DEAD)
                        .orElseThrow(() -> new IllegalArgumentException("no dead letter has this id"));
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        each(filter, last, row -> {
            list.add(summary(row));
            return list.size() < LISTED;
        });
        return list;
    }

    /** One with what was sent, and what replaying it does to the order of its line; empty when it is not dead. */
    public Optional<ObjectNode> find(String id) {
        return letters.find(id).filter(row -> row.fate() == Fate.DEAD).map(row -> {
            ObjectNode found = summary(row).put("unknown", row.unknown());
            long later = letters.later(row);
            long behind = letters.behind(row);
            found.put("later", later).put("behind", behind).put("order", order(row, later, behind));
            try {
                ObjectNode content = contents.open(row.letter());
                JsonNode item = content.path("item");
                if (item.isMissingNode()) {
                    found.set("call", content.path("call"));
                } else {
                    found.set("upstream", item.path("operation"));
                    found.set("request", item.path("request"));
                }
            } catch (Seal.UnreadableException e) {
                found.putNull("call");
            }
            return found;
        });
    }

    private static String order(Row row, long later, long behind) {
        if (row.place() == 0) {
            return "It was left out of a call whose rest was done: it has no place in a line, and is carried out when it is"
                    + " replayed.";
        }
        String past = later == 0
                ? "Nothing that came after it in its line was carried out within the last day."
                : count(later)
                        + " that came after it in its line were carried out already: it is carried out after them.";
        String waiting = behind == 0 ? "" : " " + count(behind) + " of its line wait: it is carried out before them.";
        return past + waiting;
    }

    private static String count(long number) {
        return number == LISTED ? "1000 or more" : Long.toString(number);
    }

    /**
     * What a replay would do, before it is done.
     *
     * @return {@code {letters, afterLater, order}}
     */
    public ObjectNode preview(DeadLetterFilter filter) {
        int[] counts = new int[2];
        each(filter, null, row -> {
            counts[0]++;
            if (row.place() > 0 && letters.later(row) > 0) {
                counts[1]++;
            }
            return counts[0] < MOST;
        });
        String order = counts[1] == 0
                ? "None of them is carried out after something that came later in its line, as far as the last day tells."
                : counts[1]
                        + " of them are carried out after calls that came later in their lines and are done already.";
        return JsonNodeFactory.instance
                .objectNode()
                .put("letters", counts[0])
                .put("afterLater", counts[1])
                .put("order", order);
    }

    /**
     * Has those that a filter takes tried again: all of them or, when the store fails, none; at most 10,000 at a time. What
     * is done of them already has kept its names, and so has no second effect; what Talon.One refused is asked for under a
     * new {@code Idempotency-Key}.
     *
     * @return how many
     */
    public int replay(DeadLetterFilter filter) {
        int replayed = letters.recall(ids(filter));
        LOG.info("{} dead letters are replayed", replayed);
        return replayed;
    }

    /**
     * Gives those up that a filter takes: all of them or, when the store fails, none; at most 10,000 at a time. Their
     * content is gone then.
     *
     * @return how many
     */
    public int giveUp(DeadLetterFilter filter) {
        int givenUp = letters.giveUp(ids(filter));
        LOG.info("{} dead letters are given up", givenUp);
        return givenUp;
    }

    private List<String> ids(DeadLetterFilter filter) {
        List<String> ids = new ArrayList<>();
        each(filter, null, row -> {
            ids.add(row.letter().requestId());
            return ids.size() < MOST;
        });
        return ids;
    }

    /**
     * Corrects one.
     *
     * @param change {@code body}: the whole body of the call; {@code request}: what Talon.One is asked for, where it was left
     *     out of a call; {@code key}: the partner's API key. Each is optional
     * @return false when there is no such dead letter, or somebody else has just changed it
     * @throws IllegalArgumentException with a sentence, when it cannot be changed like that
     */
    public boolean edit(String id, JsonNode change) {
        Optional<Row> found = letters.find(id).filter(row -> row.fate() == Fate.DEAD);
        if (found.isEmpty()) {
            return false;
        }
        ObjectNode content;
        try {
            content = contents.open(found.get().letter());
        } catch (Seal.UnreadableException e) {
            throw new IllegalArgumentException("It cannot be read: " + e.getMessage());
        }
        change.fieldNames().forEachRemaining(name -> change(content, name, change.get(name)));
        byte[] sealed = contents.sealed(content);
        if (sealed.length > largest) {
            throw new IllegalArgumentException("It is too large then");
        }
        LOG.info("Dead letter {} is corrected", id);
        return letters.edit(found.get(), sealed);
    }

    private static void change(ObjectNode content, String name, JsonNode value) {
        boolean item = content.has("item");
        if (name.equals("key") && value.isTextual() && !value.textValue().isBlank()) {
            content.set("key", value);
        } else if (name.equals("body") && !item && value.isObject()) {
            ((ObjectNode) content.get("call")).set("body", value);
        } else if (name.equals("request") && item && value.isObject()) {
            ((ObjectNode) content.get("item")).set("request", value);
        } else {
            throw new IllegalArgumentException("Give " + (item ? "request (an object)" : "body (an object)")
                    + " or key (a text), and nothing else");
        }
    }

    private void each(DeadLetterFilter filter, Row after, Predicate<Row> taken) {
        Row last = after;
        for (; ; ) {
            List<Row> page = letters.deadOnes(last, PAGE);
            for (Row row : page) {
                if (filter.takes(row) && !taken.test(row)) {
                    return;
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            last = page.get(PAGE - 1);
        }
    }

    private static ObjectNode summary(Row dead) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("requestId", dead.letter().requestId())
                .put("operation", dead.letter().operation())
                .put("deployment", dead.letter().deployment())
                .put("at", Instant.ofEpochMilli(dead.at()).toString())
                .put("attempts", dead.tries())
                .put("reason", dead.reason())
                .put("text", dead.text())
                .put("line", dead.letter().line().substring(0, 8));
    }
}
