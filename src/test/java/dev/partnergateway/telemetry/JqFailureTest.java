package dev.partnergateway.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may stand in a log of what jq says. */
class JqFailureTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Function seconds/0 does not exist | seconds | Function seconds/0 does not exist",
                "Cannot index string with \"loyalty\" | .a.loyalty | Cannot index string with \"loyalty\"",
                "Cannot iterate over string (\"alice@example.com\") | .a[] | Cannot iterate over string (…)",
                "string (\"A-SECRET-CODE\") and number (12345) cannot be added | .a + 1 | string (…) and number (…) cannot be added",
                "object ({\"email\":\"bob\"}) cannot be parsed as a number | .email + x | object (…) cannot be parsed as a number"
            })
    void dataIsLeftOutAndWhatTheRouteSaysStays(String message, String expression, String kept) {
        assertEquals(kept, JqFailure.reticent(message, expression));
    }
}
