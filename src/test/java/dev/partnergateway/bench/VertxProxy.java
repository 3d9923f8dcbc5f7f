package dev.partnergateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;

/** Baseline: what passing a call on costs at least in Java. Arguments: own port, upstream port. */
public final class VertxProxy {

    private VertxProxy() {}

    public static void main(String[] arguments) {
        int upstream = Integer.parseInt(arguments[1]);
        Vertx vertx = Vertx.vertx();
        HttpClient client = vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(1000));
        vertx.createHttpServer()
                .requestHandler(request -> request.body()
                        .compose(body -> client.request(HttpMethod.POST, upstream, "127.0.0.1", "/v2/events?silent=no")
                                .compose(call -> call.putHeader("Content-Type", "application/json")
                                        .putHeader("Authorization", request.getHeader("Authorization"))
                                        .send(body)))
                        .compose(answer -> answer.body().onSuccess(body -> request.response()
                                .setStatusCode(answer.statusCode())
                                .putHeader("Content-Type", "application/json")
                                .end(body)))
                        .onFailure(
                                failure -> request.response().setStatusCode(502).end()))
                .listen(Integer.parseInt(arguments[0]))
                .onSuccess(server -> System.out.println("ready"));
    }
}
