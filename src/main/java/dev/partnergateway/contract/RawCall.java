package dev.partnergateway.contract;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A call as it came off the wire, before any decoding.
 *
 * @param pathParameters values of the path template by name, still percent-encoded
 * @param rawQuery the query string without its question mark, still percent-encoded; null when there is none
 * @param headers looks a header up by name in any letter case and gives every value sent; never gives null
 * @param body the bytes of the body; empty when there is none
 */
public record RawCall(
        Map<String, String> pathParameters, String rawQuery, Function<String, List<String>> headers, byte[] body) {

    /** Names no value: a call is personal data and may hold a key. */
    @Override
    public String toString() {
        return "RawCall[" + body.length + " body bytes]";
    }
}
