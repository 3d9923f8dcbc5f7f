package dev.partnergateway.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The {@code Date} of answers, made once a second. */
public final class HttpDate {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private record Made(long second, String text) {}

    private static volatile Made last = new Made(0, "");

    private HttpDate() {}

    /** Now, such as {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    public static String now() {
        long second = System.currentTimeMillis() / 1000;
        Made made = last;
        if (made.second() != second) {
            made = new Made(second, FORMAT.format(Instant.ofEpochSecond(second)));
            last = made;
        }
        return made.text();
    }
}
