package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Set;

/** A text, with its length counted in code points as OpenAPI does. */
final class StringType extends Type {
    private final boolean blankIsValue;
    private final int shortest;
    private final int longest;
    private final List<Pattern> patterns;
    private final Set<String> allowed;
    private final Set<String> forbidden;

    StringType(Draft draft) {
        super(expectation(draft), draft.nullable());
        blankIsValue = draft.minLength() != null && draft.minLength() == 0;
        shortest = draft.minLength() == null ? 0 : draft.minLength();
        longest = draft.maxLength() == null ? Json.LONGEST_TEXT : draft.maxLength();
        patterns = draft.patterns();
        forbidden = Set.copyOf(draft.forbiddenTexts());
        allowed = draft.enumTexts() == null ? null : Set.copyOf(draft.enumTexts());
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        if (!value.isTextual() && !value.isIntegralNumber()) {
            return check.refuse(expectation(), value);
        }
        // Templates drop the quotes of ids that are all digits: no digit is lost here.
        String text = value.asText();
        // What is too long is looked at no further.
        if (!hasLength(text) || (allowed != null && !allowed.contains(text)) || forbidden.contains(text)) {
            return check.refuse(expectation());
        }
        if (!Text.isClean(text)) {
            return check.refuse(Text.WITHOUT_NUL);
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (!patterns.get(i).matcher(text).find()) {
                return check.refuse(expectation());
            }
        }
        return value.isTextual() ? value : TextNode.valueOf(text);
    }

    /** A file that allows no characters at all in so many words means what it says. */
    @Override
    boolean blankMeansAbsent() {
        return !blankIsValue;
    }

    private boolean hasLength(String text) {
        int units = text.length();
        if (units < shortest) {
            return false;
        }
        // A code point takes one or two units, so most texts need no counting.
        if (units <= longest && units >= 2L * shortest) {
            return true;
        }
        if (units > 2L * longest) {
            return false;
        }
        int points = text.codePointCount(0, units);
        return points >= shortest && points <= longest;
    }

    private static String expectation(Draft draft) {
        if (draft.enumTexts() != null) {
            return Expectation.oneOf(draft.enumTexts());
        }
        StringBuilder text = new StringBuilder("a string");
        text.append(Expectation.count(draft.minLength(), draft.maxLength(), "character"));
        for (Pattern pattern : draft.patterns()) {
            text.append(" matching ").append(pattern.pattern());
        }
        if (!draft.forbiddenTexts().isEmpty()) {
            text.append(" other than ").append(String.join(", ", draft.forbiddenTexts()));
        }
        return text.toString();
    }
}
