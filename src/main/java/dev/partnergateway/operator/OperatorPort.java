package dev.partnergateway.operator;

import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Port;
import dev.partnergateway.http.Request;
import dev.partnergateway.idempotency.Parked;
import dev.partnergateway.queue.DeadLetters;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.StoreException;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** The operator's port: what waits for a decision, and the decisions. {@link Admission} says who is let in. */
public final class OperatorPort {

    private final ParkedPages parked;
    private final Optional<DeadLetterPages> deadLetters;

    private OperatorPort(Parked parked, Optional<DeadLetters> deadLetters) {
        this.parked = new ParkedPages(parked);
        this.deadLetters = deadLetters.map(DeadLetterPages::new);
    }

    /**
     * Opens it.
     *
     * @param deadLetters empty when nothing is queued
     * @throws IllegalStateException when the port is taken
     * @throws dev.partnergateway.settings.SettingsException when it may not be where the settings say
     */
    public static Port open(
            Settings settings, Vertx vertx, ExecutorService workers, Parked parked, Optional<DeadLetters> deadLetters) {
        OperatorPort pages = new OperatorPort(parked, deadLetters);
        return Port.open(
                new Port.Place("gateway.operator-port", settings.operatorHost(), settings.operatorPort()),
                vertx,
                settings,
                workers,
                new Admission(settings),
                pages::answer);
    }

    private Answer answer(Request request) throws Exception {
        try {
            return switch (request.segments().get(0)) {
                case "parked" -> parked.answer(request);
                case "dead-letters" ->
                    deadLetters.isPresent()
                            ? deadLetters.get().answer(request)
                            : Answer.refusal(
                                    404, "Nothing is queued here: gateway.queue.<operation> is set for no operation");
                default -> Answer.refusal(404, "There is no such page: /parked and /dead-letters are here");
            };
        } catch (StoreException e) {
            return Answer.refusal(503, "The gateway cannot reach its store: try again");
        }
    }
}
