package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;

/**
 * Strict JSON: one document, no name twice, every digit kept, and limits that keep a hostile document cheap: its tree is
 * built here, because each part of it is counted before it is made.
 */
final class Json {
    /** Deeper than any documented body by far, and shallow enough for recursive checks. */
    static final int DEEPEST = 64;

    /** Characters; no documented text comes near. */
    static final int LONGEST_TEXT = 1 << 20;

    private static final int LONGEST_NAME = 1000;

    static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;

    private static final JsonFactory DOCUMENTS = JsonFactory.builder()
            // Names are the caller's: interning them would fill a table that is never emptied.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNumberLength(Numbers.MOST_DIGITS)
                    .maxNameLength(LONGEST_NAME)
                    .build())
            .build();

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** What makes a document unfit, beside what the parser says. */
    private static final class Unfit extends IOException {
        private static final long serialVersionUID = 1L;

        Unfit(String expectation) {
            super(expectation);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /**
     * The document in a body's text; a violation says where it is wrong and repeats nothing of it.
     *
     * @throws Budget.Exceeded when its tree would cost too much
     */
    static JsonNode read(String text, Budget budget) throws ContractViolation {
        try (JsonParser parser = DOCUMENTS.createParser(text)) {
            try {
                return document(parser, budget, DEEPEST);
            } catch (JsonProcessingException e) {
                // A broken limit is reported without a place, but then the parser still stands there.
                JsonLocation place = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
                throw new ContractViolation(400, "the body: expected " + expectation(e) + position(place));
            } catch (Unfit e) {
                throw new ContractViolation(
                        400, "the body: expected " + e.getMessage() + position(parser.currentTokenLocation()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
    }

    /**
     * The document in a text that may be anything; null when the text is not JSON or breaks a limit.
     *
     * @param levels how deep it may be nested
     * @throws Budget.Exceeded when its tree would cost too much
     */
    static JsonNode readOrNull(String text, Budget budget, int levels) {
        try (JsonParser parser = DOCUMENTS.createParser(text)) {
            return document(parser, budget, levels);
        } catch (IOException e) {
            return null;
        }
    }

    private static JsonNode document(JsonParser parser, Budget budget, int levels) throws IOException {
        parser.nextToken();
        JsonNode tree = tree(parser, budget, levels);
        if (parser.nextToken() != null) {
            throw new Unfit("one JSON document, found more after its end");
        }
        return tree;
    }

    private static JsonNode tree(JsonParser parser, Budget budget, int levels) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new Unfit("valid JSON, found a mistake");
        }
        budget.token();
        switch (token) {
            case START_OBJECT:
                return object(parser, budget, deeper(levels));
            case START_ARRAY:
                return array(parser, budget, deeper(levels));
            case VALUE_STRING:
                budget.text(parser.getTextLength());
                return TextNode.valueOf(Text.whole(parser.getText()));
            case VALUE_NUMBER_INT:
                return whole(parser, budget);
            case VALUE_NUMBER_FLOAT:
                String digits = parser.getText();
                budget.node(Budget.LONG_NUMBER + digits.length());
                try {
                    return DecimalNode.valueOf(new BigDecimal(digits));
                } catch (NumberFormatException e) {
                    // The exponent has more than 32 bits.
                    throw new Unfit(Numbers.REASONABLE);
                }
            case VALUE_TRUE:
                return FACTORY.booleanNode(true);
            case VALUE_FALSE:
                return FACTORY.booleanNode(false);
            case VALUE_NULL:
                return FACTORY.nullNode();
            default:
                throw new Unfit("valid JSON, found a mistake");
        }
    }

    private static int deeper(int levels) throws Unfit {
        if (levels <= 0) {
            throw new Unfit("JSON nested at most " + DEEPEST + " levels deep");
        }
        return levels - 1;
    }

    private static ObjectNode object(JsonParser parser, Budget budget, int levels) throws IOException {
        budget.node(Budget.OBJECT);
        ObjectNode object = FACTORY.objectNode();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            budget.token();
            budget.node(Budget.MEMBER + 2L * name.length());
            parser.nextToken();
            if (object.replace(Text.whole(name), tree(parser, budget, levels)) != null) {
                throw new Unfit("every member of an object once, found one twice");
            }
        }
        budget.token();
        return object;
    }

    private static ArrayNode array(JsonParser parser, Budget budget, int levels) throws IOException {
        budget.node(Budget.ARRAY);
        ArrayNode array = FACTORY.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            budget.node(Budget.ITEM);
            array.add(tree(parser, budget, levels));
        }
        budget.token();
        return array;
    }

    private static JsonNode whole(JsonParser parser, Budget budget) throws IOException {
        switch (parser.getNumberType()) {
            case INT:
                budget.node(Budget.NUMBER);
                return FACTORY.numberNode(parser.getIntValue());
            case LONG:
                budget.node(Budget.NUMBER);
                return FACTORY.numberNode(parser.getLongValue());
            default:
                budget.node(Budget.LONG_NUMBER + parser.getTextLength());
                return FACTORY.numberNode(parser.getBigIntegerValue());
        }
    }

    /** A value of the OpenAPI model, such as a default, as JSON. */
    static JsonNode of(Object value) {
        return value instanceof JsonNode node
                ? readOrNull(node.toString(), Budget.ofItsOwn(), DEEPEST)
                : MAPPER.valueToTree(value);
    }

    private static String expectation(JsonProcessingException e) {
        String reason = e.getOriginalMessage();
        if (e instanceof StreamConstraintsException) {
            if (reason.contains("nesting depth")) {
                return "JSON nested at most " + DEEPEST + " levels deep";
            }
            if (reason.contains("Number")) {
                return "numbers of at most " + Numbers.MOST_DIGITS + " digits";
            }
            if (reason.contains("String")) {
                return "strings of at most " + LONGEST_TEXT + " characters";
            }
            return "member names of at most " + LONGEST_NAME + " characters";
        }
        return "valid JSON, found a mistake";
    }

    private static String position(JsonLocation location) {
        return " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
