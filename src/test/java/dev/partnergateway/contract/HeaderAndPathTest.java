package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderAndPathTest {

    @Test
    void headersAreGivenUnderTheirDeclaredNames() throws ContractViolation {
        assertEquals(
                "{\"destination-hostname\":\"shop.example\",\"platform-name\":\"Shop\",\"X-Language\":\"de\",\"X-Count\":3}",
                Given.query("")
                        .header("x-language", " de ")
                        .header("X-COUNT", "3")
                        .header("X-Other", "a")
                        .headers()
                        .toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"undefined", "null", "", "  "})
    void anOptionalHeaderBuiltOfNothingIsAbsent(String value) throws ContractViolation {
        assertEquals(
                Given.query("").headers(),
                Given.query("")
                        .header("X-Language", value)
                        .header("X-Count", value)
                        .headers());
    }

    @Test
    void aRequiredHeaderMustNotBeMissingOrBlankOrTooLong() {
        String expected = "header platform-name: is required: expected a string of at most 5 characters";
        assertEquals(expected, Given.query("").without("platform-name").fails());
        assertEquals(
                expected + ", got a blank string",
                Given.query("")
                        .without("platform-name")
                        .header("platform-name", " ")
                        .fails());
        assertEquals(
                "header platform-name: expected a string of at most 5 characters",
                Given.query("")
                        .without("platform-name")
                        .header("platform-name", "undefined")
                        .fails());
    }

    @Test
    void aDeclaredHeaderMustNotBeGivenTwice() {
        assertEquals(
                "header X-Language: expected once, found it several times",
                Given.query("")
                        .header("X-Language", "de")
                        .header("x-language", "de")
                        .fails());
    }

    @Test
    void aHeaderThatAsksForNoChangeIsABoolean() throws ContractViolation {
        assertTrue(Given.coupon("").header("x-dry-run", "TRUE").passes().dryRun());
        assertFalse(Given.coupon("").header("X-DRY-RUN", "false").passes().dryRun());
        assertFalse(Given.coupon("").header("X-DRY-RUN", "null").passes().dryRun());
        assertFalse(Given.coupon("").passes().dryRun());
        assertEquals(
                "header X-DRY-RUN: expected true or false, got a string",
                Given.coupon("").header("X-DRY-RUN", "yes").fails());
    }

    private static Given put(String profileId) {
        return Given.call("shop/putProfile")
                .path("profileId", profileId)
                .path("audienceId", "12")
                .rawQuery("deployment=shop.example");
    }

    @ParameterizedTest
    @CsvSource({"a%2Fb,a/b", "a%20b,a b", "a+b,a+b", "%C3%A9,é", "...,...", "%7B,{"})
    void aPathParameterIsDecoded(String sent, String expected) throws ContractViolation {
        assertEquals(
                "{\"profileId\":\"" + expected + "\",\"audienceId\":12}",
                put(sent).path().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''           | is required: expected a string of at most 10 characters, got a blank string
            %20          | is required: expected a string of at most 10 characters, got a blank string
            .            | expected text that is not "." or ".." and has no control characters
            %2E%2e       | expected text that is not "." or ".." and has no control characters
            a%0d%0ab     | expected text that is not "." or ".." and has no control characters
            a%7f         | expected text that is not "." or ".." and has no control characters
            a%c2%85      | expected text that is not "." or ".." and has no control characters
            a%00         | expected percent-encoded UTF-8 without NUL
            a%ff         | expected percent-encoded UTF-8 without NUL
            a%2          | expected percent-encoded UTF-8 without NUL
            12345678901  | expected a string of at most 10 characters
            """)
    void aPathParameterThatIsUnsafeOrDoesNotFitIsRefused(String sent, String expected) {
        assertEquals("path parameter profileId: " + expected, put(sent).fails());
    }

    @Test
    void aPathParameterIsTypedAsDeclared() {
        assertEquals(
                "path parameter audienceId: expected an integer of at least 1, got a string",
                put("a").path("audienceId", "audience1").fails());
        assertEquals(
                "path parameter profileId: is required: expected a string of at most 10 characters",
                Given.call("shop/putProfile")
                        .path("audienceId", "1")
                        .rawQuery("deployment=d")
                        .fails());
    }

    @Test
    void aCallIsNotPrintedWithItsContents() throws ContractViolation {
        Checked checked = Given.coupon("").passes();
        assertEquals("Checked[dryRun=false]", checked.toString());
        assertEquals(
                "RawCall[3 body bytes]",
                new RawCall(Map.of("id", "secret"), "key=secret", name -> java.util.List.of(), new byte[3]).toString());
    }
}
