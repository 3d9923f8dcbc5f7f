package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.CallLife;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.LeftOut;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Budget;
import dev.partnergateway.contract.LargestAnswer;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.telemetry.CallObservation;
import dev.partnergateway.telemetry.FailureLog;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the calls of one integration: reads them within the limits, works on them off the event loop, answers each
 * within the integration's deadline. No header of a caller becomes a header of the exchange, and none of the exchange
 * becomes one of the answer: text of a caller never chooses what Camel does. A call whose deadline passes is answered,
 * but not stopped: its result is there for the repeat.
 */
final class PartnerConsumer extends DefaultConsumer implements PlatformHttpConsumer {

    private static final Logger LOG = LoggerFactory.getLogger(PartnerConsumer.class);

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Pattern REQUEST_ID = Pattern.compile("[0-9a-f-]{36}");

    private final PartnerServer server;
    private final String prefix;
    private final Duration budget;

    PartnerConsumer(PlatformHttpEndpoint endpoint, Processor processor, PartnerServer server) {
        super(endpoint, processor);
        this.server = server;
        String path = endpoint.getPath();
        this.prefix = path.startsWith("/") ? path : '/' + path;
        if (prefix.length() < 2 || prefix.indexOf('/', 1) >= 0) {
            throw new IllegalArgumentException(
                    "an integration's servers url must be one path segment such as /example, not " + path);
        }
        this.budget = server.settings().deadline(integration(prefix));
    }

    /** Name of the integration that serves a path: its segment, with {@code -} for {@code _}. */
    static String integration(String prefix) {
        return prefix.replace("/", "").replace('_', '-');
    }

    @Override
    public PlatformHttpEndpoint getEndpoint() {
        return (PlatformHttpEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        server.add(prefix, this);
    }

    @Override
    protected void doStop() throws Exception {
        server.remove(prefix, this);
        super.doStop();
    }

    void receive(HttpServerRequest request, String requestId, RequestPath path) {
        PartnerCall call = new PartnerCall(requestId, budget, server.source(request));
        call.budget(new Budget(server::hold));
        call.life().callersId(request.getHeader("X-Request-Id"));
        CallObservation seen = server.observe(
                request, call, integration(prefix), request.method().name());
        BodyReader reader = new BodyReader(server, request, refusal -> server.refuse(request, call, refusal));
        ServedOperations.Found found;
        try {
            found = server.operations()
                    .find(integration(prefix), request.method().name(), path);
        } catch (Refusal refusal) {
            Optional<String> asked = asked(request.method().name(), path);
            if (asked.isPresent() && refusal.status() == 404) {
                reader.read(body -> {
                    server.letGo(body.length);
                    begin(request, call, seen, 0, () -> told(call, asked.get(), request));
                });
            } else {
                reader.refuse(refusal);
            }
            return;
        }
        call.about(found.operation());
        if (isEncoded(request.getHeader("Content-Encoding"))) {
            reader.refuse(compressed());
            return;
        }
        reader.read(body -> {
            if (isGzip(body)) {
                server.letGo(body.length);
                server.refuse(request, call, compressed());
            } else {
                Inbound inbound = new Inbound(found.path(), request.query(), request.headers(), body);
                begin(request, call, seen, body.length, () -> work(call, inbound));
            }
        });
    }

    private static boolean isEncoded(String encoding) {
        return encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity");
    }

    /** By the two bytes that every gzip file begins with, and no text. */
    private static boolean isGzip(byte[] body) {
        return body.length > 1 && body[0] == 0x1f && body[1] == (byte) 0x8b;
    }

    private static Refusal compressed() {
        return Refusal.of(
                415, "header Content-Encoding: the body is compressed (gzip or another way): send it as it is");
    }

    private void begin(
            HttpServerRequest request, PartnerCall call, CallObservation seen, int held, Supplier<Answer> work) {
        Context context = server.vertx().getOrCreateContext();
        AtomicBoolean answered = new AtomicBoolean();
        long timer = server.vertx().setTimer(Math.max(1, call.remaining().toMillis()), late -> {
            if (answered.compareAndSet(false, true)) {
                call.life().happened(CallLife.Kind.LATE, call.phase().name());
                server.refuse(request, call, late(call));
            }
        });
        try {
            server.work(() -> seen.run(() -> {
                Answer answer;
                server.begins(call);
                try {
                    answer = work.get();
                } finally {
                    server.ends(call);
                    server.letGo(held + call.budget().reserved());
                }
                if (answered.compareAndSet(false, true)) {
                    server.vertx().cancelTimer(timer);
                    context.runOnContext(now -> write(answer, request, call));
                } else {
                    LOG.info("{} finished after its deadline with status {}", call, answer.status());
                    call.life().happened(CallLife.Kind.ENDED, "after its deadline with " + answer.status());
                }
            }));
        } catch (Refusal refusal) {
            server.letGo(held);
            answered.set(true);
            server.vertx().cancelTimer(timer);
            server.refuse(request, call, refusal);
        }
    }

    private static Refusal late(PartnerCall call) {
        return switch (call.phase()) {
            case WAITING ->
                Refusal.retry(429, "The first call with the same content is still running: try again", SOON);
            case SENDING, SENDING_ONCE -> call.told(Refusal.late());
            default -> Refusal.retry(503, "The gateway could not answer in time: try again", SOON);
        };
    }

    /** The request id that a request asks about; empty when it is no such question. */
    private static Optional<String> asked(String method, RequestPath path) {
        boolean question = method.equals("GET")
                && path.segments().size() == 3
                && path.segments().get(1).equals("calls")
                && REQUEST_ID.matcher(path.segments().get(2)).matches();
        return question ? Optional.of(path.segments().get(2)) : Optional.empty();
    }

    /** What became of an earlier call. */
    private Answer told(PartnerCall call, String requestId, HttpServerRequest request) {
        try {
            JsonNode told = server.questions()
                    .answer(
                            call,
                            integration(prefix),
                            requestId,
                            request.headers().getAll("Authorization"));
            return new Answer(200, Json.write(told), null, false);
        } catch (Refusal refusal) {
            return Answer.refused(refusal);
        } catch (StoreException e) {
            return Answer.refused(Refusal.retry(503, "The gateway cannot reach its store: try again", SOON));
        } finally {
            call.over();
        }
    }

    private Answer work(PartnerCall call, Inbound inbound) {
        Exchange exchange = createExchange(false);
        try {
            exchange.setPattern(ExchangePattern.InOut);
            call.on(exchange);
            inbound.on(exchange);
            // Camel's own look for the operation knows no difference between a and A: the path of the contract itself
            // leads it to the one that was found.
            exchange.getMessage().setHeader(Exchange.HTTP_PATH, call.operation().path());
            exchange.getMessage()
                    .setHeader(Exchange.HTTP_METHOD, call.operation().method());
            createUoW(exchange);
            process(exchange);
            LeftOut.tell(exchange, call);
            // Stores the answer of an idempotent route or frees its key, so it comes before the answer is read.
            doneUoW(exchange);
            return exchange.getException() == null ? answer(exchange, call) : refused(exchange.getException(), call);
        } catch (Exception | Error e) {
            return refused(e, call);
        } finally {
            call.over();
            releaseExchange(exchange, false);
        }
    }

    /** Whatever fails is kept on the exchange, also what Camel lets through: the key must be given back. */
    private void process(Exchange exchange) {
        try {
            getProcessor().process(exchange);
        } catch (Throwable failure) {
            exchange.setException(failure);
        }
    }

    private static Answer answer(Exchange exchange, PartnerCall call) {
        Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (call.checked() == null) {
            throw new IllegalStateException(
                    "Camel has no operation " + call.operation().id());
        }
        Object body = exchange.getMessage().getBody();
        int success = status == null ? call.operation().successStatus() : status;
        byte[] bytes;
        if (body instanceof byte[] stored) {
            bytes = stored;
        } else if (body instanceof JsonNode json) {
            bytes = written(json, call.operation().largestAnswer());
        } else if (success == 204) {
            bytes = new byte[0];
        } else {
            throw new IllegalStateException("the route " + call.operation().id() + " gave no JSON");
        }
        boolean replayed = exchange.getMessage().getHeader(ReplayingRepository.REPLAYED) != null;
        return new Answer(success, bytes, null, replayed);
    }

    private static byte[] written(JsonNode json, LargestAnswer largest) {
        return Json.write(json, largest.bytes())
                .orElseThrow(() -> Refusal.of(
                        400,
                        "The answer would have too many bytes, at most " + largest.bytes() + " are taken: "
                                + largest.advice()));
    }

    /**
     * Where an operation's contract knows no 404, what is named and not there is a mistake in the call as any other.
     */
    private static Refusal documented(Refusal refusal, PartnerCall call) {
        boolean unheardOf =
                refusal.status() == 404 && !call.operation().statuses().contains(404);
        return unheardOf ? Refusal.of(400, refusal.getMessage()) : refusal;
    }

    private static Answer refused(Throwable failure, PartnerCall call) {
        Fatal.look(failure);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return Answer.refused(documented(call.told(refusal), call));
            }
            if (cause instanceof Budget.Exceeded exceeded) {
                return Answer.refused(
                        exceeded.status() == 503
                                ? Refusal.retry(503, exceeded.getMessage(), SOON)
                                : Refusal.of(exceeded.status(), exceeded.getMessage()));
            }
            if (cause instanceof StoreException) {
                // Why, the store says once; a trace for each call would fill the disk that may be full already.
                LOG.error("{} {}", call, cause.getMessage());
                return Answer.refused(Refusal.retry(503, "The gateway cannot reach its store: try again", SOON));
            }
        }
        FailureLog.write(LOG, call, failure);
        return Answer.refused(Refusal.of(500, "The gateway failed; its operator finds the reason by this id"));
    }

    /**
     * What the partner gets.
     *
     * @param status HTTP status
     * @param body JSON of a success; null for a refusal
     * @param refusal a refusal; null for a success
     * @param replayed whether it is the answer of an earlier call
     */
    private record Answer(int status, byte[] body, Refusal refusal, boolean replayed) {

        static Answer refused(Refusal refusal) {
            return new Answer(refusal.status(), null, refusal, false);
        }
    }

    private void write(Answer answer, HttpServerRequest request, PartnerCall call) {
        if (answer.refusal() != null) {
            server.refuse(request, call, answer.refusal());
        } else {
            if (answer.replayed()) {
                request.response().putHeader(ReplayingRepository.REPLAYED, "true");
            }
            server.write(request, call, answer.status(), answer.body());
        }
    }
}
