package dev.partnergateway.sandbox;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** RFC 3339 times with milliseconds. */
final class Times {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private Times() {}

    static String write(Instant time) {
        return FORMAT.format(time);
    }

    /**
     * @throws DateTimeException when the text is not an RFC 3339 time
     */
    static Instant read(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    static boolean readable(String text) {
        try {
            read(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /**
     * The end of a duration such as {@code 30D} or {@code 1M_U}.
     *
     * @param duration number, unit out of s m h D W M Y, and optionally _D (start of the day) or _U (end of the unit)
     */
    static Instant after(Instant start, String duration) {
        String[] parts = duration.split("_", 2);
        long amount = Long.parseLong(parts[0].substring(0, parts[0].length() - 1));
        char unit = parts[0].charAt(parts[0].length() - 1);
        OffsetDateTime end = start.atOffset(ZoneOffset.UTC).plus(amount, unit(unit));
        if (parts.length == 1) {
            return end.toInstant();
        }
        OffsetDateTime day = end.truncatedTo(ChronoUnit.DAYS);
        if (parts[1].equals("D")) {
            return day.toInstant();
        }
        OffsetDateTime first =
                switch (unit) {
                    case 'W' -> day.minusDays(day.getDayOfWeek().getValue() - 1L);
                    case 'M' -> day.withDayOfMonth(1);
                    case 'Y' -> day.withDayOfYear(1);
                    default -> day;
                };
        return first.plus(1, unit(unit)).minus(1, ChronoUnit.MILLIS).toInstant();
    }

    private static ChronoUnit unit(char unit) {
        return switch (unit) {
            case 's' -> ChronoUnit.SECONDS;
            case 'm' -> ChronoUnit.MINUTES;
            case 'h' -> ChronoUnit.HOURS;
            case 'D' -> ChronoUnit.DAYS;
            case 'W' -> ChronoUnit.WEEKS;
            case 'M' -> ChronoUnit.MONTHS;
            default -> ChronoUnit.YEARS;
        };
    }
}
