package dev.partnergateway.http;

import dev.partnergateway.call.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads HTTP/1.1 to the letter (RFC 9112) where the library's decoder is lenient: what a proxy in front of the gateway
 * could read in another way is refused, because a request could be hidden in the difference. Gives the head of a request
 * a limited time to arrive. One for each connection, on the event loop of that.
 */
public final class RequestDecoder extends VertxHttpRequestDecoder {

    /** How a request is not as it must be; the text is for the caller. */
    static final class BadHead extends RuntimeException {

        private final int status;

        BadHead(int status, String text) {
            super(text, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private final Duration patience;
    private final HeadScan scan = new HeadScan();
    private final ChunkScan chunks;
    private boolean inHead = true;
    private boolean inChunks;
    private boolean failed;
    private Future<?> alarm;

    /**
     * Makes the decoder of one connection.
     *
     * @param patience how long a head may take from its first byte to its end
     */
    public RequestDecoder(HttpServerOptions options, Duration patience) {
        super(options);
        this.patience = patience;
        this.chunks = new ChunkScan(options.getMaxHeaderSize());
    }

    /**
     * What the caller of a head that could not be read is answered.
     *
     * @param cause why the server calls the request invalid
     */
    public static Refusal refusal(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Refusal.of(414, "The address of this call is too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Refusal.of(431, "The headers of this call are too long");
        }
        if (cause instanceof BadHead head) {
            return Refusal.of(head.status(), head.getMessage());
        }
        return Refusal.of(400, "This is not a well-formed HTTP request");
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
        if (failed) {
            bytes.skipBytes(bytes.readableBytes());
            return;
        }
        if (inChunks) {
            chunks.read(bytes);
            if (chunks.fault() != null) {
                refuse(chunks.fault(), bytes, out);
                return;
            }
        } else if (inHead && bytes.isReadable()) {
            scan.read(bytes);
            if (alarm == null) {
                alarm = context.executor().schedule(() -> giveUp(context), patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        int before = out.size();
        super.decode(context, bytes, out);
        scan.consumed(bytes);
        chunks.consumed(bytes);
        for (Object part : out.subList(before, out.size())) {
            if (part instanceof HttpRequest request) {
                inHead = false;
                silence();
                if (request.decoderResult().isSuccess() && HttpUtil.isTransferEncodingChunked(request)) {
                    inChunks = true;
                    chunks.restart();
                }
            }
            if (part instanceof LastHttpContent) {
                inHead = true;
                inChunks = false;
                scan.restart();
            }
        }
    }

    /** Ends the body that is being read as a wrong one; nothing that follows on this connection is looked at. */
    private void refuse(BadHead fault, ByteBuf bytes, List<Object> out) {
        failed = true;
        bytes.skipBytes(bytes.readableBytes());
        LastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        end.setDecoderResult(DecoderResult.failure(fault));
        out.add(end);
    }

    private void giveUp(ChannelHandlerContext context) {
        failed = true;
        HttpMessage late = createInvalidMessage();
        late.setDecoderResult(
                DecoderResult.failure(new BadHead(408, "The headers of this call took too long to arrive")));
        context.fireChannelRead(late);
        context.fireChannelReadComplete();
    }

    private void silence() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        silence();
        super.handlerRemoved0(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        silence();
        super.channelInactive(context);
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        if (scan.fault() != null) {
            throw new BadHead(400, scan.fault());
        }
        HttpMessage message = super.createMessage(line);
        if (message.protocolVersion() != HttpVersion.HTTP_1_1 && message.protocolVersion() != HttpVersion.HTTP_1_0) {
            throw new BadHead(505, "Only HTTP/1.1 is spoken here");
        }
        return message;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new BadHead(400, "This is not a well-formed HTTP request: it has two lengths");
    }

    /** Called once, when a head is complete; what is thrown here makes the message an invalid one. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        if (message instanceof DefaultHttpRequest request) {
            check(request);
        }
        return super.isContentAlwaysEmpty(message);
    }

    private void check(HttpRequest request) {
        if (scan.fault() != null) {
            throw new BadHead(400, scan.fault());
        }
        boolean current = request.protocolVersion() == HttpVersion.HTTP_1_1;
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || hosts == 0 && current) {
            throw new BadHead(400, "header Host: expected once");
        }
        List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()
                && !(current
                        && encodings.size() == 1
                        && encodings.get(0).strip().equalsIgnoreCase("chunked"))) {
            throw new BadHead(400, "header Transfer-Encoding: only chunked is understood");
        }
        Target target = Target.of(request.method().name(), request.uri());
        request.setUri(target.path());
        if (target.host() != null) {
            // The whole address counts, whatever the header says (RFC 9112 3.2.2).
            request.headers().set(HttpHeaderNames.HOST, target.host());
        }
        closeIfAsked(request);
    }

    /** {@code close} may stand in a list with others; whoever reads the request from here on knows the plain word only. */
    private static void closeIfAsked(HttpRequest request) {
        if (request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /**
     * Looks at the raw bytes of a head, each once, for what the decoder would smooth over: a request line that is not
     * three visible words with one space between them, a header line that continues the one before, and a header without
     * a name.
     */
    private static final class HeadScan {

        private static final int WORDS = 3;

        /** Bytes after the buffer's reader index that have been looked at. */
        private int seen;

        /** The same, as an index of the buffer; holds until the decoder has read on. */
        private int end;

        private boolean started;
        private boolean inFirstLine;
        private boolean atLineStart;
        private boolean complete;
        private int words;
        private boolean inWord;
        private String fault;

        void read(ByteBuf bytes) {
            end = bytes.readerIndex() + seen;
            while (end < bytes.writerIndex() && !complete) {
                look(bytes.getByte(end++));
            }
        }

        void consumed(ByteBuf bytes) {
            seen = Math.max(0, end - bytes.readerIndex());
        }

        private void look(byte b) {
            if (!started) {
                // Empty lines before a request are allowed.
                if (b == '\r' || b == '\n') {
                    return;
                }
                started = true;
                inFirstLine = true;
            }
            if (inFirstLine) {
                firstLine(b);
            } else if (atLineStart) {
                lineStart(b);
            } else if (b == '\n') {
                atLineStart = true;
            }
        }

        private void firstLine(byte b) {
            if (b == '\r') {
                if (words != WORDS || !inWord) {
                    fault = "This is not a well-formed HTTP request: its first line is wrong";
                }
            } else if (b == '\n') {
                inFirstLine = false;
                atLineStart = true;
            } else if (b == ' ') {
                if (!inWord) {
                    fault = "This is not a well-formed HTTP request: its first line is wrong";
                }
                inWord = false;
            } else {
                if (b < '!' || b > '~') {
                    fault = "This is not a well-formed HTTP request: its address must be percent-encoded ASCII";
                }
                words += inWord ? 0 : 1;
                inWord = true;
            }
        }

        private void lineStart(byte b) {
            if (b == ' ' || b == '\t' || b == ':') {
                fault = "This is not a well-formed HTTP request: a header line has no name";
            }
            // An empty line ends the head; a lone line feed is refused by the decoder itself.
            complete = b == '\r' || b == '\n';
            atLineStart = false;
        }

        String fault() {
            return fault;
        }

        void restart() {
            started = false;
            inFirstLine = false;
            atLineStart = false;
            complete = false;
            inWord = false;
            words = 0;
            fault = null;
            seen = 0;
            end = 0;
        }
    }
}
