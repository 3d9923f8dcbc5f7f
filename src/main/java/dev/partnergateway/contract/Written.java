package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** What a text of a caller stands for where its type becomes known later than its contract; as strict as the contract. */
public final class Written {
    private Written() {}

    /** The number that a text is, with every digit; a missing node when it is none, or none that anybody can work with. */
    public static JsonNode number(String text) {
        JsonNode number = Numbers.isJsonNumber(text) ? Numbers.parse(text) : null;
        return number == null ? MissingNode.getInstance() : number;
    }

    /**
     * The object or array that is written in a text; a missing node when there is none.
     *
     * @throws Budget.Exceeded when its tree would cost too much
     */
    public static JsonNode container(String text, Budget budget) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return MissingNode.getInstance();
        }
        JsonNode read = Json.readOrNull(text, budget, Json.DEEPEST);
        return read == null || Text.checkFree(read, new Check(budget)) == null ? MissingNode.getInstance() : read;
    }
}
