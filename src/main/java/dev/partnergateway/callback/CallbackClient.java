package dev.partnergateway.callback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Posts one callback: fixed headers, no redirect, no cookie, no proxy, no try of its own, 5 seconds at most
 * (docs/behaviour.md#callbacks).
 */
final class CallbackClient implements AutoCloseable {

    private static final int SECONDS = 5;
    private static final int CONNECTIONS = 100;
    private static final int CONNECTIONS_TO_ONE = 20;

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
                .setUserAgent("partner-gateway")
                .build();
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
        // The time-outs above are between two bytes; this one is for the whole.
        CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS).execute(request::cancel);
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
