package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Numbers written as text: decimal integers and JSON numbers, with every digit kept. */
final class Numbers {
    static final String REASONABLE = "a number of at most 400 digits whose power of ten is from -308 to 308";

    /** As long as a JSON number may be in a body. */
    static final int MOST_DIGITS = 400;

    /** The range of a double: {@code 1e999999999} is a short text, but written out it fills the memory. */
    private static final int GREATEST_EXPONENT = 308;

    private static final int LONGEST_EXPONENT = 6;

    /** A run of so many digits always fits a long. */
    private static final int SAFE_LONG_DIGITS = 18;

    private Numbers() {}

    /** Whether the text is an optional minus and decimal digits, and the value fits 64 bits. */
    static boolean isInteger(String text) {
        int digits = startOfDigits(text);
        if (text.length() == digits || endOfDigits(text, digits) != text.length()) {
            return false;
        }
        if (text.length() - digits <= SAFE_LONG_DIGITS) {
            return true;
        }
        return text.length() <= MOST_DIGITS && new BigInteger(text).bitLength() < Long.SIZE;
    }

    /** Whether the text is exactly one number of the JSON grammar. */
    static boolean isJsonNumber(String text) {
        int start = startOfDigits(text);
        int i = endOfDigits(text, start);
        if (i == start || (text.charAt(start) == '0' && i > start + 1)) {
            return false;
        }
        if (i < text.length() && text.charAt(i) == '.') {
            int fraction = i + 1;
            i = endOfDigits(text, fraction);
            if (i == fraction) {
                return false;
            }
        }
        if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            int exponent = i + 1;
            if (exponent < text.length() && (text.charAt(exponent) == '+' || text.charAt(exponent) == '-')) {
                exponent++;
            }
            i = endOfDigits(text, exponent);
            if (i == exponent) {
                return false;
            }
        }
        return i == text.length();
    }

    /** The value of a JSON number, whole when it is written whole; null when it is not reasonable. */
    static JsonNode parse(String jsonNumber) {
        if (jsonNumber.length() > MOST_DIGITS || exponentLength(jsonNumber) > LONGEST_EXPONENT) {
            return null;
        }
        if (endOfDigits(jsonNumber, startOfDigits(jsonNumber)) < jsonNumber.length()) {
            JsonNode decimal = DecimalNode.valueOf(new BigDecimal(jsonNumber));
            return isReasonable(decimal) ? decimal : null;
        }
        if (jsonNumber.length() <= SAFE_LONG_DIGITS) {
            return LongNode.valueOf(Long.parseLong(jsonNumber));
        }
        BigInteger whole = new BigInteger(jsonNumber);
        JsonNode number =
                whole.bitLength() < Long.SIZE ? LongNode.valueOf(whole.longValue()) : Json.FACTORY.numberNode(whole);
        return isReasonable(number) ? number : null;
    }

    static boolean isReasonable(JsonNode number) {
        if (number.isLong() || number.isInt()) {
            return true;
        }
        BigDecimal value = number.decimalValue();
        long exponent = (long) value.precision() - value.scale() - 1;
        return value.signum() == 0
                ? Math.abs((long) value.scale()) <= MOST_DIGITS
                : Math.abs(exponent) <= GREATEST_EXPONENT;
    }

    private static int startOfDigits(String text) {
        return text.startsWith("-") ? 1 : 0;
    }

    private static int endOfDigits(String text, int start) {
        int i = start;
        // Character.isDigit would let the digits of other scripts through.
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    private static int exponentLength(String jsonNumber) {
        int e = Math.max(jsonNumber.indexOf('e'), jsonNumber.indexOf('E'));
        return e < 0 ? 0 : jsonNumber.length() - e - 1;
    }
}
