package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record of what operators decided. It is kept for good, also of what is gone by that decision. */
final class Decisions {

    private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

    private static final int LISTED = 200;
    private static final int LONGEST_WHO = 100;
    private static final int LONGEST_WHY = 500;
    private static final int LONGEST_ABOUT = 200;

    private static final Sql INSERT =
            new Sql("INSERT INTO decision (at, who, why, decision, about) VALUES (?, ?, ?, ?, ?)");
    private static final Sql LATEST = new Sql(
            "SELECT at, who, why, decision, about FROM decision WHERE position > 0 ORDER BY position DESC LIMIT ?");

    private final Store store;

    Decisions(Store store) {
        this.store = store;
    }

    /** Who decides, and why. */
    record By(String who, String why) {

        /** What a decision must say beside what it is. */
        static final String EXPECTED =
                "Say who decides and why: {\"who\": \"…\", \"why\": \"…\"}, at most 100 and 500" + " characters";

        /** Reads it from the body of a decision; null when it is not said. */
        static By of(JsonNode body) {
            String who = body.path("who").asText("").strip();
            String why = body.path("why").asText("").strip();
            boolean said =
                    !who.isEmpty() && who.length() <= LONGEST_WHO && !why.isEmpty() && why.length() <= LONGEST_WHY;
            return said ? new By(who, why) : null;
        }
    }

    /** Writes one down, before or after it is carried out: both are worth knowing. */
    void add(By by, String decision, String about) {
        String shortened = about.length() > LONGEST_ABOUT ? about.substring(0, LONGEST_ABOUT) : about;
        store.update(INSERT, System.currentTimeMillis(), by.who(), by.why(), decision, shortened);
        LOG.info("An operator has decided: {}", decision);
    }

    /** The latest, newest first. */
    ArrayNode list() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        store.query(
                        row -> JsonNodeFactory.instance
                                .objectNode()
                                .put(
                                        "at",
                                        Instant.ofEpochMilli(row.getLong("at")).toString())
                                .put("who", row.getString("who"))
                                .put("why", row.getString("why"))
                                .put("decision", row.getString("decision"))
                                .put("about", row.getString("about")),
                        LATEST,
                        LISTED)
                .forEach(list::add);
        return list;
    }
}
