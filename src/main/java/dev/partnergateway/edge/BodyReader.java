package dev.partnergateway.edge;

import dev.partnergateway.call.Refusal;
import dev.partnergateway.http.RequestDecoder;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Receives the body of one call within limits of size, time and memory. A call that breaks one is refused while it still
 * comes, and its connection is closed. Works on the event loop only.
 */
final class BodyReader {

    /** Of a body nobody wants, so many bytes are taken and thrown away, so that its sender reads the answer. */
    private static final long MOST_UNWANTED = 16 << 20;

    private final PartnerServer server;
    private final HttpServerRequest request;
    private final Consumer<Refusal> refuse;
    private final Buffer body = Buffer.buffer();
    private long alarm;
    private long unwanted;
    private boolean over;
    private boolean arriving;

    /**
     * Prepares to read.
     *
     * @param refuse answers the call when a limit is broken
     */
    BodyReader(PartnerServer server, HttpServerRequest request, Consumer<Refusal> refuse) {
        this.server = server;
        this.request = request;
        this.refuse = refuse;
    }

    /**
     * Reads to the end.
     *
     * @param complete takes the whole body; whoever takes it lets its bytes go ({@link PartnerServer#letGo})
     */
    void read(Consumer<byte[]> complete) {
        begin(complete);
        if (isTooLong()) {
            fail(tooLarge());
        }
    }

    /** Answers at once, whatever the body is; a short one may come to its end on a connection that goes on. */
    void refuse(Refusal refusal) {
        begin(none -> {});
        if (isTooLong()) {
            request.response().putHeader("Connection", "close");
        }
        arrived();
        over = true;
        refuse.accept(refusal);
    }

    /** What is waited for has come, or is not waited for any more. */
    private void arrived() {
        if (arriving) {
            arriving = false;
            server.arriving(-1);
        }
    }

    private void begin(Consumer<byte[]> complete) {
        arriving = true;
        server.arriving(1);
        Duration patience = server.settings().receiveTimeout();
        alarm = server.vertx().setTimer(patience.toMillis(), late -> {
            fail(Refusal.of(408, "The body of this call took too long to arrive"));
            request.connection().close();
        });
        request.exceptionHandler(this::broken);
        request.handler(this::take);
        request.endHandler(end -> {
            server.vertx().cancelTimer(alarm);
            arrived();
            if (!over) {
                over = true;
                complete.accept(body.getBytes());
            } else if (server.isLast(request)) {
                request.connection().close();
            }
        });
    }

    private boolean isTooLong() {
        String length = request.getHeader("Content-Length");
        return length != null
                && (length.length() > 9
                        || Long.parseLong(length) > server.settings().bodyLimit());
    }

    private Refusal tooLarge() {
        return Refusal.of(
                413,
                "The body of this call is too large: at most "
                        + server.settings().bodyLimit() + " bytes");
    }

    private void take(Buffer part) {
        if (over) {
            unwanted += part.length();
            if (unwanted > MOST_UNWANTED) {
                request.connection().close();
            }
        } else if (body.length() + part.length() > server.settings().bodyLimit()) {
            fail(tooLarge());
        } else if (!server.hold(part.length())) {
            fail(Refusal.retry(503, "Too many large calls are arriving at once: try again", Duration.ofSeconds(1)));
        } else {
            body.appendBuffer(part);
        }
    }

    /** The connection is closed after this, by whoever found out, without a look at what is still to be written. */
    private void broken(Throwable cause) {
        server.vertx().cancelTimer(alarm);
        arrived();
        if (!(cause instanceof IOException) && !(cause instanceof VertxException)) {
            fail(RequestDecoder.refusal(cause));
        }
        forget();
        ((ConnectionBase) request.connection()).channel().flush();
    }

    /** What still comes is thrown away until it ends or the time is over: closing at once could lose the answer. */
    private void fail(Refusal refusal) {
        if (!over) {
            forget();
            arrived();
            request.response().putHeader("Connection", "close");
            refuse.accept(refusal);
        }
    }

    private void forget() {
        if (!over) {
            over = true;
            server.letGo(body.length());
        }
    }
}
