package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;

/** What every text of a call must be, declared or not: what storage and upstream can carry unchanged. */
final class Text {
    static final String WITHOUT_NUL = "text without NUL characters";

    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /** Whether a text has no NUL, which PostgreSQL cannot store. Halves of surrogate pairs are gone by now. */
    static boolean isClean(String text) {
        return text.indexOf('\0') < 0;
    }

    /** Whether any text or member name in a value holds a NUL. */
    static boolean hasNul(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue().indexOf('\0') >= 0;
        }
        for (var member : value.properties()) {
            if (member.getKey().indexOf('\0') >= 0) {
                return true;
            }
        }
        for (JsonNode child : value) {
            if (hasNul(child)) {
                return true;
            }
        }
        return false;
    }

    /** The text with the replacement character for each half of a surrogate pair: senders cut texts in the middle of one. */
    static String whole(String text) {
        StringBuilder whole = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                whole = whole == null ? new StringBuilder(text) : whole;
                whole.setCharAt(i, REPLACEMENT);
            }
        }
        return whole == null ? text : whole.toString();
    }

    /** Checks the texts, names and numbers inside a free-form value; null after a problem was reported. */
    static JsonNode checkFree(JsonNode value, Check check) {
        switch (value.getNodeType()) {
            case STRING:
                return isClean(value.textValue()) ? value : check.refuse(WITHOUT_NUL);
            case NUMBER:
                return Numbers.isReasonable(value) ? value : check.refuse(Numbers.REASONABLE);
            case ARRAY:
                boolean items = true;
                for (int i = 0; i < value.size() && !check.full(); i++) {
                    check.enter(i);
                    items &= checkFree(value.get(i), check) != null;
                    check.leave();
                }
                return items ? value : null;
            case OBJECT:
                boolean members = true;
                for (var member : value.properties()) {
                    check.enter(member.getKey());
                    if (!isClean(member.getKey())) {
                        members = check.refuse("a member name of " + WITHOUT_NUL) != null;
                    }
                    members &= checkFree(member.getValue(), check) != null;
                    check.leave();
                }
                return members ? value : null;
            default:
                return value;
        }
    }
}
