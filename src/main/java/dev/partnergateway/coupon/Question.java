package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What became of one code. */
final class Question {

    final String code;
    final long after;

    /** The coupon; empty = there is none that is not older than asked for; or a refusal. */
    final CompletableFuture<Optional<JsonNode>> answer = new CompletableFuture<>();

    /**
     * Asks.
     *
     * @param after the coupon is not older than this, in milliseconds since 1970 UTC; 0 = it may be any
     */
    Question(String code, long after) {
        this.code = code;
        this.after = after;
    }

    boolean open() {
        return !answer.isDone();
    }
}
