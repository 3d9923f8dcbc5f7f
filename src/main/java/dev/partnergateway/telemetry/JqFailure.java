package dev.partnergateway.telemetry;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/**
 * Why jq failed, in its own words. These quote the data it failed on, which belongs into no log: of a message that may be
 * read by anybody only words are kept that jq itself always says, or that stand in the expression.
 */
final class JqFailure {

    private static final Pattern PIECE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*|[0-9.]*[0-9]|\\s+|.", Pattern.DOTALL);
    private static final String SIGNS = " ,.:;()[]/\"";

    /** A value that a message quotes, after its type. */
    private static final Pattern VALUE = Pattern.compile(
            "\\b(string|number|object|array|boolean) \\(.*?\\)"
                    + "(?= and (?:string|number|object|array|boolean|null) \\(| cannot\\b|$)",
            Pattern.DOTALL);

    private static final String LEFT_OUT = "…";

    private static final Set<String> WORDS = Set.of(("a accept added an and applicable argument arguments array arrays"
                    + " as attempt base64 be because boolean by cannot checked codepoints contains containment date deep"
                    + " defined divided divisor does element end exist expected expression failed field for format"
                    + " formatted function given gives got has implode in index indices input invalid is it iterate its"
                    + " jq json key keys length list match mend mod must multiplied near negated no not null number"
                    + " numbers numeric object objects of one only or over parse parsed path reversed row separator"
                    + " slice sorted split start step string strings subtracted takes than text that the through to too"
                    + " update use used valid value went which with zero")
            .split(" "));

    private JqFailure() {}

    /** What jq says of a failure; null when it is not one of jq. */
    static String of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonQueryException query) {
                return query.getOriginalMessage();
            }
        }
        return null;
    }

    /**
     * A message without data.
     *
     * @param expression what stands in the route
     */
    static String reticent(String message, String expression) {
        StringBuilder kept = new StringBuilder();
        Matcher pieces = PIECE.matcher(VALUE.matcher(message).replaceAll("$1 (" + LEFT_OUT + ")"));
        while (pieces.find()) {
            String piece = pieces.group();
            boolean known = WORDS.contains(piece.toLowerCase(Locale.ROOT))
                    || piece.length() == 1 && (SIGNS + LEFT_OUT).contains(piece)
                    || kept.toString().endsWith("/") && piece.matches("[0-9]");
            if (known || piece.isBlank() || stands(piece, expression)) {
                kept.append(piece.isBlank() ? " " : piece);
            } else if (!kept.toString().endsWith(LEFT_OUT)) {
                kept.append(LEFT_OUT);
            }
        }
        return kept.toString();
    }

    private static boolean stands(String word, String expression) {
        return Character.isLetterOrDigit(word.charAt(0))
                && Pattern.compile("(?<![A-Za-z0-9_])" + Pattern.quote(word) + "(?![A-Za-z0-9_])")
                        .matcher(expression)
                        .find();
    }
}
