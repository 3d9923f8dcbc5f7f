package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How strictly a body is read before any of its members is looked at. */
class JsonTest {
    private static final String EMPTY = "{\"list\":[7]}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"small":1                 | the body: expected valid JSON, found a mistake at line 1, column 11
            {"small":NaN}              | the body: expected valid JSON, found a mistake at line 1, column 13
            {"small":-Infinity}        | the body: expected valid JSON, found a mistake at line 1, column 19
            {"small":007}              | the body: expected valid JSON, found a mistake at line 1, column 11
            {'small':7}                | the body: expected valid JSON, found a mistake at line 1, column 2
            {"small":7,}               | the body: expected valid JSON, found a mistake at line 1, column 12
            {"small":7} // end         | the body: expected valid JSON, found a mistake at line 1, column 13
            {"small":1}{"small":2}     | the body: expected one JSON document, found more after its end at line 1, column 12
            {"small":1} 2              | the body: expected one JSON document, found more after its end at line 1, column 13
            {"small":1,"small":1}      | the body: expected every member of an object once, found one twice at line 1, column 20
            {"free":{"a":1,"a":1}}     | the body: expected every member of an object once, found one twice at line 1, column 20
            {"small":1e-9999999999}    | the body: expected a number of at most 400 digits whose power of ten is from -308 to 308 at line 1, column 10
            [1]                        | the body: expected a JSON object, got an array
            null                       | the body: expected a JSON object, got null
            12                         | the body: expected a JSON object, got an integer
            "text"                     | the body: expected a JSON object, got a string
            """)
    void aBodyThatIsNoSingleJsonObjectIsRefused(String body, String expected) {
        assertEquals(expected, Given.values(body).fails());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22c080", // NUL in two bytes
                "22c181", // A in two bytes
                "22eda080", // half of a surrogate pair
                "22eda0bdedb880", // a surrogate pair in six bytes
                "22f4908080", // beyond the last code point
                "22e282", // cut off
                "22ff",
                "2280"
            })
    void bytesThatAreNoUtf8AreRefused(String quotedHex) {
        byte[] text = HexFormat.of().parseHex(quotedHex + "22");
        byte[] body = new byte[text.length + 9];
        System.arraycopy("{\"kept\":".getBytes(StandardCharsets.US_ASCII), 0, body, 0, 8);
        System.arraycopy(text, 0, body, 8, text.length);
        body[body.length - 1] = '}';
        assertEquals(
                "the body: expected valid UTF-8", Given.values("").body(body).fails());
    }

    @Test
    void anotherEncodingIsNotGuessed() {
        String text = Given.values("")
                .body("{\"small\":1}".getBytes(StandardCharsets.UTF_16LE))
                .fails();
        assertTrue(text.startsWith("the body: expected valid JSON"), text);
    }

    @Test
    void aByteOrderMarkIsTolerated() throws ContractViolation {
        assertEquals(
                "{\"small\":1,\"list\":[7]}",
                Given.values("\uFEFF{\"small\":1}").body());
        assertEquals(EMPTY, Given.values("\uFEFF").body());
    }

    @Test
    void aDocumentMayBeNestedSixtyFourLevelsDeep() throws ContractViolation {
        String most = "[".repeat(Json.DEEPEST - 1) + "]".repeat(Json.DEEPEST - 1);
        assertEquals(
                "{\"free\":" + most + ",\"list\":[7]}",
                Given.values("{\"free\":" + most + "}").body());
        String text = Given.values("{\"free\":[" + most + "]}").fails();
        assertTrue(text.startsWith("the body: expected JSON nested at most 64 levels deep at line 1"), text);
    }

    @Test
    void aStringMayHaveAMillionCharacters() throws ContractViolation {
        String most = "a".repeat(Json.LONGEST_TEXT);
        assertEquals(
                Json.LONGEST_TEXT,
                Given.values("{\"free\":\"" + most + "\"}")
                        .passes()
                        .call()
                        .at("/body/free")
                        .textValue()
                        .length());
        String text = Given.values("{\"free\":\"" + most + "aa\"}").fails();
        assertTrue(text.startsWith("the body: expected strings of at most 1048576 characters at line 1"), text);
    }

    @Test
    void aNumberMayHaveFourHundredDigits() throws ContractViolation {
        String most = "0." + "1".repeat(398);
        assertEquals(
                "{\"free\":" + most + ",\"list\":[7]}",
                Given.values("{\"free\":" + most + "}").body());
        String text = Given.values("{\"free\":" + most + "1".repeat(10) + "}").fails();
        assertTrue(text.startsWith("the body: expected numbers of at most 400 digits at line 1"), text);
    }

    @Test
    void aMemberNameHasALimit() {
        String text = Given.values("{\"" + "a".repeat(2000) + "\":1}").fails();
        assertTrue(text.startsWith("the body: expected member names of at most 1000 characters"), text);
    }

    @Test
    void everyDigitOfAFreeNumberIsKept() throws ContractViolation {
        String body = "{\"free\":[9007199254740993,12345678901234567890,0.10,1.000000000000000000001],\"list\":[7]}";
        assertEquals(body, Given.values(body).body());
    }

    @Test
    void aBodyMayBeAStringThatHoldsTheObject() throws ContractViolation {
        assertEquals(
                "{\"small\":1,\"list\":[7]}",
                Given.values("\"{\\\"small\\\":\\\"1\\\"}\"").body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \r\n", "\"\""})
    void anEmptyBodyIsMissedWhereMembersAreRequired(String body) {
        String text = Given.call("shop/createCoupon").body(body).fails();
        assertEquals(
                body.startsWith("\"")
                        ? "the body: expected a JSON object, got a blank string"
                        : "the body is required: expected a JSON object",
                text);
    }

    @Test
    void anEmptyBodyIsAnEmptyObjectWhereNothingIsRequired() throws ContractViolation {
        assertEquals(EMPTY, Given.values("").body());
    }

    @Test
    void anEmptyBodyIsMissedWhereTheFileRequiresOne() {
        assertEquals(
                "the body is required: expected a JSON object",
                Given.call("shop/message").fails());
    }
}
