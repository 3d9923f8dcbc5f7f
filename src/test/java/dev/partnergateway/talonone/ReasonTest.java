package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.call.Refusal;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the log tells of Talon.One's reasons: what to mend, and nothing of whom it was about. */
class ReasonTest {

    private static String reason(String text) throws IOException {
        JsonNode request = new ObjectMapper()
                .readTree(
                        "{\"path\":{\"integrationId\":\"Jane Doe\"},\"body\":{\"profileId\":\"jane.doe\",\"type\":\"bought\","
                                + "\"attributes\":{\"age\":7,\"city\":\"Kiel\",\"tags\":[\"secret-tag\"]}}}");
        return Reason.of(request, Refusal.of(400, text));
    }

    @Test
    void namesOfEventsAndAttributesStay() throws IOException {
        String text = "There is no event type 'bought'; There is no attribute 'age' for Event /attributes/age";
        assertEquals(text, reason(text));
    }

    @Test
    void valuesAreTakenOutHoweverTheyAreWritten() throws IOException {
        String told = reason("Customer 'JANE DOE' (jane.doe) of Kiel, kiel: secret-tag is not 7, but /attributes/age");
        for (String value : new String[] {"JANE", "jane", "Kiel", "kiel", "secret-tag", " 7"}) {
            assertFalse(told.contains(value), told);
        }
        assertTrue(told.contains("/attributes/age"), told);
    }

    @Test
    void addressesAndLongNumbersAreTakenOutWhosever() throws IOException {
        String told = reason("It belongs to someone@example.com, number 4915112345678");
        assertFalse(told.contains("example.com") || told.contains("4915112345678"), told);
    }

    @Test
    void aLongReasonIsCutAndStaysOneLine() throws IOException {
        assertTrue(reason("a\nb\u0007".repeat(1000)).length() <= 300);
        assertFalse(reason("a\nb").contains("\n"));
    }
}
