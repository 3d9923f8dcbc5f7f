package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.partnergateway.call.PartnerCall;
import java.util.Map;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.apache.camel.language.jq.JqFunctions;

/**
 * What a route's jq has beside jq's own functions, by name and number of arguments. Regular expressions and whatever else takes more than one look
 * at a caller's text are not for routes: these take time that grows with the length of the text and no faster.
 */
public final class RouteFunctions {

    /**
     * {@code call}: the partner's call, checked and coerced, as {@code {path, query, headers, body}}, from the first step to
     * the last. {@code kept("name")}: the answer that an earlier step kept with {@code variableReceive: name}, as JSON;
     * Camel's own {@code variable} would give its text. {@code counted}: the same, after what it weighs was taken from what the call may cost;
     * for what a route makes many times of one part of a call. {@code addressable}, {@code whole} and {@code alphanumeric} are
     * described below.
     */
    public static final Map<String, Function> ALL = Map.of(
            "call/0",
            (scope, arguments, in, path, output, version) -> output.emit(
                    PartnerCall.of(JqFunctions.EXCHANGE_LOCAL.get()).checked().call(), null),
            "kept/1",
            (scope, arguments, in, path, output, version) -> arguments.get(0).apply(scope, in, name -> {
                JsonNode kept = JqFunctions.EXCHANGE_LOCAL.get().getVariable(name.asText(), JsonNode.class);
                output.emit(kept == null ? NullNode.getInstance() : kept, null);
            }),
            "counted/0",
            (scope, arguments, in, path, output, version) -> {
                PartnerCall.of(JqFunctions.EXCHANGE_LOCAL.get()).budget().tree(in);
                output.emit(in, null);
            },
            "addressable/0",
            (scope, arguments, in, path, output, version) -> output.emit(BooleanNode.valueOf(isAddressable(in)), null),
            "whole/0",
            (scope, arguments, in, path, output, version) -> output.emit(whole(in), null),
            "alphanumeric/1",
            (scope, arguments, in, path, output, version) -> arguments.get(0).apply(scope, in, other -> {
                if (!in.isTextual()) {
                    throw new JsonQueryException("alphanumeric takes a text");
                }
                output.emit(TextNode.valueOf(alphanumeric(in.textValue(), other.asText())), null);
            }));

    /** As many characters as Talon.One takes for an id. */
    private static final int LONGEST_ADDRESS = 1000;

    /** Digits that always fit 64 bits. */
    private static final int MOST_DIGITS = 18;

    private RouteFunctions() {}

    /**
     * {@code addressable}: whether a text or number can be an id in the address of a call: 1 to 1000 characters that are
     * not all blank, no control character, and neither {@code .} nor {@code ..}, which would lead to another address.
     */
    static boolean isAddressable(JsonNode value) {
        if (!value.isTextual() && !value.isNumber()) {
            return false;
        }
        String text = value.asText();
        // A character outside the basic plane counts once, and takes two places.
        if (text.length() > 2 * LONGEST_ADDRESS || text.codePointCount(0, text.length()) > LONGEST_ADDRESS) {
            return false;
        }
        String core = text.strip();
        return !core.isEmpty()
                && !core.equals(".")
                && !core.equals("..")
                && text.chars().noneMatch(Character::isISOControl);
    }

    /**
     * {@code whole}: the number that a whole number of at least 0, or a text of at most 18 digits with or without spaces
     * around them, stands for, with every digit; null for anything else.
     */
    static JsonNode whole(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) {
            return value;
        }
        String text = value.isTextual() ? value.textValue().strip() : "";
        boolean digits =
                !text.isEmpty() && text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? LongNode.valueOf(Long.parseLong(text)) : NullNode.getInstance();
    }

    /** {@code alphanumeric("_")}: a text with every character but the letters A to Z and digits replaced. */
    static String alphanumeric(String text, String other) {
        StringBuilder replaced = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean kept = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            if (kept) {
                replaced.append((char) c);
            } else {
                replaced.append(other);
            }
        });
        return replaced.toString();
    }
}
