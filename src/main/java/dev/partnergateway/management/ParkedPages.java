package dev.partnergateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Json;
import dev.partnergateway.idempotency.Parked;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code /parked} on the management port: the calls that an operator has to decide on. Like everything on that port it
 * asks for no credential. One call's page shows what was sent to Talon.One, which may be personal data and coupon codes;
 * the list does not.
 *
 * <pre>
 * GET  /parked              all of them, oldest first, at most 1000
 * GET  /parked/{id}         one, with what was sent and its history
 * POST /parked/{id}/retry   try again
 * POST /parked/{id}/free    it did not happen: the partner's next call is a first one
 * POST /parked/{id}/done    it happened: {"status": 200, "body": {...}} is what repeats get from now on
 * </pre>
 */
public final class ParkedPages {

    private static final int LONGEST_BODY = 1_048_576;

    private final Parked parked;

    private ParkedPages(Parked parked) {
        this.parked = parked;
    }

    /** Adds the pages to the management port's router. */
    public static void add(Router router, Parked parked) {
        ParkedPages pages = new ParkedPages(parked);
        router.route("/parked*").handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        router.get("/parked").blockingHandler(context -> Pages.serve(context, pages::list), false);
        router.get("/parked/:id").blockingHandler(context -> Pages.serve(context, pages::show), false);
        router.post("/parked/:id/:decision").blockingHandler(context -> Pages.serve(context, pages::decide), false);
        router.route("/parked*")
                .handler(context ->
                        Pages.refuse(context, 404, "There is no such page: GET /parked lists what is parked"));
    }

    private void list(RoutingContext context) {
        Pages.reply(context, 200, parked.list());
    }

    private void show(RoutingContext context) {
        Optional<? extends JsonNode> found = parked.show(context.pathParam("id"));
        if (found.isPresent()) {
            Pages.reply(context, 200, found.get());
        } else {
            unknown(context);
        }
    }

    private void decide(RoutingContext context) {
        String id = context.pathParam("id");
        switch (context.pathParam("decision")) {
            case "retry" -> decided(context, parked.retry(id));
            case "free" -> decided(context, parked.free(id));
            case "done" -> done(context, id);
            default -> Pages.refuse(context, 404, "The decisions are retry, free and done");
        }
    }

    private void done(RoutingContext context, String id) {
        JsonNode answer;
        try {
            answer = Json.read(
                    context.body().buffer() == null
                            ? new byte[0]
                            : context.body().buffer().getBytes());
        } catch (IOException e) {
            answer = JsonNodeFactory.instance.missingNode();
        }
        int status = answer.path("status").asInt(200);
        if (!answer.isObject() || status < 200 || status > 299 || (status != 204 && !answer.has("body"))) {
            Pages.refuse(
                    context,
                    400,
                    "Say what repeats shall get: {\"status\": 200, \"body\": {...}}, or {\"status\": 204}");
            return;
        }
        decided(context, parked.done(id, status, status == 204 ? null : answer.get("body")));
    }

    private static void decided(RoutingContext context, boolean happened) {
        if (happened) {
            context.response().setStatusCode(204).end();
        } else {
            unknown(context);
        }
    }

    private static void unknown(RoutingContext context) {
        Pages.refuse(context, 404, "No call of this id is parked");
    }
}
