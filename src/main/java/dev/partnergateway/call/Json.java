package dev.partnergateway.call;

import com.fasterxml.jackson.core.JsonProcessingException;
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

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /**
     * Reads one JSON document.
     *
     * @throws IOException when it is not one
     */
    public static JsonNode read(byte[] bytes) throws IOException {
        return MAPPER.readTree(bytes);
    }

    /** The document as UTF-8, without line breaks. */
    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
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
            MAPPER.writeValue(written, node);
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
