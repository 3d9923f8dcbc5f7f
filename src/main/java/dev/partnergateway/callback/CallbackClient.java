package dev.partnergateway.callback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Posts one callback: fixed headers, no redirect, no cookie, no proxy, no try of its own. The receiver has 5 seconds from when
 * there is a connection to it until it answers with a status, which alone says whether it has taken the callback.
 */
final class CallbackClient implements AutoCloseable {

    /** Connections to one receiver: as many as callbacks are posted to it at once, so that none waits for one. */
    static final int CONNECTIONS_TO_ONE = 20;

    private static final int SECONDS = 5;
    private static final int CONNECTIONS = 100;

    private CloseableHttpClient client;

    /** Made when it is needed: reading the trusted certificates takes a while, and most gateways never post. */
    private synchronized CloseableHttpClient client() {
        if (client == null) {
            client = create();
        }
        return client;
    }

    private static CloseableHttpClient create() {
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new CheckedResolver())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.ofSeconds(SECONDS))
                                .setSocketTimeout(Timeout.ofSeconds(SECONDS))
                                .build())
                        .setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS_TO_ONE)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.ofSeconds(SECONDS))
                        .setConnectionRequestTimeout(Timeout.ofSeconds(SECONDS))
                        .build())
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .disableAuthCaching()
                .disableContentCompression()
                .addExecInterceptorAfter(ChainElement.CONNECT.name(), "connected", CallbackClient::connected)
                .setUserAgent("partner-gateway")
                .build();
    }

    /** The time-outs of the client are between two bytes; this one is for the whole, and begins with the connection. */
    private static ClassicHttpResponse connected(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Cancellable whole = (Cancellable) scope.originalRequest;
        CompletableFuture<Void> answered = new CompletableFuture<>();
        CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS).execute(() -> {
            if (!answered.isDone()) {
                whole.cancel();
            }
        });
        ClassicHttpResponse response = chain.proceed(request, scope);
        answered.complete(null);
        if (response.getEntity() != null) {
            // Nobody reads it, however long it is.
            response.setEntity(null);
            scope.execRuntime.discardEndpoint();
        }
        return response;
    }

    /**
     * Posts a callback.
     *
     * @param content as {@link Callback#with} gives it
     * @return the status that came back
     * @throws IOException when none came
     */
    int post(JsonNode content) throws IOException {
        HttpPost request = new HttpPost(content.path("destination").asText());
        request.setEntity(
                new ByteArrayEntity(Json.write(content.path("body")), ContentType.create("application/json")));
        set(request, content.path("header").asText(), content.path("value").asText());
        set(request, "X-Correlation-ID", content.path("correlation").asText());
        return client().execute(request, response -> response.getCode());
    }

    private static void set(HttpPost request, String name, String value) {
        if (!name.isEmpty() && !value.isEmpty()) {
            request.setHeader(name, value);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }
}
