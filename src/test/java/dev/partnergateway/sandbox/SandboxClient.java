package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A sandbox on a free port and plain HTTP calls to it. */
final class SandboxClient implements AutoCloseable {

    static final Path SPECIFICATION = Path.of("openapi", "talon-one.yaml");
    static final String COUPONS = "/v1/applications/1/campaigns/10/coupons";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String BOUNDARY = "----boundary";

    private final Sandbox sandbox;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    SandboxClient(Clock clock) {
        sandbox = Sandbox.start("127.0.0.1", 0, SPECIFICATION, clock);
    }

    SandboxClient() {
        this(Clock.systemUTC());
    }

    record Reply(int status, String text, String retryAfter) {
        JsonNode json() {
            try {
                return MAPPER.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Title and place of the error entry. */
        String error(int index) {
            JsonNode error = json().path("errors").path(index);
            return error.path("title").asText() + " "
                    + error.path("source").elements().next().asText();
        }
    }

    int port() {
        return sandbox.port();
    }

    HttpRequest.Builder request(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return body == null ? request : request.header("Content-Type", "application/json");
    }

    Reply send(HttpRequest.Builder request) {
        try {
            return reply(http.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    CompletableFuture<Reply> sendLater(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(SandboxClient::reply);
    }

    private static Reply reply(HttpResponse<String> response) {
        return new Reply(
                response.statusCode(),
                response.body(),
                response.headers().firstValue("Retry-After").orElse(""));
    }

    /** A call with the key of Demo Shop. */
    Reply shop(String method, String path, String body) {
        return send(asShop(request(method, path, body)));
    }

    static HttpRequest.Builder asShop(HttpRequest.Builder request) {
        return request.header("Authorization", "ApiKey-v1 " + Seed.DEMO_SHOP_KEY);
    }

    Reply other(String method, String path, String body) {
        return send(request(method, path, body).header("Authorization", "ApiKey-v1 " + Seed.OTHER_SHOP_KEY));
    }

    /** A call with the operator's key. */
    Reply operator(String method, String path, String body) {
        return send(asOperator(request(method, path, body)));
    }

    static HttpRequest.Builder asOperator(HttpRequest.Builder request) {
        return request.header("Authorization", "ManagementKey-v1 " + Seed.MANAGEMENT_KEY);
    }

    /** A call of the control interface. */
    Reply control(String method, String path, String body) {
        return send(request(method, path, body));
    }

    JsonNode ledger(String name) {
        return control("GET", "/sandbox/" + name, null).json();
    }

    Reply importCsv(String query, String csv) {
        String body = "--" + BOUNDARY + "\r\n"
                + "Content-Disposition: form-data; name=\"upFile\"; filename=\"coupons.csv\"\r\n"
                + "Content-Type: text/csv\r\n\r\n" + csv + "\r\n--" + BOUNDARY + "--\r\n";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + port() + "/v1/applications/1/campaigns/10/import_coupons" + query))
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofString(body));
        return send(asOperator(request));
    }

    /** Makes a coupon with the given code. */
    Reply coupon(String code) {
        return operator(
                "POST",
                COUPONS + "?silent=no",
                "{\"numberOfCoupons\":1,\"usageLimit\":1,\"couponPattern\":\"" + code + "\"}");
    }

    void unlimited() {
        control("PUT", "/sandbox/limits", "{\"managementPerSecond\":0,\"parallelPerProfile\":0}");
    }

    void reset() {
        control("POST", "/sandbox/reset", "");
        unlimited();
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
