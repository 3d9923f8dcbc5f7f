package dev.partnergateway.talonone;

import java.io.IOException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Reads status line and headers of what a deployment answers, within bounds. Nothing may stand before the status line, and
 * an answer may be announced a few times (status 100 to 199) but not for ever.
 */
final class AnswerHead extends DefaultHttpResponseParser {

    /** Bytes of the status line, and of each header. A gateway in front of Talon.One may add long cookies. */
    private static final int LONGEST_LINE = 8192;

    private static final int MOST_HEADERS = 100;
    private static final int MOST_EMPTY_LINES = 2;
    private static final int MOST_ANNOUNCEMENTS = 8;

    static final Http1Config LIMITS = Http1Config.custom()
            .setMaxLineLength(LONGEST_LINE)
            .setMaxHeaderCount(MOST_HEADERS)
            .setMaxEmptyLineCount(MOST_EMPTY_LINES)
            .build();

    private int announcements;

    AnswerHead() {
        super(LIMITS);
    }

    @Override
    protected ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException, HttpException {
        ClassicHttpResponse answer = super.createMessage(line);
        if (answer.getCode() >= 200) {
            announcements = 0;
        } else if (++announcements > MOST_ANNOUNCEMENTS) {
            throw new ProtocolException("an answer was announced too often");
        }
        return answer;
    }
}
