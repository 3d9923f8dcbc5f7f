package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.partnergateway.cases.AnswerContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The check of answers finds what is wrong with them. */
class AnswerContractTest {

    private static final AnswerContract CONTRACTS = new AnswerContract(Path.of("openapi"));

    private static final String LEDGER = "{\"id\":1,\"ledger\":{\"currentBalance\":1.5},\"subLedgers\":{\"a\":{}}}";
    private static final String ERROR = "{\"StatusCode\":400,\"Error\":\"text\",\"RequestUUID\":\"id\"}";

    private static String violation(String method, String path, int status, String body) {
        return CONTRACTS
                .violation(method, path, status, body.getBytes(StandardCharsets.UTF_8))
                .orElse(null);
    }

    @Test
    void anAnswerAsDocumentedIsFine() {
        assertNull(violation("GET", "/iterable/loyalty?deployment=x", 200, LEDGER));
        assertNull(violation("GET", "/iterable/loyalty", 400, ERROR));
        assertNull(violation("GET", "/iterable/loyalty", 504, ERROR));
        assertNull(violation("POST", "/customer_engagement/add_loyalty_points", 204, ""));
    }

    @Test
    void aMemberOfAnotherTypeIsFound() {
        assertNotNull(violation("GET", "/iterable/loyalty", 200, LEDGER.replace("1.5", "\"1.5\"")));
        assertNotNull(violation("GET", "/iterable/loyalty", 400, ERROR.replace("400", "null")));
    }

    @Test
    void aMemberThatIsNotDocumentedIsFoundHoweverDeep() {
        assertNotNull(violation("GET", "/iterable/loyalty", 200, LEDGER.replace("\"a\":{}", "\"a\":{\"extra\":1}")));
        assertNotNull(violation("GET", "/iterable/loyalty", 404, ERROR.replace("{", "{\"extra\":1,")));
    }

    @Test
    void aMissingMemberIsFound() {
        assertNotNull(violation("GET", "/iterable/loyalty", 400, "{\"StatusCode\":400,\"Error\":\"text\"}"));
        assertNotNull(violation("GET", "/iterable/coupon", 200, "{\"ID\":1}"));
    }

    @Test
    void aSuccessThatIsNotDocumentedIsFound() {
        assertNotNull(violation("GET", "/iterable/loyalty", 201, LEDGER));
        assertNotNull(violation("POST", "/iterable/loyalty", 200, LEDGER));
        assertNotNull(violation("POST", "/customer_engagement/add_loyalty_points", 204, "{}"));
    }
}
