package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Calls a port of this machine. */
final class HttpPort {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** Longer than any deadline that a case waits for. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int number;

    HttpPort(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    Reply send(String method, String path, JsonNode json) {
        return send(new PartnerRequest(
                method, path, json == null ? null : json.toString(), List.of("Content-Type", "application/json")));
    }

    Reply send(PartnerRequest call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + number + call.target()))
                .timeout(PATIENCE)
                .method(
                        call.method(),
                        call.body() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(
                                        call.body().getBytes(StandardCharsets.UTF_8)));
        if (!call.headers().isEmpty()) {
            request.headers(call.headers().toArray(String[]::new));
        }
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
