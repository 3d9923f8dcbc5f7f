package dev.partnergateway.http;

import dev.partnergateway.http.RequestDecoder.BadHead;
import io.netty.buffer.ByteBuf;

/**
 * Looks at the raw bytes of a chunked body, each once, for what the decoder would smooth over: a size that is more than
 * hexadecimal digits, a line that does not end as it must, extensions and trailers without end. Belongs to one
 * {@link RequestDecoder} and runs where that does.
 */
final class ChunkScan {

    private static final int MOST_DIGITS = 8;

    /** Of all chunks of a body together: extensions mean nothing here. */
    private static final int MOST_EXTENSIONS = 1024;

    /** Chunks that may be small: each costs as much as hundreds of bytes, whatever it holds. */
    private static final int MOST_SMALL_CHUNKS = 4096;

    /** Bytes that chunks must hold on average when there are more. */
    private static final int LEAST_AVERAGE = 16;

    private enum Place {
        SIZE,
        EXTENSION,
        SIZE_END,
        DATA,
        DATA_RETURN,
        DATA_END,
        TRAILER_START,
        TRAILER,
        TRAILER_END,
        END,
        OVER
    }

    private final int mostTrailers;

    /** Bytes after the buffer's reader index that have been looked at. */
    private int seen;

    /** The same, as an index of the buffer; holds until the decoder has read on. */
    private int end;

    private Place place = Place.SIZE;
    private long left;
    private int digits;
    private int extensions;
    private int trailers;
    private int chunks;
    private long held;
    private BadHead fault;

    /**
     * Makes a scan.
     *
     * @param mostTrailers bytes that all trailers of a body may have together
     */
    ChunkScan(int mostTrailers) {
        this.mostTrailers = mostTrailers;
    }

    void read(ByteBuf bytes) {
        end = bytes.readerIndex() + seen;
        while (end < bytes.writerIndex() && place != Place.OVER && fault == null) {
            if (place == Place.DATA) {
                int part = (int) Math.min(left, bytes.writerIndex() - end);
                end += part;
                left -= part;
                place = left == 0 ? Place.DATA_RETURN : Place.DATA;
            } else {
                look(bytes.getByte(end++));
            }
        }
    }

    void consumed(ByteBuf bytes) {
        seen = Math.max(0, end - bytes.readerIndex());
    }

    private void look(byte b) {
        switch (place) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_END -> {
                count();
                after(b, '\n', left == 0 ? Place.TRAILER_START : Place.DATA);
            }
            case DATA_RETURN -> after(b, '\r', Place.DATA_END);
            case DATA_END -> {
                after(b, '\n', Place.SIZE);
                digits = 0;
                left = 0;
            }
            case TRAILER_START -> trailerStart(b);
            case TRAILER -> trailer(b);
            case TRAILER_END -> after(b, '\n', Place.TRAILER_START);
            case END -> after(b, '\n', Place.OVER);
            default -> throw new IllegalStateException("nothing is looked at in " + place);
        }
    }

    private void count() {
        chunks++;
        held += left;
        if (chunks > MOST_SMALL_CHUNKS && held / chunks < LEAST_AVERAGE) {
            fault("its chunks are too small");
        }
    }

    private void size(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && digits < MOST_DIGITS) {
            left = left * 16 + digit;
            digits++;
        } else if (digits > 0 && b == ';') {
            extension(b);
        } else if (digits > 0 && b == '\r') {
            place = Place.SIZE_END;
        } else {
            fault("the size of a chunk is wrong");
        }
    }

    private void extension(byte b) {
        place = b == '\r' ? Place.SIZE_END : Place.EXTENSION;
        if (b != '\r' && (isControl(b) || ++extensions > MOST_EXTENSIONS)) {
            fault("the extensions of its chunks are wrong or too long");
        }
    }

    private void trailerStart(byte b) {
        if (b == '\r') {
            place = Place.END;
        } else if (b == ' ' || b == '\t' || b == ':') {
            fault("a trailer has no name");
        } else {
            place = Place.TRAILER;
            trailer(b);
        }
    }

    private void trailer(byte b) {
        if (b == '\r') {
            place = Place.TRAILER_END;
        } else if (isControl(b)) {
            fault("a trailer is wrong");
        } else if (++trailers > mostTrailers) {
            fault = new BadHead(431, "The trailers of this call are too long");
        }
    }

    private static boolean isControl(byte b) {
        return b >= 0 && b < ' ' && b != '\t' || b == 0x7f;
    }

    private void after(byte b, char expected, Place next) {
        place = next;
        if (b != expected) {
            fault("a line of its chunks ends in a wrong way");
        }
    }

    private void fault(String what) {
        fault = new BadHead(400, "This is not a well-formed HTTP request: " + what);
    }

    /** What is wrong; null when nothing is. */
    BadHead fault() {
        return fault;
    }

    void restart() {
        place = Place.SIZE;
        left = 0;
        digits = 0;
        extensions = 0;
        trailers = 0;
        chunks = 0;
        held = 0;
        fault = null;
        seen = 0;
        end = 0;
    }
}
