package dev.partnergateway.http;

import dev.partnergateway.call.Refusal;
import dev.partnergateway.settings.Settings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of the operator's: HTTP/1.1 to the letter, few and small requests, each worked on by a thread that may wait.
 * Every answer forbids to keep it, to guess its type and to load anything into it; none lets pages of other origins read it.
 */
public final class Port implements AutoCloseable {

    /** Who decides by its head whether a request is read at all. */
    public interface Guard {

        /**
         * Looks at a request whose body has not come yet. Works on the event loop: it must not wait.
         *
         * @return null when it may go on
         */
        Answer refusal(Request head);
    }

    /** What answers requests. */
    public interface Pages {

        /**
         * Answers a request, and may wait for that.
         *
         * @throws Exception is answered 500 and logged
         */
        Answer answer(Request request) throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Port.class);

    private static final int LONGEST_LINE = 8192;
    private static final int CONNECTIONS = 500;
    private static final int RUNNING = 32;

    /** Bodies that may be in memory at once: one operator sends one. */
    private static final int BODIES = 8;

    /** Longest silence of a connection that waits for nothing. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    /** How long what a refused caller still sends is thrown away: closing at once could lose the answer. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final String DECODER = "httpDecoder";

    private final Vertx vertx;
    private final Settings settings;
    private final ExecutorService workers;
    private final Guard guard;
    private final Pages pages;
    private final HttpServer server;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong held = new AtomicLong();
    private final Map<HttpConnection, Long> resting = new ConcurrentHashMap<>();

    private Port(Vertx vertx, Settings settings, ExecutorService workers, Guard guard, Pages pages) {
        this.vertx = vertx;
        this.settings = settings;
        this.workers = workers;
        this.guard = guard;
        this.pages = pages;
        HttpServerOptions options = new HttpServerOptions()
                .setMaxHeaderSize(settings.headerLimit())
                .setMaxInitialLineLength(LONGEST_LINE)
                .setHttp2ClearTextEnabled(false);
        this.server = vertx.createHttpServer(options);
        server.connectionHandler(connection -> accept(connection, options));
        server.requestHandler(this::receive);
        server.invalidRequestHandler(this::refuseInvalid);
    }

    /** Where a port is, and the name of its setting for the message when it cannot be opened. */
    public record Place(String setting, String host, int port) {}

    /**
     * Opens a port.
     *
     * @param workers threads that requests are worked on; shut down by whoever made it
     * @throws IllegalStateException naming the setting, when the port is taken
     */
    public static Port open(
            Place place, Vertx vertx, Settings settings, ExecutorService workers, Guard guard, Pages pages) {
        Port port = new Port(vertx, settings, workers, guard, pages);
        try {
            port.server
                    .listen(place.port(), place.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            return port;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    place.setting() + ' ' + place.port() + " on " + place.host() + " cannot be opened", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while opening the port", e);
        }
    }

    /** Port that is listened on. */
    public int number() {
        return server.actualPort();
    }

    private void accept(HttpConnection connection, HttpServerOptions options) {
        if (connections.incrementAndGet() > CONNECTIONS) {
            connections.decrementAndGet();
            connection.close();
            return;
        }
        connection.closeHandler(closed -> {
            connections.decrementAndGet();
            wake(connection);
        });
        ((ConnectionBase) connection)
                .channel()
                .pipeline()
                .replace(DECODER, DECODER, new RequestDecoder(options, settings.receiveTimeout()));
        rest(connection);
    }

    /** Nothing is asked on this connection; when that lasts, it ends. */
    private void rest(HttpConnection connection) {
        resting.put(connection, vertx.setTimer(IDLE.toMillis(), late -> {
            resting.remove(connection);
            connection.close();
        }));
    }

    private void wake(HttpConnection connection) {
        Long alarm = resting.remove(connection);
        if (alarm != null) {
            vertx.cancelTimer(alarm);
        }
    }

    private void receive(HttpServerRequest request) {
        new Exchange(request).begin();
    }

    private void refuseInvalid(HttpServerRequest request) {
        Refusal refusal = RequestDecoder.refusal(request.decoderResult().cause());
        new Exchange(request).refuse(Answer.refusal(refusal.status(), refusal.getMessage()));
    }

    @Override
    public void close() {
        try {
            server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("A port did not close cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One request and its answer; everything but the page itself on the event loop of its connection. */
    private final class Exchange {

        private final String id = UUID.randomUUID().toString();
        private final Context loop = vertx.getOrCreateContext();
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private final Buffer body = Buffer.buffer();
        private long alarm = -1;
        private boolean over;

        Exchange(HttpServerRequest request) {
            this.request = request;
            this.response = request.response();
            wake(request.connection());
            request.exceptionHandler(gone -> end());
            response.exceptionHandler(gone -> LOG.debug("{} the caller went away", id));
            response.endHandler(ended -> rest(request.connection()));
        }

        void begin() {
            Request head;
            try {
                head = Request.of(request.method().name(), request.uri(), request.headers());
            } catch (Request.Misspelt e) {
                refuse(Answer.refusal(400, e.getMessage()));
                return;
            }
            Answer refusal = guard.refusal(head);
            if (refusal != null) {
                refuse(refusal);
                return;
            }
            if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
                response.writeContinue();
            }
            read(head);
        }

        private void read(Request head) {
            int limit = settings.bodyLimit();
            alarm = vertx.setTimer(
                    settings.receiveTimeout().toMillis(),
                    late -> refuse(Answer.refusal(408, "The body of this request took too long to arrive")));
            request.handler(part -> {
                if (over) {
                    return;
                }
                if (body.length() + part.length() > limit) {
                    refuse(Answer.refusal(413, "The body of this request is too large: at most " + limit + " bytes"));
                } else if (held.addAndGet(part.length()) > (long) BODIES * limit) {
                    held.addAndGet(-part.length());
                    refuse(Answer.refusal(503, "Too many large requests are arriving at once: try again"));
                } else {
                    body.appendBuffer(part);
                }
            });
            request.endHandler(end -> {
                if (!over) {
                    over = true;
                    vertx.cancelTimer(alarm);
                    work(head.with(body.getBytes()));
                }
            });
        }

        private void work(Request whole) {
            if (running.incrementAndGet() > RUNNING) {
                worked(Answer.refusal(503, "Too many requests are worked on: try again"));
                return;
            }
            try {
                workers.execute(() -> {
                    Answer answer = answer(whole);
                    loop.runOnContext(back -> worked(answer));
                });
            } catch (RejectedExecutionException e) {
                worked(Answer.refusal(503, "The gateway is stopping"));
            }
        }

        private Answer answer(Request whole) {
            try {
                return pages.answer(whole);
            } catch (Exception e) {
                LOG.error("{} the page {} failed", id, whole.segments().get(0), e);
                return Answer.refusal(500, "The gateway failed; the reason is in its log");
            }
        }

        private void worked(Answer answer) {
            running.decrementAndGet();
            held.addAndGet(-body.length());
            if (isLast()) {
                response.putHeader("Connection", "close");
                write(answer);
                request.connection().close();
            } else {
                write(answer);
            }
        }

        /** The server itself overlooks a wish that stands beside others. */
        private boolean isLast() {
            return Stream.of(String.join(",", request.headers().getAll("Connection"))
                            .split(","))
                    .anyMatch(wish -> wish.strip().equalsIgnoreCase("close"));
        }

        /** Answers before the request has come whole, and ends the connection. */
        void refuse(Answer refusal) {
            end();
            response.putHeader("Connection", "close");
            request.handler(part -> LOG.trace("{} {} bytes are thrown away", id, part.length()));
            request.endHandler(whole -> request.connection().close());
            write(refusal);
            if (request.isEnded()) {
                request.connection().close();
            } else {
                vertx.setTimer(LINGER.toMillis(), late -> request.connection().close());
            }
        }

        private void end() {
            if (!over) {
                over = true;
                vertx.cancelTimer(alarm);
                held.addAndGet(-body.length());
            }
        }

        private void write(Answer answer) {
            if (response.ended() || response.closed()) {
                return;
            }
            response.setStatusCode(answer.status());
            response.putHeader("X-Request-Id", id);
            response.putHeader("Cache-Control", "no-store");
            response.putHeader("X-Content-Type-Options", "nosniff");
            response.putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            answer.headers().forEach(response::putHeader);
            byte[] bytes = answer.body(id);
            if (request.method() == HttpMethod.HEAD) {
                response.putHeader("Content-Length", Integer.toString(bytes.length));
                response.end();
            } else {
                response.end(Buffer.buffer(bytes));
            }
        }
    }
}
