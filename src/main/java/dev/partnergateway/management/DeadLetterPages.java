package dev.partnergateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.queue.DeadLetterFilter;
import dev.partnergateway.queue.DeadLetters;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * {@code /dead-letters} on the management port: queued calls that could not be carried out. Their texts may name what
 * callers sent.
 *
 * <pre>
 * GET  /dead-letters          all of them, oldest first, at most 1000
 * POST /dead-letters/replay   puts them back into the queue; needs a filter
 * </pre>
 *
 * <p>A filter is made of query parameters: {@code id}, {@code operation}, {@code deployment}, {@code reason} (a status, or
 * a part of the text), {@code from} and {@code to} (RFC 3339).
 */
public final class DeadLetterPages {

    private static final Set<String> NAMES = Set.of("id", "operation", "deployment", "reason", "from", "to");

    private final DeadLetters deadLetters;

    private DeadLetterPages(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** Adds the pages to the management port's router. */
    public static void add(Router router, DeadLetters deadLetters) {
        DeadLetterPages pages = new DeadLetterPages(deadLetters);
        router.get("/dead-letters").blockingHandler(context -> pages.serve(context, pages::list), false);
        router.post("/dead-letters/replay").blockingHandler(context -> pages.serve(context, pages::replay), false);
        router.route("/dead-letters*")
                .handler(context ->
                        Pages.refuse(context, 404, "There is no such page: GET /dead-letters lists dead letters"));
    }

    private interface Page {
        void answer(RoutingContext context, DeadLetterFilter filter) throws Topic.NotWritten;
    }

    private void serve(RoutingContext context, Page page) {
        Pages.serve(context, served -> {
            try {
                page.answer(served, filter(served));
            } catch (IllegalArgumentException | DateTimeParseException e) {
                Pages.refuse(
                        served,
                        400,
                        "The filter has id, operation, deployment, reason, and from and to such as"
                                + " 2026-11-24T12:00:00Z");
            } catch (KafkaException | Topic.NotWritten e) {
                Pages.refuse(served, 503, "Kafka does not answer: try again");
            }
        });
    }

    private static DeadLetterFilter filter(RoutingContext context) {
        if (!NAMES.containsAll(context.queryParams().names())) {
            throw new IllegalArgumentException("an unknown part of the filter would be no filter");
        }
        return new DeadLetterFilter(
                context.queryParams().get("id"),
                context.queryParams().get("operation"),
                context.queryParams().get("deployment"),
                context.queryParams().get("reason"),
                time(context.queryParams().get("from")),
                time(context.queryParams().get("to")));
    }

    private static Instant time(String text) {
        return text == null ? null : Instant.parse(text);
    }

    private void list(RoutingContext context, DeadLetterFilter filter) {
        Pages.reply(context, 200, deadLetters.list(filter));
    }

    private void replay(RoutingContext context, DeadLetterFilter filter) throws Topic.NotWritten {
        if (context.queryParams().isEmpty()) {
            Pages.refuse(context, 400, "Say which to replay, by id, operation, deployment, reason, from or to");
            return;
        }
        int replayed = deadLetters.replay(filter);
        Pages.reply(context, 200, JsonNodeFactory.instance.objectNode().put("replayed", replayed));
    }
}
