package dev.partnergateway.edge;

import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Authentication;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.ErrorBody;
import dev.partnergateway.http.HttpDate;
import dev.partnergateway.http.RequestDecoder;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.telemetry.CallObservation;
import dev.partnergateway.telemetry.Telemetry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partner port. Whatever arrives is answered in one shape: also what is no HTTP, no known path, too long or too
 * late. Listening begins after all routes have started and fails the start when the port is taken.
 */
public final class PartnerServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PartnerServer.class);

    private static final int LONGEST_LINE = 8192;

    /** Characters of an IPv6 address with its zone. */
    private static final int LONGEST_ADDRESS = 64;

    /** Name under which the library's own decoder stands in a connection's pipeline. */
    private static final String DECODER = "httpDecoder";

    /** How long a stop waits for bodies that are still arriving and for keys that are still being proven. */
    private static final Duration ARRIVAL = Duration.ofSeconds(1);

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final String NO_INTEGRATION = "none";

    private final Settings settings;
    private final ExecutorService workers;
    private final Telemetry telemetry;
    private final Vertx vertx;
    private final HttpServer server;
    private final ServedOperations operations = new ServedOperations();
    private final Map<String, PartnerConsumer> consumers = new ConcurrentHashMap<>();
    private final Map<String, List<Runnable>> waiting = new HashMap<>();
    private volatile boolean holding;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong held = new AtomicLong();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger arriving = new AtomicInteger();
    private final Set<PartnerCall> worked = ConcurrentHashMap.newKeySet();
    private volatile Questions questions = (call, integration, requestId, authorization) -> {
        throw ServedOperations.unknownPath();
    };
    private volatile Function<String, Optional<Answer>> pages = path -> Optional.empty();
    private volatile boolean draining;
    private volatile boolean refusing;
    private volatile boolean listening;

    /**
     * Prepares the port; nothing is bound yet.
     *
     * @param workers threads that calls are worked on
     */
    public PartnerServer(Settings settings, ExecutorService workers, Telemetry telemetry) {
        this.settings = settings;
        this.workers = workers;
        this.telemetry = telemetry;
        telemetry.meters().gauge("gateway.requests.running", running);
        // Files are files: no copies of what is in jars, for which each process would make a folder.
        FileSystemOptions files =
                new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
        this.vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(false).setFileSystemOptions(files));
        HttpServerOptions options = new HttpServerOptions()
                .setMaxHeaderSize(settings.headerLimit())
                .setMaxInitialLineLength(LONGEST_LINE)
                .setIdleTimeout((int) settings.idleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setCompressionSupported(true)
                .setHandle100ContinueAutomatically(true)
                // HTTP/2 without TLS has no use here and brings attacks of its own; a proxy that ends TLS speaks 1.1.
                .setHttp2ClearTextEnabled(false);
        vertx.exceptionHandler(PartnerServer::unexpected);
        this.server = vertx.createHttpServer(options);
        server.connectionHandler(connection -> accept(connection, options));
        server.requestHandler(this::receive);
        server.invalidRequestHandler(this::refuseInvalid);
    }

    /**
     * Opens the port.
     *
     * @throws IllegalStateException naming the port, when it is taken
     */
    public void listen() {
        try {
            server.listen(settings.port(), settings.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            listening = true;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "gateway.port " + settings.port() + " on " + settings.host() + " cannot be opened", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while opening the port", e);
        }
    }

    /** Port that is listened on. */
    public int port() {
        return server.actualPort();
    }

    /** Whether calls are being taken. */
    public boolean ready() {
        return listening && !draining;
    }

    /** Calls being worked on. */
    public int running() {
        return running.get();
    }

    /** Says who answers what partners ask of their calls. */
    public void answerWith(Questions theQuestions) {
        this.questions = theQuestions;
    }

    Questions questions() {
        return questions;
    }

    /**
     * Says what is shown to read, beside the integrations.
     *
     * @param thePages by the path of a request, as it came; they need no time
     */
    public void show(Function<String, Optional<Answer>> thePages) {
        this.pages = thePages;
    }

    /** What is served here. */
    public ServedOperations operations() {
        return operations;
    }

    void add(String prefix, PartnerConsumer consumer) {
        if (consumers.putIfAbsent(prefix, consumer) != null) {
            throw new IllegalArgumentException("two integrations serve the path " + prefix);
        }
    }

    /**
     * Lets calls of an integration wait from now on, because it is being exchanged.
     *
     * @param integration its name: the path that it serves, with {@code -} for {@code _}
     */
    public void hold(String integration) {
        synchronized (waiting) {
            waiting.put(integration, new ArrayList<>());
            holding = true;
        }
    }

    /** Lets those that have waited go on. */
    public void goOn(String integration) {
        List<Runnable> held;
        synchronized (waiting) {
            held = waiting.remove(integration);
            holding = !waiting.isEmpty();
        }
        held.forEach(Runnable::run);
    }

    /** Whether a request waits; it goes on by itself. */
    private boolean waits(HttpServerRequest request, RequestPath path) {
        if (!holding) {
            return false;
        }
        synchronized (waiting) {
            List<Runnable> held = waiting.get(PartnerConsumer.integration(path.first()));
            if (held == null) {
                return false;
            }
            Context context = vertx.getOrCreateContext();
            request.pause();
            held.add(() -> context.runOnContext(now -> {
                begin(request, path);
                request.resume();
            }));
            return true;
        }
    }

    void remove(String prefix, PartnerConsumer consumer) {
        consumers.remove(prefix, consumer);
    }

    Settings settings() {
        return settings;
    }

    /** What this server runs on, until it is closed. */
    public Vertx vertx() {
        return vertx;
    }

    private void accept(HttpConnection connection, HttpServerOptions options) {
        if (connections.incrementAndGet() > settings.connectionLimit()) {
            connections.decrementAndGet();
            connection.close();
            return;
        }
        connection.closeHandler(closed -> connections.decrementAndGet());
        connection.exceptionHandler(Fatal::look);
        ((ConnectionBase) connection)
                .channel()
                .pipeline()
                .replace(DECODER, DECODER, new RequestDecoder(options, settings.receiveTimeout()));
    }

    private static void unexpected(Throwable failure) {
        Fatal.look(failure);
        LOG.error("A thread that serves connections met what nobody expects", failure);
    }

    private void receive(HttpServerRequest request) {
        RequestPath path = RequestPath.of(request.path());
        if (!waits(request, path)) {
            begin(request, path);
        }
    }

    private void begin(HttpServerRequest request, RequestPath path) {
        String requestId = UUID.randomUUID().toString();
        request.exceptionHandler(broken -> LOG.debug("{} the caller went away", requestId));
        request.response().exceptionHandler(broken -> LOG.debug("{} the caller went away", requestId));
        PartnerConsumer consumer = consumers.get('/' + path.first());
        Optional<Answer> page =
                consumer == null && request.method() == HttpMethod.GET ? pages.apply(request.path()) : Optional.empty();
        if (page.isPresent()) {
            write(request, requestId, page.get());
        } else if (consumer == null) {
            PartnerCall call = new PartnerCall(requestId, Duration.ZERO, source(request));
            observe(request, call, NO_INTEGRATION, request.method().name());
            new BodyReader(this, request, refusal -> refuse(request, call, refusal))
                    .refuse(ServedOperations.unknownPath());
        } else {
            consumer.receive(request, requestId, path);
        }
    }

    /** Follows a call until it is answered. */
    CallObservation observe(HttpServerRequest request, PartnerCall call, String integration, String method) {
        CallObservation seen = telemetry.call(call, integration, method);
        HttpServerResponse response = request.response();
        unanswered.incrementAndGet();
        AtomicBoolean ended = new AtomicBoolean();
        response.endHandler(end -> {
            if (ended.compareAndSet(false, true)) {
                unanswered.decrementAndGet();
                seen.answered(response.headWritten() ? response.getStatusCode() : 0);
            }
        });
        return seen;
    }

    /**
     * Address a call came from. Each trusted proxy has added one to the end of {@code X-Forwarded-For}; what stands
     * before those is the caller's own text.
     */
    String source(HttpServerRequest request) {
        String direct = request.remoteAddress().hostAddress();
        int proxies = settings.proxies();
        if (proxies == 0) {
            return direct;
        }
        String[] hops =
                String.join(",", request.headers().getAll("X-Forwarded-For")).split(",");
        String hop = hops.length < proxies ? "" : hops[hops.length - proxies].strip();
        return hop.isEmpty() || hop.length() > LONGEST_ADDRESS ? direct : hop;
    }

    /**
     * Makes room for a part of a body, or of what is made of it; false when there is none: nobody may fill the memory before
     * he is known.
     */
    boolean hold(long bytes) {
        if (held.addAndGet(bytes) > settings.bodiesLimit()) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives room back. */
    void letGo(long bytes) {
        held.addAndGet(-bytes);
    }

    /** A call begins to be worked on. */
    void begins(PartnerCall call) {
        worked.add(call);
    }

    /** It is not worked on any more. */
    void ends(PartnerCall call) {
        worked.remove(call);
    }

    /** A body begins to arrive (1), or is not waited for any more (-1). */
    void arriving(int change) {
        arriving.addAndGet(change);
    }

    /** Hands work to a thread that may block; refuses it when there is too much of it. */
    void work(Runnable task) {
        if (refusing) {
            throw Refusal.stopping();
        }
        if (running.incrementAndGet() > settings.runningLimit()) {
            running.decrementAndGet();
            throw Refusal.retry(503, "Too many calls are running: try again", SOON);
        }
        workers.execute(() -> {
            try {
                task.run();
            } finally {
                running.decrementAndGet();
            }
        });
    }

    void refuse(HttpServerRequest request, PartnerCall call, Refusal refusal) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (!refusal.retryAfter().isZero()) {
            response.putHeader(
                    "Retry-After",
                    Long.toString(refusal.retryAfter().plusNanos(999_999_999).toSeconds()));
        }
        if (refusal.allow() != null) {
            response.putHeader("Allow", refusal.allow());
        }
        if (refusal.status() == 401) {
            response.putHeader("WWW-Authenticate", challenge(call));
        }
        if (refusal.status() == 415) {
            response.putHeader("Accept-Encoding", "identity");
        }
        call.life().refused(refusal);
        write(request, call, refusal.status(), ErrorBody.of(refusal.status(), refusal.getMessage(), call.requestId()));
    }

    /** How the operation wants to be told the key, in the words of HTTP. */
    private static String challenge(PartnerCall call) {
        boolean basic = call.operation() != null && call.operation().authentication() == Authentication.BASIC;
        return basic ? "Basic realm=\"Talon.One\", charset=\"UTF-8\"" : "ApiKey-v1";
    }

    /**
     * Writes an answer with the only headers that leave the gateway. While the gateway stops, its connection is not used
     * again.
     *
     * @param body JSON
     */
    void write(HttpServerRequest request, PartnerCall call, int status, byte[] body) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status);
        response.putHeader("Date", HttpDate.now());
        response.putHeader("X-Request-Id", call.requestId());
        response.putHeader("Cache-Control", "no-store");
        if (draining) {
            response.putHeader("Connection", "close");
        }
        call.life().answered(body);
        Future<Void> written;
        if (status == 204) {
            written = response.end();
        } else {
            response.putHeader("Content-Type", "application/json");
            written = response.end(Buffer.buffer(body));
        }
        if (!written.isComplete()) {
            closeUnlessRead(request, written);
        }
        if (request.isEnded() && isLast(request)) {
            request.connection().close();
        }
    }

    /** Writes a page. */
    private void write(HttpServerRequest request, String requestId, Answer page) {
        HttpServerResponse response = request.response();
        response.setStatusCode(page.status());
        response.putHeader("Date", HttpDate.now());
        response.putHeader("X-Request-Id", requestId);
        response.putHeader("X-Content-Type-Options", "nosniff");
        page.headers().forEach(response::putHeader);
        if (draining) {
            response.putHeader("Connection", "close");
        }
        Future<Void> written = response.end(Buffer.buffer(page.body()));
        if (!written.isComplete()) {
            closeUnlessRead(request, written);
        }
    }

    /** Nobody may leave his answer in the memory for as long as an idle connection is kept. */
    private void closeUnlessRead(HttpServerRequest request, Future<Void> written) {
        long alarm = vertx.setTimer(settings.receiveTimeout().toMillis(), late -> request.connection()
                .close());
        written.onComplete(done -> vertx.cancelTimer(alarm));
    }

    /** Whether the answer has said that the connection ends with it. */
    boolean isLast(HttpServerRequest request) {
        return "close".equals(request.response().headers().get("Connection"));
    }

    private void refuseInvalid(HttpServerRequest request) {
        PartnerCall call = new PartnerCall(UUID.randomUUID().toString(), Duration.ZERO, source(request));
        observe(request, call, NO_INTEGRATION, "");
        request.response().putHeader("Connection", "close");
        refuse(request, call, RequestDecoder.refusal(request.decoderResult().cause()));
        request.connection().close();
    }

    /**
     * Is not ready any more, goes on for {@code gateway.drain-delay} so that load balancers notice, then takes no more calls
     * and waits for the running ones. Bodies that are still arriving, and calls whose key is not proven yet, are waited for
     * a second: whoever has no key must not hold up the stop.
     */
    public void drain() {
        draining = true;
        LockSupport.parkNanos(settings.drainDelay().toNanos());
        refusing = true;
        long begun = System.nanoTime();
        while (isBusy(System.nanoTime() - begun)
                && System.nanoTime() - begun < settings.drain().toNanos()) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        if (running.get() > 0) {
            LOG.warn("{} calls were still running after gateway.drain", running.get());
        }
    }

    private boolean isBusy(long nanos) {
        if (nanos < ARRIVAL.toNanos()) {
            return running.get() > 0 || unanswered.get() > 0;
        }
        long strangers = worked.stream().filter(call -> call.checked() == null).count();
        return running.get() > strangers || unanswered.get() > arriving.get() + strangers;
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The partner port did not close cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
