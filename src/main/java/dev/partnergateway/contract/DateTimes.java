package dev.partnergateway.contract;

/** RFC 3339 date-times, checked character by character because they are part of nearly every call. */
final class DateTimes {
    private static final int LENGTH_TO_SECONDS = "2026-01-31T09:30:00".length();
    private static final int LENGTH_OF_OFFSET = "+02:00".length();
    private static final int MINUTES_A_DAY = 24 * 60;

    private DateTimes() {}

    /**
     * The text to forward: unchanged, except that a space where the sign of the offset belongs, which is what an
     * unescaped plus becomes in a query string, is read as plus (docs/behaviour.md#coercion). Null when it is not a
     * date-time.
     */
    static String accept(String text) {
        int offset = endOfTime(text);
        if (offset < 0 || offset == text.length()) {
            return null;
        }
        char sign = text.charAt(offset);
        if (sign == 'Z' || sign == 'z') {
            return offset + 1 == text.length() && isSecondReal(text, 0) ? text : null;
        }
        if (text.length() - offset != LENGTH_OF_OFFSET
                || (sign != '+' && sign != '-' && sign != ' ')
                || text.charAt(offset + 3) != ':') {
            return null;
        }
        int hours = twoDigits(text, offset + 1, 0, 23);
        int minutes = twoDigits(text, offset + 4, 0, 59);
        if (hours < 0 || minutes < 0) {
            return null;
        }
        int ahead = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
        if (!isSecondReal(text, ahead)) {
            return null;
        }
        return sign == ' ' ? text.substring(0, offset) + '+' + text.substring(offset + 1) : text;
    }

    /** The index after the seconds and their fraction, or -1 when date or time is impossible. */
    private static int endOfTime(String text) {
        if (text.length() <= LENGTH_TO_SECONDS
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || (text.charAt(10) != 'T' && text.charAt(10) != 't')
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return -1;
        }
        int century = twoDigits(text, 0, 0, 99);
        int yearOfCentury = twoDigits(text, 2, 0, 99);
        int month = twoDigits(text, 5, 1, 12);
        if (century < 0
                || yearOfCentury < 0
                || month < 0
                || twoDigits(text, 8, 1, daysOf(century * 100 + yearOfCentury, month)) < 0
                || twoDigits(text, 11, 0, 23) < 0
                || twoDigits(text, 14, 0, 59) < 0
                || twoDigits(text, 17, 0, 60) < 0) {
            return -1;
        }
        int i = LENGTH_TO_SECONDS;
        if (text.charAt(i) != '.') {
            return i;
        }
        i++;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        return i == LENGTH_TO_SECONDS + 1 ? -1 : i;
    }

    /** Second 60 exists only as a leap second, which ends a day in UTC. */
    private static boolean isSecondReal(String text, int minutesAheadOfUtc) {
        if (text.charAt(17) != '6') {
            return true;
        }
        int minuteOfDay = twoDigits(text, 11, 0, 23) * 60 + twoDigits(text, 14, 0, 59);
        return Math.floorMod(minuteOfDay - minutesAheadOfUtc, MINUTES_A_DAY) == MINUTES_A_DAY - 1;
    }

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static int twoDigits(String text, int at, int least, int most) {
        char tens = text.charAt(at);
        char ones = text.charAt(at + 1);
        if (!isDigit(tens) || !isDigit(ones)) {
            return -1;
        }
        int value = (tens - '0') * 10 + ones - '0';
        return value >= least && value <= most ? value : -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
