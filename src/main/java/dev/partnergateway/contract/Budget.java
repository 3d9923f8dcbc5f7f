package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.LongPredicate;

/**
 * What the documents of one call may cost together: its body, JSON written in texts of it, and what is made of them. A
 * tree takes many times the bytes of its document, so it is the tree that is counted, part by part, before the part is
 * made; and what all calls hold at a time is asked for from one room. For one thread at a time.
 */
public final class Budget {

    /** Names, values and brackets; the largest documented body, a session of 1000 cart items, has half of that. */
    static final int MOST_TOKENS = 100_000;

    /** Bytes of a node with its place in what holds it, as a 64-bit JVM with compressed references lays them out. */
    static final int OBJECT = 160;

    static final int MEMBER = 112;
    static final int ARRAY = 104;
    static final int ITEM = 8;
    static final int TEXT = 56;
    static final int NUMBER = 24;
    static final int LONG_NUMBER = 240;

    /** A tree lives as it came, as it was checked, and as it goes on to Talon.One. */
    private static final int LIVES = 3;

    /** Asked for at a time, so that small calls ask once. */
    private static final int PORTION = 1 << 16;

    private final LongPredicate room;
    private long reserved;
    private long weight;
    private int tokens;

    /** A call holds more than it may, or more than there is room for. */
    public static final class Exceeded extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final int status;

        Exceeded(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }

        /** 413 when no call may hold so much, 503 when there is no room for it now. */
        public int status() {
            return status;
        }
    }

    /**
     * Begins a call.
     *
     * @param room takes bytes from what all calls share; false when there are not so many
     */
    public Budget(LongPredicate room) {
        this.room = room;
    }

    /** A budget for what is no partner's: defaults of a file, calls that were checked before. */
    public static Budget ofItsOwn() {
        return new Budget(bytes -> true);
    }

    /** Bytes that were taken from the room, to be given back when the call is over. */
    public long reserved() {
        return reserved;
    }

    /**
     * Counts a name, a value or a bracket.
     *
     * @throws Exceeded when there were too many
     */
    void token() {
        if (++tokens > MOST_TOKENS) {
            throw new Exceeded(
                    413,
                    "This call is too large: at most " + MOST_TOKENS
                            + " names, values and brackets, those of JSON in texts included");
        }
    }

    /** Counts a text on its way into a tree. */
    void text(int length) {
        node(TEXT + 2L * length);
    }

    /**
     * Counts an object or array that is about to be kept; what it holds is held already.
     *
     * @throws Exceeded when there is no room for it now
     */
    public void tree(JsonNode node) {
        node(OBJECT + (long) MEMBER * node.size());
    }

    /**
     * Counts bytes that are about to be used.
     *
     * @throws Exceeded when there is no room for them now
     */
    public void weigh(long bytes) {
        weight += bytes;
        long missing = weight - reserved;
        if (missing <= 0) {
            return;
        }
        if (missing < PORTION && room.test(PORTION)) {
            reserved += PORTION;
        } else if (room.test(missing)) {
            reserved += missing;
        } else {
            throw new Exceeded(503, "Too many large calls are being worked on at once: try again");
        }
    }

    /** Counts a part of a tree that is about to be made. */
    void node(long bytes) {
        weigh(LIVES * bytes);
    }
}
