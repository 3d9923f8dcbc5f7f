package dev.partnergateway.edge;

import dev.partnergateway.call.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Receives the body of one call within limits of size, time and memory. A call that breaks one is refused while it still
 * comes, and its connection is closed. Works on the event loop only.
 */
final class BodyReader {

    private final PartnerServer server;
    private final HttpServerRequest request;
    private final Consumer<Refusal> refuse;
    private final Buffer body = Buffer.buffer();
    private long alarm;
    private boolean over;

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
        int limit = server.settings().bodyLimit();
        Duration patience = server.settings().receiveTimeout();
        alarm = server.vertx().setTimer(patience.toMillis(), late -> {
            fail(Refusal.of(408, "The body of this call took too long to arrive"));
            request.connection().close();
        });
        request.exceptionHandler(gone -> {
            server.vertx().cancelTimer(alarm);
            forget();
        });
        request.handler(part -> {
            if (over) {
                return;
            }
            if (body.length() + part.length() > limit) {
                fail(Refusal.of(413, "The body of this call is too large: at most " + limit + " bytes"));
            } else if (!server.hold(part.length())) {
                fail(Refusal.retry(503, "Too many large calls are arriving at once: try again", Duration.ofSeconds(1)));
            } else {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            server.vertx().cancelTimer(alarm);
            if (!over) {
                over = true;
                complete.accept(body.getBytes());
            }
        });
        String length = request.getHeader("Content-Length");
        if (length != null && (length.length() > 9 || Long.parseLong(length) > limit)) {
            fail(Refusal.of(413, "The body of this call is too large: at most " + limit + " bytes"));
        }
    }

    /** What still comes is thrown away until it ends or the time is over: closing at once could lose the answer. */
    private void fail(Refusal refusal) {
        if (!over) {
            forget();
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
