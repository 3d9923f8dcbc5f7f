package dev.partnergateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Json;
import dev.partnergateway.store.StoreException;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How pages on the management port answer. */
final class Pages {

    private static final Logger LOG = LoggerFactory.getLogger(Pages.class);

    private Pages() {}

    interface Page {
        void answer(RoutingContext context) throws Exception;
    }

    static void serve(RoutingContext context, Page page) {
        try {
            page.answer(context);
        } catch (StoreException e) {
            refuse(context, 503, "The gateway cannot reach its store: try again");
        } catch (Exception e) {
            LOG.error("The page {} failed", context.normalizedPath(), e);
            refuse(context, 500, "The gateway failed; the reason is in its log");
        }
    }

    static void refuse(RoutingContext context, int status, String text) {
        reply(
                context,
                status,
                JsonNodeFactory.instance.objectNode().put("StatusCode", status).put("Error", text));
    }

    static void reply(RoutingContext context, int status, JsonNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(Json.write(body)));
    }
}
