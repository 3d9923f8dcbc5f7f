package dev.partnergateway.contract;

/**
 * How large an answer the caller of an operation takes.
 *
 * @param bytes most bytes of a body before compression
 * @param advice what to do when it would be larger, for the caller: "ask for fewer items"
 */
public record LargestAnswer(int bytes, String advice) {

    static final LargestAnswer UNLIMITED = new LargestAnswer(Integer.MAX_VALUE, "");
}
