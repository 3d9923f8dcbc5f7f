package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions that routes have beside jq's own. */
class RouteFunctionsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"\"alice\"", "\" a b \"", "\"...\"", "\".a\"", "7", "\"\\ud83d\\ude00\"", "\"a/b\""})
    void whatCanBeAnIdIsAddressable(String json) throws Exception {
        assertTrue(RouteFunctions.isAddressable(JSON.readTree(json)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"\"",
                "\"  \"",
                "\".\"",
                "\"..\"",
                "\" .. \"",
                "\"\\t.\"",
                "\"a\\u0000\"",
                "\"a\\nb\"",
                "true",
                "{}",
                "[\"a\"]"
            })
    void whatWouldLeadToAnotherAddressIsNot(String json) throws Exception {
        assertFalse(RouteFunctions.isAddressable(JSON.readTree(json)));
    }

    @Test
    void anIdHasAtMostAThousandCharactersHoweverWide() {
        assertTrue(RouteFunctions.isAddressable(text("a".repeat(1000))));
        assertFalse(RouteFunctions.isAddressable(text("a".repeat(1001))));
        assertTrue(RouteFunctions.isAddressable(text("\ud83d\ude00".repeat(1000))));
        assertFalse(RouteFunctions.isAddressable(text("\ud83d\ude00".repeat(1001))));
        assertFalse(RouteFunctions.isAddressable(text(" ".repeat(100_000) + "x")));
    }

    @ParameterizedTest
    @CsvSource({
        "12, 12",
        "0, 0",
        "'\" 12 \"', 12",
        "'\"0012\"', 12",
        "9007199254740993, 9007199254740993",
        "'\"900719925474099301\"', 900719925474099301",
        "-1, null",
        "1.0, null",
        "1e3, null",
        "99999999999999999999, null",
        "'\"1e999999999\"', null",
        "'\"9999999999999999999\"', null",
        "'\"1 2\"', null",
        "'\"\u0663\"', null",
        "'\"\"', null",
        "null, null",
        "true, null"
    })
    void aWholeNumberIsReadWithEveryDigit(String json, String number) throws Exception {
        assertEquals(number, RouteFunctions.whole(JSON.readTree(json)).toString());
    }

    @ParameterizedTest
    @CsvSource({"VIP 2026, VIP_2026", "a-b, a_b", "\ud83d\ude00x, _x", "'', ''", "\u00e4Z9, _Z9"})
    void allButLettersAndDigitsIsReplaced(String text, String replaced) {
        assertEquals(replaced, RouteFunctions.alphanumeric(text, "_"));
    }

    private static JsonNode text(String text) {
        return JSON.getNodeFactory().textNode(text);
    }
}
