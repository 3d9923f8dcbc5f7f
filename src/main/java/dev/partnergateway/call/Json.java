package dev.partnergateway.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** JSON between partner and Talon.One; no digit of a number is lost on the way. */
public final class Json {

    /** Enough for 1,000 coupons with all their members several times over; at most 25 MB of tree. */
    private static final int MOST_TOKENS = 500_000;

    private static final int DEEPEST = 100;
    private static final int MOST_DIGITS = 1000;

    private static final JsonMapper FOREIGN = mapper(MOST_TOKENS, DEEPEST);

    /** What was read once is kept inside of other documents: it must be possible to read them again. */
    private static final JsonMapper OWN = mapper(2 * MOST_TOKENS, 2 * DEEPEST);

    private static JsonMapper mapper(int mostTokens, int deepest) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxTokenCount(mostTokens)
                                .maxNestingDepth(deepest)
                                .maxNumberLength(MOST_DIGITS)
                                .build())
                        .build())
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    private Json() {}

    /**
     * Reads one JSON document that the gateway wrote.
     *
     * @throws IOException when it is not one
     */
    public static JsonNode read(byte[] bytes) throws IOException {
        return OWN.readTree(bytes);
    }

    /**
     * Reads one JSON document of somebody else.
     *
     * @throws IOException when it is not one, is nested deeper than 100, has more than 500,000 tokens or a number of more
     *     than 1,000 digits
     */
    public static JsonNode readForeign(byte[] bytes) throws IOException {
        return FOREIGN.readTree(bytes);
    }

    /** The document as UTF-8, without line breaks. */
    public static byte[] write(JsonNode node) {
        try {
            return OWN.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    /**
     * The document as UTF-8, unless it would be too long; then no more of it is written than that.
     *
     * @param most bytes
     * @return empty when it would be longer
     */
    public static Optional<byte[]> write(JsonNode node, int most) {
        Limited written = new Limited(most);
        try {
            OWN.writeValue(written, node);
            return Optional.of(written.toByteArray());
        } catch (UncheckedIOException | IOException e) {
            if (written.full) {
                return Optional.empty();
            }
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    private static final class Limited extends ByteArrayOutputStream {

        private final int most;
        private boolean full;

        Limited(int most) {
            this.most = most;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            full |= length > most - count;
            if (full) {
                throw new UncheckedIOException(new IOException("too long"));
            }
            super.write(bytes, offset, length);
        }
    }
}
