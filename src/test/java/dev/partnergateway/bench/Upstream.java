package dev.partnergateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.time.Duration;

/** A Talon.One that answers every event at once, or after a fixed time, or fails with every event; it knows nothing. */
final class Upstream implements AutoCloseable {

    private static final String CAMPAIGNS =
            "{\"hasMore\":false,\"data\":[{\"id\":10,\"applicationId\":1,\"name\":\"c\"}]}";
    private static final String STATE = "{\"effects\":[],\"createdCoupons\":[],\"createdReferrals\":[],"
            + "\"customerProfile\":{\"id\":1,\"integrationId\":\"p\",\"attributes\":{}},\"event\":{\"id\":1,"
            + "\"type\":\"viewed\",\"attributes\":{}}}";

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpServer server;

    /**
     * Starts it.
     *
     * @param latency from a call's end to its answer
     * @param status of the answers to events
     */
    Upstream(Duration latency, int status) {
        server = vertx.createHttpServer()
                .requestHandler(request -> request.endHandler(end -> {
                    String body = request.path().startsWith("/v1/integration/campaigns")
                            ? CAMPAIGNS
                            : request.path().startsWith("/v1/attributes") ? "{\"hasMore\":false,\"data\":[]}" : STATE;
                    Runnable answer = () -> request.response()
                            .setStatusCode(body == STATE ? status : 200)
                            .putHeader("Content-Type", "application/json")
                            .end(body);
                    if (latency.isZero()) {
                        answer.run();
                    } else {
                        vertx.setTimer(latency.toMillis(), timer -> answer.run());
                    }
                }));
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
