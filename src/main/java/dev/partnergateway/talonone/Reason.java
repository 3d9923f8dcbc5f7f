package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Refusal;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Why something was refused, fit for the log: Talon.One's words may repeat what was sent, so that every value of the
 * request is taken out of them. Names of attributes and of event types stay: they say what to mend.
 */
final class Reason {

    private static final int LONGEST = 300;
    private static final int SHORT = 3;
    private static final String HIDDEN = "…";

    private Reason() {}

    static String of(JsonNode request, Refusal refusal) {
        Set<String> values = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        values(request.path("path"), values);
        request.path("body").properties().forEach(member -> {
            if (!member.getKey().equals("type")) {
                values(member.getValue(), values);
            }
        });
        String text = refusal.getMessage();
        if (text.length() >= UpstreamErrors.LONGEST) {
            // A value that was cut in two would not be found.
            text = text.substring(0, Math.max(0, text.lastIndexOf(' ')));
        }
        for (String value : values) {
            text = without(text, value);
        }
        StringBuilder clean = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            clean.append(clean.isEmpty() ? "" : " ").append(isPersonal(word) ? HIDDEN : word);
        }
        String reason = clean.toString().replaceAll("\\p{Cntrl}", " ");
        return reason.length() > LONGEST ? reason.substring(0, LONGEST) : reason;
    }

    private static void values(JsonNode node, Set<String> found) {
        if (node.isValueNode()
                && !node.isNull()
                && !node.isBoolean()
                && !node.asText().isBlank()) {
            found.add(node.asText());
        }
        node.forEach(part -> values(part, found));
    }

    /** Without a text, in any letter case; a short one only where it is a word of its own. */
    private static String without(String text, String value) {
        String lower = text.toLowerCase(Locale.ROOT);
        String wanted = value.toLowerCase(Locale.ROOT);
        if (lower.length() != text.length()) {
            return HIDDEN;
        }
        StringBuilder rest = new StringBuilder();
        int from = 0;
        for (int at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length())) {
            int end = at + wanted.length();
            boolean alone = (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                    && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
            if (alone || wanted.length() > SHORT) {
                rest.append(text, from, at).append(HIDDEN);
                from = end;
            }
        }
        return rest.append(text.substring(from)).toString();
    }

    /** Addresses and long numbers, should Talon.One name another than was sent. */
    private static boolean isPersonal(String word) {
        return word.indexOf('@') >= 0 || word.chars().filter(Character::isDigit).count() > 5;
    }
}
