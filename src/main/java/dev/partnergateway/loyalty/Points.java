package dev.partnergateway.loyalty;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Points to be added, as they are written down: {@code {operation, path, body, key, sendAgain, sentTwice}}. Times and
 * durations do not tell points apart, because Talon.One changes them.
 */
final class Points {

    private static final int PART = 28;

    private final ObjectNode content;

    Points(ObjectNode content) {
        this.content = content;
    }

    JsonNode path() {
        return content.path("path");
    }

    BigDecimal amount() {
        return rounded(content.path("body").path("points"));
    }

    /** Talon.One may keep no more than two digits behind the point. */
    static BigDecimal rounded(JsonNode amount) {
        return amount.decimalValue().setScale(2, RoundingMode.HALF_UP).stripTrailingZeros();
    }

    /** Empty = Talon.One gives them a name. */
    String label() {
        return content.path("body").path("name").asText("");
    }

    /** Empty = the program's main ledger. */
    String subledger() {
        return content.path("body").path("subledgerId").asText("");
    }

    /** SHA-256 of the partner's key that they were asked for with. */
    String keyHash() {
        return content.path("key").asText();
    }

    boolean repeatable() {
        return content.path("sendAgain").asBoolean();
    }

    boolean mayBeSentAgain() {
        return repeatable() && !content.path("sentTwice").asBoolean();
    }

    ObjectNode lastTime() {
        return content.deepCopy().put("sentTwice", true);
    }

    /** The same for points that nobody can tell apart afterwards. */
    String name() {
        return nameOfAnyLabel() + Credential.sha256(label()).substring(0, PART);
    }

    /** How names of all points begin that might be these: those without a label of their own might have any. */
    String nameOfMatching() {
        return label().isEmpty() ? nameOfAnyLabel() : name();
    }

    private String nameOfAnyLabel() {
        String parts = JsonNodeFactory.instance
                .arrayNode()
                .add(path().path("loyaltyProgramId").asText())
                .add(path().path("integrationId").asText())
                .add(amount().toPlainString())
                .add(subledger())
                .toString();
        return Credential.sha256(parts).substring(0, PART);
    }

    /** Stands for a transaction whose id Talon.One did not tell. */
    JsonNode madeWithoutId() {
        return JsonNodeFactory.instance.objectNode().put("id", name());
    }
}
