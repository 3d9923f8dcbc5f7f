package dev.partnergateway.talonone;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for answers that are being read, of all deployments together: each is bounded by itself, but many at once would
 * fill the memory all the same. What is counted is what an answer takes until it is understood: its bytes as they are
 * collected and copied, and the tree that they become.
 */
final class AnswerRoom {

    /** Bytes as they are collected, joined and handed over. */
    private static final int COPIES = 3;

    /** Bytes of memory for each value or member of a tree. */
    private static final int NODE = 60;

    private final long size;
    private final AtomicLong taken = new AtomicLong();

    /**
     * Makes room.
     *
     * @param size bytes of memory for all
     */
    AnswerRoom(long size) {
        this.size = size;
    }

    /** A third of the memory that there is: calls and what they hold need theirs. */
    static AnswerRoom ofThisProcess() {
        return new AnswerRoom(Runtime.getRuntime().maxMemory() / 3);
    }

    /** What a part of an answer takes. */
    static long weight(byte[] part, int length) {
        long weight = (long) COPIES * length;
        for (int i = 0; i < length; i++) {
            byte b = part[i];
            if (b == ',' || b == ':' || b == '{' || b == '[') {
                weight += NODE;
            }
        }
        return weight;
    }

    /** Takes room; false when there is none. */
    boolean take(long weight) {
        if (taken.addAndGet(weight) > size) {
            taken.addAndGet(-weight);
            return false;
        }
        return true;
    }

    /** Gives it back. */
    void give(long weight) {
        taken.addAndGet(-weight);
    }
}
