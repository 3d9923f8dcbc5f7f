package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What values of bodies are taken for (docs/behaviour.md#coercion). */
class CoercionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"small":"398"}                              | {"small":398}
            {"small":"  398 "}                           | {"small":398}
            {"small":"-2147483648"}                      | {"small":-2147483648}
            {"keptNumber":"9223372036854775807"}         | {"keptNumber":9223372036854775807}
            {"keptNumber":"-9223372036854775808"}        | {"keptNumber":-9223372036854775808}
            {"keptNumber":9223372036854775807}           | {"keptNumber":9223372036854775807}
            {"keptNumber":"0012"}                        | {"keptNumber":12}
            {"above":"9.50"}                             | {"above":9.50}
            {"above":" 3 "}                              | {"above":3}
            {"above":0.10}                               | {"above":0.10}
            {"above":"1e0"}                              | {"above":1}
            {"map":{"x":12345678901234567890.123456789}} | {"map":{"x":12345678901234567890.123456789}}
            {"map":{"x":"123456789012345678901"}}        | {"map":{"x":123456789012345678901}}
            {"either":"7"}                               | {"either":7}
            {"either":"FALSE"}                           | {"either":false}
            {"either":"none"}                            | {"either":"none"}
            {"list":"[1,\\"2\\"]"}                       | {"list":[1,2]}
            {"tree":"{\\"name\\":\\"a\\"}"}              | {"tree":{"name":"a"}}
            {"fewChanges":{"adds":[1,2],"deletes":"[3]"}} | {"fewChanges":{"adds":[1,2],"deletes":[3]}}
            {"manyChanges":[{"adds":[1]},{},{"adds":[2],"deletes":[3]},{}]} | {"manyChanges":[{"adds":[1]},{},{"adds":[2],"deletes":[3]},{}]}
            {"plain":"{\\"zip\\":\\"0123\\",\\"n\\":null}"} | {"plain":{"zip":"0123","n":null}}
            """)
    void aValueIsGivenInItsDeclaredType(String sent, String expected) throws ContractViolation {
        ObjectNode checked = (ObjectNode) Given.values(sent).passes().call().get("body");
        if (!sent.startsWith("{\"list\"")) {
            checked.remove("list");
        }
        assertEquals(expected, checked.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"small":"1.0"}                  | /small: expected a 32-bit integer, got a string
            {"small":"1e3"}                  | /small: expected a 32-bit integer, got a string
            {"small":"+1"}                   | /small: expected a 32-bit integer, got a string
            {"small":"١"}                    | /small: expected a 32-bit integer, got a string
            {"small":"-"}                    | /small: expected a 32-bit integer, got a string
            {"small":1.0}                    | /small: expected a 32-bit integer, got a number with a fraction or an exponent
            {"small":true}                   | /small: expected a 32-bit integer, got a boolean
            {"small":2147483648}             | /small: expected a 32-bit integer
            {"keptNumber":9223372036854775808} | /keptNumber: expected a 64-bit integer
            {"keptNumber":"9223372036854775808"} | /keptNumber: expected a 64-bit integer, got a string
            {"keptNumber":"-9223372036854775809"} | /keptNumber: expected a 64-bit integer, got a string
            {"fewChanges":{"adds":[1,2],"deletes":"[3,4]"}} | /fewChanges: expected lists of at most 3 items together, got 4
            {"manyChanges":[{"adds":[1,2]},{"adds":[1],"deletes":[1]}]} | /manyChanges: expected lists of at most 3 items together, got 4
            {"above":0}                      | /above: expected a number greater than 0 and less than 10
            {"above":10}                     | /above: expected a number greater than 0 and less than 10
            {"above":"1,5"}                  | /above: expected a number greater than 0 and less than 10, got a string
            {"above":"01"}                   | /above: expected a number greater than 0 and less than 10, got a string
            {"above":".5"}                   | /above: expected a number greater than 0 and less than 10, got a string
            {"above":"NaN"}                  | /above: expected a number greater than 0 and less than 10, got a string
            {"above":1e999999999}            | /above: expected a number of at most 400 digits whose power of ten is from -308 to 308
            {"above":"1e999999999"}          | /above: expected a number of at most 400 digits whose power of ten is from -308 to 308
            {"above":"1e99999999999999"}     | /above: expected a number of at most 400 digits whose power of ten is from -308 to 308
            {"free":[1e400]}                 | /free/0: expected a number of at most 400 digits whose power of ten is from -308 to 308
            {"whole":2}                      | /whole: expected an integer greater than 2 and of at most 5.5
            {"whole":6}                      | /whole: expected an integer greater than 2 and of at most 5.5
            {"choice":2}                     | /choice: expected one of 1, 3
            {"word":"a"}                     | /word: expected a string of 2 to 3 characters
            {"word":"abcd"}                  | /word: expected a string of 2 to 3 characters
            {"word":1}                       | /word: expected a string of 2 to 3 characters
            {"word":1234}                    | /word: expected a string of 2 to 3 characters
            {"word":1.5}                     | /word: expected a string of 2 to 3 characters, got a number with a fraction or an exponent
            {"word":true}                    | /word: expected a string of 2 to 3 characters, got a boolean
            {"code":"A"}                     | /code: expected a string of at most 1048576 characters matching ^[a-z]+$
            {"list":[]}                      | /list: expected an array of 1 to 10000 items
            {"list":[null]}                  | /list/0: expected a 64-bit integer, got null
            {"list":"1,2"}                   | /list: expected an array of 1 to 10000 items, got a string
            {"list":"[1"}                    | /list: expected an array of 1 to 10000 items, got a string
            {"list":"{}"}                    | /list: expected an array of 1 to 10000 items, got a string
            {"plain":[]}                     | /plain: expected a JSON object, got an array
            {"plain":"x"}                    | /plain: expected a JSON object, got a string
            {"closed":{"b":1}}               | /closed/b: expected only documented members here
            {"map":{"a/b~c":"x"}}            | /map/a~1b~0c: expected a number, got a string
            {"either":2.5}                   | /either: expected a 64-bit integer, or true or false, or "none", got a number with a fraction or an exponent
            {"tree":{"name":"a","children":[{"name":"b"},{}]}} | /tree/children/1/name: is required: expected a string of at most 1000 characters
            {"both":{"m":1}}                 | /both/n: is required: expected an integer of at least 1
            {"both":{"n":0}}                 | /both/n: expected an integer of at least 1
            """)
    void aValueThatDoesNotFitIsNamedWithWhatWasExpected(String sent, String expected) {
        assertEquals(expected, Given.values(sent).fails());
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "True"})
    void aBooleanMayBeAWordInAnyLetterCase(String word) throws ContractViolation {
        assertTrue(Given.coupon("\"isReservationMandatory\":\"" + word + "\"")
                .passes()
                .call()
                .at("/body/isReservationMandatory")
                .booleanValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "1", " true"})
    void anyOtherWordIsNoBoolean(String word) {
        assertTrue(Given.coupon("\"isReservationMandatory\":\"" + word + "\"")
                .fails()
                .startsWith("/isReservationMandatory: expected true or false, got a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"integrationId\":\"\"",
                "\"integrationId\":\" \\t\"",
                "\"integrationId\":null",
                "\"startDate\":\"\"",
                "\"discountLimit\":null",
                "\"limits\":\"\"",
                "\"attributes\":\"\"",
                "\"attributes\":null",
                "\"unknown\":[1]"
            })
    void aBlankOrNullOptionalMemberIsTreatedAsAbsentAndAnUnknownOneIsDropped(String member) throws ContractViolation {
        assertEquals(Given.coupon("").body(), Given.coupon(member).body());
    }

    @Test
    void anAbsentMemberTakesItsDefault() throws ContractViolation {
        assertEquals(
                "{\"deploymentUrl\":\"shop.example\",\"campaignId\":5,\"identifier\":\"i\",\"usageLimit\":1}",
                Given.coupon("").body());
        assertEquals(
                "{\"list\":[7],\"nested\":{\"a\":4}}",
                Given.values("{\"nested\":{}}").body());
    }

    @Test
    void aDefaultListIsNotSharedBetweenCalls() throws ContractViolation {
        var first = Given.values("{}").passes().call();
        ((ArrayNode) first.at("/body/list")).add(8);
        assertEquals("{\"list\":[7]}", Given.values("{}").body());
    }

    @Test
    void aNullIsKeptWhereTheFileAllowsIt() throws ContractViolation {
        assertEquals(
                "{\"kept\":null,\"keptNumber\":null,\"free\":null,\"list\":[7]}",
                Given.values("{\"kept\":null,\"keptNumber\":null,\"free\":null}")
                        .body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"identifier\":\"  \"", "\"identifier\":null"})
    void aBlankOrNullRequiredMemberIsRefused(String member) {
        String found = member.endsWith("null") ? "null" : "a blank string";
        assertEquals(
                "/identifier: is required: expected a string of 1 to 1000 characters, got " + found,
                Given.call("shop/createCoupon")
                        .body("{\"deploymentUrl\":\"d\",\"campaignId\":1," + member + "}")
                        .fails());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"kept":"a\\ud83d"} | {"kept":"a\uFFFD","list":[7]}
            {"kept":"\\ude00\\ud83d\\ude00\\ud83d"} | {"kept":"\uFFFD\ud83d\ude00\uFFFD","list":[7]}
            {"plain":{"\\ud83dn":["\\ud83dx"]}} | {"list":[7],"plain":{"\uFFFDn":["\uFFFDx"]}}
            {"plain":"{\\"a\\":\\"\\\\ud83d\\"}"} | {"list":[7],"plain":{"a":"\uFFFD"}}
            """)
    void halfACharacterBecomesTheReplacementCharacter(String body, String checked) throws ContractViolation {
        assertEquals(checked, Given.values(body).body());
    }

    @Test
    void aBlankTextInAnOptionalNumberOrBooleanMeansThatItWasLeftOut() throws ContractViolation {
        assertEquals(
                "{\"list\":[7],\"nested\":{\"a\":4}}",
                Given.values(
                                "{\"small\":\"\",\"above\":\" \",\"choice\":\"\",\"either\":\" \",\"nested\":{\"a\":\"\"}}")
                        .body());
        assertEquals(
                "/campaignId: is required: expected an integer of at least 1, got a blank string",
                Given.call("shop/createCoupon")
                        .body("{\"deploymentUrl\":\"d\",\"campaignId\":\" \",\"identifier\":\"i\"}")
                        .fails());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "12", "9007199254740993", "123456789012345678901234567890"})
    void theDigitsOfANumberWhereATextIsMeantAreKept(String number) throws ContractViolation {
        assertEquals(
                "{\"kept\":\"" + number + "\",\"list\":[7]}",
                Given.values("{\"kept\":" + number + "}").body());
    }

    @Test
    void everyProblemIsNamedUpToEight() {
        String text = Given.coupon(
                        "\"applicationId\":0,\"usageLimit\":1000000,\"discountLimit\":\"x\",\"integrationId\":\"abcdef\","
                                + "\"startDate\":\"today\",\"limits\":[{\"action\":\"x\"}],\"validCharacters\":[1,2,3,4]")
                .fails();
        assertEquals(
                "/applicationId: expected an integer of at least 1; /usageLimit: expected an integer of at least 0 and"
                        + " of at most 999999; /discountLimit: expected a number of at least 0 and of at most 999999,"
                        + " got a string; /integrationId: expected a string of at most 5 characters; /startDate:"
                        + " expected an RFC 3339 date-time such as 2026-01-31T09:30:00Z; /limits/0/action: expected"
                        + " \"redeemCoupon\"; /limits/0/limit: is required: expected a number of at least 0;"
                        + " /limits/0/entities: is required: expected an array of at most 10 items",
                text);
    }

    @Test
    void noValueOfTheCallerIsRepeated() {
        String text = Given.coupon(
                        "\"applicationId\":\"s3cret\",\"startDate\":\"s3cret\",\"integrationId\":\"s3crets\","
                                + "\"limits\":\"s3cret\",\"validCharacters\":[{\"s3cret\":1}]")
                .fails();
        assertEquals(-1, text.indexOf("s3cret"), text);
    }

    @Test
    void lengthsCountCodePoints() throws ContractViolation {
        assertEquals(
                "{\"word\":\"😀😀😀\",\"list\":[7]}",
                Given.values("{\"word\":\"😀😀😀\"}").body());
        assertEquals(
                "/word: expected a string of 2 to 3 characters",
                Given.values("{\"word\":\"😀\"}").fails());
        assertEquals(
                "/word: expected a string of 2 to 3 characters",
                Given.values("{\"word\":\"😀😀😀😀\"}").fails());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"kept\":\"a\\u0000\"}", "{\"plain\":{\"\\u0000\":1}}", "{\"map\":{\"a\\u0000\":1}}"})
    void textThatCannotBeStoredIsRefusedEverywhere(String body) {
        String text = Given.values(body).fails();
        assertTrue(text.contains("text without NUL characters"), text);
    }

    @Test
    void unknownMembersStayOnlyWhereTheFileLetsThemThrough() throws ContractViolation {
        assertEquals(
                "{\"list\":[7],\"open\":{\"a\":1,\"b\":[true,null]},\"map\":{\"x\":1},\"plain\":{\"c\":{\"d\":1.50}},"
                        + "\"nested\":{\"a\":1}}",
                Given.values("{\"open\":{\"b\":[true,null],\"a\":\"1\"},\"map\":{\"x\":\"1\",\"y\":null},"
                                + "\"plain\":{\"c\":{\"d\":1.50}},\"nested\":{\"a\":1,\"b\":2},\"z\":1}")
                        .body());
    }

    @Test
    void aListIsCappedEvenWhereTheFileSetsNoLimit() throws ContractViolation {
        String most = "0,".repeat(ArrayType.MOST_ITEMS - 1) + "0";
        assertEquals(
                ArrayType.MOST_ITEMS,
                Given.values("{\"freeList\":[" + most + "]}")
                        .passes()
                        .call()
                        .at("/body/freeList")
                        .size());
        assertEquals(
                "/freeList: expected at most 10000 items",
                Given.values("{\"freeList\":[" + most + ",0]}").fails());
    }

    @Test
    void charactersMayBeAPlainStringOrAListOrItsText() throws ContractViolation {
        for (String sent : new String[] {"\"AB😀\"", "[\"A\",\"B\",\"😀\"]", "\"[\\\"A\\\",\\\"B\\\",\\\"😀\\\"]\""}) {
            assertEquals(
                    "[\"A\",\"B\",\"😀\"]",
                    Given.coupon("\"validCharacters\":" + sent)
                            .passes()
                            .call()
                            .at("/body/validCharacters")
                            .toString());
        }
        assertEquals(
                "[\"[\",\"A\"]",
                Given.coupon("\"validCharacters\":\"[A\"")
                        .passes()
                        .call()
                        .at("/body/validCharacters")
                        .toString());
        assertEquals(
                "[\"1\",\"2\"]",
                Given.coupon("\"validCharacters\":\"12\"")
                        .passes()
                        .call()
                        .at("/body/validCharacters")
                        .toString());
    }

    @Test
    void anAliasStandsForItsNameAndBothTogetherAreRefused() throws ContractViolation {
        assertEquals(
                12,
                Given.coupon("\"applicationID\":\"12\"")
                        .passes()
                        .call()
                        .at("/body/applicationId")
                        .intValue());
        assertEquals(
                "/applicationId: expected one spelling of the name, found applicationID as well",
                Given.coupon("\"applicationID\":1,\"applicationId\":1").fails());
        assertEquals(
                "/campaignId: expected one spelling of the name, found campaignID as well",
                Given.coupon("\"campaignID\":1").fails());
    }

    @Test
    void equalNumbersAreEqualNodesHoweverTheyWereWritten() throws ContractViolation {
        assertEquals(
                Given.coupon("\"usageLimit\":3,\"discountLimit\":4").passes(),
                Given.coupon("\"usageLimit\":\"3\",\"discountLimit\":\"4\"").passes());
    }

    @Test
    void textOfANumberDeepInsideBecomesThatNumber() throws ContractViolation {
        String limits = "\"limits\":[{\"action\":\"redeemCoupon\",\"limit\":\"2\",\"entities\":[\"Coupon\"]}]";
        assertEquals(
                "[{\"action\":\"redeemCoupon\",\"limit\":2,\"entities\":[\"Coupon\"]}]",
                Given.coupon(limits + ",\"integrationId\":\"a\"")
                        .passes()
                        .call()
                        .at("/body/limits")
                        .toString());
    }

    @Test
    void theExpectedValueOfAMemberDeepInsideIsNamedByItsPointer() {
        assertEquals(
                "/limits/1/action: expected \"redeemCoupon\"; /limits/1/entities/1: expected one of Coupon, Profile",
                Given.coupon("\"limits\":[{\"action\":\"redeemCoupon\",\"limit\":1,\"entities\":[]},"
                                + "{\"action\":\"pay\",\"limit\":1,\"entities\":[\"Coupon\",\"Cart\"]}]")
                        .fails());
    }
}
