package dev.partnergateway.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.utils.DateUtils;

/**
 * Takes a call through credential, rate, parallelism, fault, repeat and check to the operation that carries it out. A call
 * that its credential or a limit stops does not use up a fault.
 */
final class Desk {

    private static final Logger LOG = System.getLogger(Desk.class.getName());

    private static final int FLOOD = 10_000;
    private static final int INFLATED = 64 * 1024 * 1024;
    private static final byte[] BLANK = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
    private static final int DRIP_MILLIS = 500;

    private final Vertx vertx;
    private final World world;
    private final List<Operation> operations;
    private final Map<String, Handler> handlers;
    private final Calls calls = new Calls();
    private final Callbacks callbacks = new Callbacks();
    private final Limits limits;
    private final Faults faults = new Faults();
    private final Repeats repeats;

    /**
     * @throws IllegalStateException when the operations and the handlers are not the same ones
     */
    Desk(Vertx vertx, World world, Limits limits, List<Operation> operations, Map<String, Handler> handlers) {
        this.vertx = vertx;
        this.world = world;
        this.limits = limits;
        this.operations = operations;
        this.handlers = handlers;
        this.repeats = new Repeats(world.clock);
        Set<String> described = operationIds();
        if (!described.equals(handlers.keySet())) {
            throw new IllegalStateException(
                    "The sandbox serves " + handlers.keySet() + ", but the specification describes " + described + ".");
        }
    }

    Set<String> operationIds() {
        return operations.stream().map(Operation::id).collect(Collectors.toSet());
    }

    List<Operation> operations() {
        return operations;
    }

    World world() {
        return world;
    }

    Calls calls() {
        return calls;
    }

    Callbacks callbacks() {
        return callbacks;
    }

    Limits limits() {
        return limits;
    }

    Faults faults() {
        return faults;
    }

    /** Back to the seed, with no faults, no recorded calls or callbacks, and the usual limits. */
    void reset() {
        world.reset();
        faults.forget();
        calls.clear();
        callbacks.clear();
        repeats.clear();
        limits.set(Limits.MANAGEMENT_PER_SECOND, Limits.PARALLEL_PER_PROFILE, 0, 0);
    }

    private record Match(Operation operation, Map<String, String> path) {}

    void serve(HttpServerRequest request, Received received) {
        Match match = match(received);
        Calls.Recorded recorded =
                calls.add(match == null ? "unknown" : match.operation().id(), world.clock.instant(), received);
        HttpServerResponse response = request.response();
        int application;
        List<Limits.Touched> touched;
        try {
            if (match == null) {
                throw noSuchOperation(received);
            }
            application = authorise(match.operation(), received);
            if (match.operation().management()) {
                limits.takeRate(match.operation().id(), System.nanoTime());
            }
            touched = touched(match, received);
            limits.enter(touched);
        } catch (Refusal refusal) {
            reply(response, recorded, refusal.answer());
            return;
        }
        leaveWhenOver(response, touched);
        Faults.Fault fault = faults.next(match.operation().id());
        if (fault == null) {
            reply(response, recorded, carryOut(match, application, received, recorded));
            return;
        }
        recorded.met(fault.kind());
        Runnable rest =
                () -> misbehave(fault, request, recorded, () -> carryOut(match, application, received, recorded));
        if (fault.delayMillis() > 0) {
            vertx.setTimer(fault.delayMillis(), timer -> rest.run());
        } else {
            rest.run();
        }
    }

    private Match match(Received received) {
        String[] path = received.path().substring(1).split("/", -1);
        for (Operation operation : operations) {
            if (operation.method().equals(received.method())) {
                Map<String, String> values = operation.match(path);
                if (values != null) {
                    return new Match(operation, values);
                }
            }
        }
        return null;
    }

    private Refusal noSuchOperation(Received received) {
        String[] path = received.path().substring(1).split("/", -1);
        boolean known = operations.stream().anyMatch(operation -> operation.match(path) != null);
        return known ? Refusal.of(405, "Method not allowed") : Refusal.of(404, "There is no such endpoint");
    }

    private int authorise(Operation operation, Received received) {
        if (operation.management()) {
            if (received.credentialKind().equals("ManagementKey-v1")
                    && received.key().equals(Seed.MANAGEMENT_KEY)) {
                return 0;
            }
        } else if (received.credentialKind().equals("ApiKey-v1")) {
            Integer application = world.keys.get(received.key());
            boolean staging = world.stagingKeys.contains(received.key());
            if (application != null && (!staging || harmless(operation, received))) {
                return application;
            }
        }
        throw Refusal.of(401, "Unauthorized");
    }

    private static boolean harmless(Operation operation, Received received) {
        return operation.id().equals("authPing") || isDry(received);
    }

    private static boolean isDry(Received received) {
        return received.query().getOrDefault("dry", List.of()).contains("true");
    }

    private static List<Limits.Touched> touched(Match match, Received received) {
        Operation operation = match.operation();
        if (!operation.crowded()) {
            return List.of();
        }
        JsonNode body = body(received);
        Operation.Sequence sequence = operation.sequence();
        String id = sequence.place().equals("path")
                ? match.path().get(sequence.name())
                : body.path(sequence.name()).asText("");
        List<Limits.Touched> touched = new ArrayList<>();
        touched.add(new Limits.Touched(sequence.of(), sequence.place().equals("path") ? segment(id) : id));
        // A session changes the profile it belongs to as well.
        String owner = body.path("customerSession").path("profileId").asText("");
        if (!owner.isEmpty()) {
            touched.add(new Limits.Touched("profile", owner));
        }
        return touched;
    }

    private static JsonNode body(Received received) {
        try {
            return Json.read(received.text());
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static String segment(String raw) {
        try {
            return Received.decodeSegment(raw);
        } catch (IllegalArgumentException e) {
            return raw;
        }
    }

    private void leaveWhenOver(HttpServerResponse response, List<Limits.Touched> touched) {
        if (touched.isEmpty()) {
            return;
        }
        AtomicBoolean left = new AtomicBoolean();
        Runnable leave = () -> {
            if (left.compareAndSet(false, true)) {
                limits.leave(touched);
            }
        };
        response.endHandler(end -> leave.run());
        response.closeHandler(close -> leave.run());
    }

    private Answer carryOut(Match match, int application, Received received, Calls.Recorded recorded) {
        boolean keyed = match.operation().keyed() && !received.idempotencyKey().isEmpty();
        if (keyed && received.idempotencyKey().length() > Repeats.LONGEST_KEY) {
            return Refusal.badRequest("Invalid", "At most 255 characters", "parameter", "Idempotency-Key")
                    .answer();
        }
        Answer first = keyed ? repeats.find(received.key(), received.idempotencyKey()) : null;
        if (first != null) {
            recorded.replays();
            return first;
        }
        Answer answer;
        Runnable undo = isDry(received) ? world.remember() : () -> {};
        try {
            Call call = Checks.check(match.operation(), application, match.path(), received);
            answer = handlers.get(match.operation().id()).handle(call);
        } catch (Refusal refusal) {
            answer = refusal.answer(limits.errorsPerAnswer());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The sandbox failed at " + match.operation().id(), e);
            return Answer.error(500, "The sandbox failed", Json.array(), 0);
        } finally {
            undo.run();
        }
        if (keyed) {
            repeats.store(received.key(), received.idempotencyKey(), answer);
        }
        return answer;
    }

    private void misbehave(
            Faults.Fault fault, HttpServerRequest request, Calls.Recorded recorded, Supplier<Answer> work) {
        switch (fault.kind()) {
            case DELAY -> reply(request.response(), recorded, work.get());
            case STATUS -> reply(request.response(), recorded, fault.answer());
            case PART_THEN_STATUS -> {
                Answer answer = world.inPart(work);
                reply(request.response(), recorded, world.hasDoneAPart() ? fault.answer() : answer);
            }
            case GARBAGE -> {
                recorded.answered(200);
                reply(request.response(), 200, "<html>not JSON</html>", 0);
            }
            case EMPTY -> {
                work.get();
                recorded.answered(200);
                reply(request.response(), 200, null, 0);
            }
            case HEADERS -> {
                IntStream.range(0, FLOOD).forEach(i -> request.response().putHeader("X-Flood-" + i, "x"));
                reply(request.response(), recorded, work.get());
            }
            case BOMB -> {
                Answer answer = work.get();
                recorded.answered(answer.status());
                request.response()
                        .setStatusCode(answer.status())
                        .putHeader("Content-Type", "application/json")
                        .putHeader("Content-Encoding", "gzip")
                        .end(Buffer.buffer(bomb()));
            }
            case DRIP -> {
                recorded.answered(work.get().status());
                drip(request.response());
            }
            case RESET -> request.connection().close();
            case COMMIT_THEN_RESET -> {
                work.get();
                request.connection().close();
            }
            case COMMIT_THEN_HANG -> work.get();
            default -> {
                // A hang is the absence of all work.
            }
        }
    }

    private static byte[] bomb() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < INFLATED; i += BLANK.length) {
                gzip.write(BLANK);
            }
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory could not be packed", e);
        }
        return bytes.toByteArray();
    }

    private void drip(HttpServerResponse response) {
        response.setChunked(true).putHeader("Content-Type", "application/json").write(" ");
        vertx.setPeriodic(DRIP_MILLIS, timer -> {
            if (response.closed()) {
                vertx.cancelTimer(timer);
            } else {
                response.write(" ");
            }
        });
    }

    private void reply(HttpServerResponse response, Calls.Recorded recorded, Answer answer) {
        recorded.answered(answer);
        if (!response.closed()) {
            response.putHeader("Date", DateUtils.formatStandardDate(world.clock.instant()));
        }
        reply(response, answer.status(), answer.body(), answer.retryAfter());
    }

    static void reply(HttpServerResponse response, int status, String body, int retryAfter) {
        // The client of a delayed call may have gone.
        if (response.closed()) {
            return;
        }
        response.setStatusCode(status);
        if (retryAfter > 0) {
            response.putHeader("Retry-After", String.valueOf(retryAfter));
        }
        if (body == null) {
            response.end();
        } else {
            response.putHeader("Content-Type", "application/json").end(body);
        }
    }
}
