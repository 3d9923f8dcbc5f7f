package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Strict JSON: one document, no name twice, every digit kept, and limits that keep a hostile document cheap. */
final class Json {
    /** Deeper than any documented body by far, and shallow enough for recursive checks. */
    static final int DEEPEST = 64;

    /** Characters; the longest documented text has 1000. */
    static final int LONGEST_TEXT = 1 << 20;

    private static final int LONGEST_NAME = 1000;

    /**
     * Names, values and brackets of one document; the largest documented body, a session of 1000 cart items, has half of
     * that. A tree takes some 100 bytes for each, many times their length in the document.
     */
    static final int MOST_TOKENS = 100_000;

    static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    // Names are the caller's: interning them would fill a table that is never emptied.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(LONGEST_TEXT)
                            .maxNumberLength(Numbers.MOST_DIGITS)
                            .maxNameLength(LONGEST_NAME)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            // Finds a name given twice while the tree is built; the parser's own detection keeps a second table.
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private static final ObjectReader READER = MAPPER.reader();

    private Json() {}

    /** The document in a body's text; a violation says where it is wrong and repeats nothing of it. */
    static JsonNode read(String text) throws ContractViolation {
        try (JsonParser parser = READER.createParser(text)) {
            try {
                return READER.readTree(parser);
            } catch (JsonProcessingException e) {
                // A broken limit is reported without a place, but then the parser still stands there.
                JsonLocation place = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
                throw new ContractViolation(400, "the body: expected " + expectation(e) + position(place));
            } catch (NumberFormatException e) {
                // Jackson lets BigDecimal's own exception through when an exponent has more than 32 bits.
                throw new ContractViolation(
                        400, "the body: expected " + Numbers.REASONABLE + position(parser.currentLocation()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
    }

    /** The document in a text that may be anything; null when the text is not JSON or breaks a limit. */
    static JsonNode readOrNull(String text) {
        try {
            return READER.readTree(text);
        } catch (JsonProcessingException | NumberFormatException e) {
            return null;
        }
    }

    /** The array or object written in a string value; null when there is none. */
    static JsonNode container(JsonNode value, char opening) {
        String text = value.textValue();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isWhitespace(c)) {
                // Plain text is common here, and a parser's exception is dear.
                return c == opening ? readOrNull(text) : null;
            }
        }
        return null;
    }

    /** A value of the OpenAPI model, such as a default, as JSON. */
    static JsonNode of(Object value) {
        return value instanceof JsonNode node ? readOrNull(node.toString()) : MAPPER.valueToTree(value);
    }

    private static String expectation(JsonProcessingException e) {
        String reason = e.getOriginalMessage();
        if (e instanceof StreamConstraintsException) {
            if (reason.contains("nesting depth")) {
                return "JSON nested at most " + DEEPEST + " levels deep";
            }
            if (reason.contains("Token count")) {
                return "at most " + MOST_TOKENS + " names, values and brackets";
            }
            if (reason.contains("Number")) {
                return "numbers of at most " + Numbers.MOST_DIGITS + " digits";
            }
            if (reason.contains("String")) {
                return "strings of at most " + LONGEST_TEXT + " characters";
            }
            return "member names of at most " + LONGEST_NAME + " characters";
        }
        if (reason.startsWith("Duplicate")) {
            return "every member of an object once, found one twice";
        }
        if (reason.startsWith("Trailing")) {
            return "one JSON document, found more after its end";
        }
        return "valid JSON, found a mistake";
    }

    private static String position(JsonLocation location) {
        return " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
