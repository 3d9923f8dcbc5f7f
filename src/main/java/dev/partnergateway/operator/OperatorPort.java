package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.access.Deployments;
import dev.partnergateway.call.Json;
import dev.partnergateway.callback.Outbox;
import dev.partnergateway.check.Edits;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Asset;
import dev.partnergateway.http.Port;
import dev.partnergateway.http.Request;
import dev.partnergateway.idempotency.Parked;
import dev.partnergateway.operator.Decisions.By;
import dev.partnergateway.queue.DeadLetters;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The operator's port: pages for a browser ({@link Site}), and under {@code /api} all that they show and decide, as JSON;
 * {@code GET /api} describes it. Every decision says who takes it and why, and is written down ({@link Decisions}).
 * {@link Admission} says who is let in.
 */
public final class OperatorPort {

    private static final String API = "api";

    private final Site site = new Site();
    private final Answer description = Asset.of("operator/openapi.yaml").answer();
    private final Decisions decisions;
    private final CallPages calls;
    private final NowPages now;
    private final IntegrationPages integrations;
    private final DeploymentPages deployments;
    private final ParkedPages parked;
    private final Optional<DeadLetterPages> deadLetters;
    private final CallbackPages callbacks;

    /**
     * What the pages show of the rest of the house.
     *
     * @param deadLetters empty when nothing is queued
     * @param outbox callbacks, of which some may have been given up
     * @param operations of all contracts that are served
     * @param edits that could not be loaded
     * @param ready whether the gateway takes calls
     */
    public record House(
            Settings settings,
            Store store,
            CallsSeen calls,
            Parked parked,
            Optional<DeadLetters> deadLetters,
            Outbox outbox,
            Supplier<Collection<Operation>> operations,
            Edits edits,
            Deployments deployments,
            Access access,
            MeterRegistry meters,
            BooleanSupplier ready) {}

    private OperatorPort(House house, LastHour hour) {
        this.decisions = new Decisions(house.store());
        this.calls = new CallPages(house.calls());
        this.now = new NowPages(house, hour);
        this.integrations = new IntegrationPages(house);
        this.deployments = new DeploymentPages(house);
        this.parked = new ParkedPages(house.parked());
        this.deadLetters = house.deadLetters().map(DeadLetterPages::new);
        this.callbacks = new CallbackPages(house.outbox());
    }

    /**
     * Opens it.
     *
     * @throws IllegalStateException when the port is taken
     * @throws dev.partnergateway.settings.SettingsException when it may not be where the settings say
     */
    public static Port open(Vertx vertx, ExecutorService workers, House house, LastHour hour) {
        Settings settings = house.settings();
        OperatorPort pages = new OperatorPort(house, hour);
        return Port.open(
                new Port.Place("gateway.operator-port", settings.operatorHost(), settings.operatorPort()),
                vertx,
                settings,
                workers,
                new Admission(settings),
                pages::answer);
    }

    private Answer answer(Request request) throws Exception {
        if (Site.isFor(request)) {
            return site.answer(request);
        }
        boolean plain =
                List.of("dead-letters", "callbacks").contains(request.segments().get(0));
        if (!plain && !request.segments().get(0).equals(API)) {
            return Answer.refusal(404, "There is no such page: / is for browsers, /api for programs");
        }
        if (!plain && request.segments().size() == 1) {
            return request.reads()
                    ? description
                    : Answer.refusal(405, "Only GET").with("Allow", "GET, HEAD");
        }
        try {
            if (plain) {
                return waiting(request);
            }
            return request.reads() ? shown(request.below()) : decided(request.below());
        } catch (StoreException e) {
            return Answer.refusal(503, "The gateway cannot reach its store: try again");
        }
    }

    private Answer shown(Request request) throws Exception {
        return switch (request.segments().get(0)) {
            case "now" -> now.answer(request);
            case "calls" -> calls.answer(request);
            case "decisions" -> Answer.json(200, decisions.list());
            case "integrations" -> integrations.answer(request);
            case "deployments" -> deployments.answer(request);
            default -> waiting(request);
        };
    }

    /** What waits for a decision. */
    private Answer waiting(Request request) throws Exception {
        return switch (request.segments().get(0)) {
            case "parked" -> parked.answer(request);
            case "callbacks" -> callbacks.answer(request);
            case "dead-letters" ->
                deadLetters.isPresent()
                        ? deadLetters.get().answer(request)
                        : Answer.refusal(
                                404, "Nothing is queued here: gateway.queue.<operation> is set for no operation");
            default -> Answer.refusal(404, "There is no such page: GET /api tells which there are");
        };
    }

    private Answer decided(Request request) throws Exception {
        if (!request.method().equals("POST")) {
            return Answer.refusal(405, "Decisions are made with POST").with("Allow", "GET, HEAD, POST");
        }
        JsonNode body = body(request);
        By by = By.of(body);
        if (by == null) {
            return Answer.refusal(400, By.EXPECTED);
        }
        if (body.has("expected")) {
            // Between looking at a filter and deciding about all that it takes, more may have come.
            Answer first = waiting(request.asRead());
            if (first.status() != 200) {
                return first;
            }
            int count = count(Json.read(first.body()));
            if (count != body.path("expected").asInt(-1)) {
                return Answer.refusal(409, "It would be about " + count + " now: look again");
            }
        }
        Answer answer = waiting(request);
        if (answer.status() / 100 == 2) {
            decisions.add(by, what(request.segments()), about(request, answer));
        }
        return answer;
    }

    private static int count(JsonNode told) {
        return told.path("count").asInt(told.path("letters").asInt(-1));
    }

    private static JsonNode body(Request request) {
        try {
            return Json.read(request.body());
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** The decision without the id that it is about. */
    private static String what(List<String> segments) {
        return segments.get(0) + '/' + segments.get(segments.size() - 1);
    }

    private static String about(Request request, Answer answer) {
        StringBuilder about = new StringBuilder();
        if (request.segments().size() > 2) {
            about.append(request.segments().get(1));
        }
        request.query().forEach((name, value) -> about.append(about.isEmpty() ? "" : " ")
                .append(name)
                .append('=')
                .append(value));
        return answer.body().length == 0
                ? about.toString()
                : about + " " + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
