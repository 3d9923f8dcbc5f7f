package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DateTimesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-31T09:30:00Z",
                "2026-01-31t09:30:00z",
                "2026-01-31T09:30:00.1Z",
                "2026-01-31T09:30:00.123456789012-00:00",
                "2024-02-29T00:00:00+23:59",
                "2000-02-29T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59-11:30",
                "2016-12-31T23:59:60Z",
                "2016-12-31T15:59:60.5-08:00",
                "2017-01-01T01:59:60+02:00"
            })
    void aDateTimeIsForwardedUnchanged(String text) {
        assertSame(text, DateTimes.accept(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-31",
                "2026-01-31T09:30:00",
                "2026-01-31 09:30:00Z",
                "2026-01-31T09:30Z",
                "2026-02-30T09:30:00Z",
                "2026-02-29T09:30:00Z",
                "1900-02-29T09:30:00Z",
                "2026-04-31T09:30:00Z",
                "2026-00-10T09:30:00Z",
                "2026-13-10T09:30:00Z",
                "2026-01-00T09:30:00Z",
                "2026-01-31T24:00:00Z",
                "2026-01-31T09:60:00Z",
                "2026-01-31T09:30:61Z",
                "2026-01-31T09:30:60Z",
                "2016-12-31T23:59:60+01:00",
                "2026-01-31T09:30:00.Z",
                "2026-01-31T09:30:00,5Z",
                "2026-01-31T09:30:00+24:00",
                "2026-01-31T09:30:00+02:60",
                "2026-01-31T09:30:00+0200",
                "2026-01-31T09:30:00+02",
                "2026-01-31T09:30:00  02:00",
                "2026-01-31T09:30:00ZZ",
                "2026-01-31T09:30:00Z ",
                " 2026-01-31T09:30:00Z",
                "2026-1-31T09:30:00Z",
                "12026-01-31T09:30:00Z",
                "+026-01-31T09:30:00Z",
                "٢٠٢٦-01-31T09:30:00Z",
                "2026-01-31T09:30:00.",
                "2026-01-31T09:30:00+02:0٠"
            })
    void anythingElseIsNoDateTime(String text) {
        assertNull(DateTimes.accept(text));
    }

    @Test
    void aSpaceWhereTheSignBelongsIsReadAsPlus() {
        assertEquals("2026-01-31T09:30:00+02:00", DateTimes.accept("2026-01-31T09:30:00 02:00"));
        assertEquals("2026-01-31T09:30:00.25+02:00", DateTimes.accept("2026-01-31T09:30:00.25 02:00"));
    }
}
