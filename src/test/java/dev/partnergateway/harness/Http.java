package dev.partnergateway.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** An HTTP client for tests: plain calls, and bytes on a socket for what no client would send. */
public final class Http {

    private static final String DEMO_KEY = "sandbox-key-demo-shop";

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final int port;

    /** Calls a port of this machine. */
    public Http(int port) {
        this.port = port;
    }

    /** The port. */
    public int port() {
        return port;
    }

    /** An answer. */
    public record Answer(int status, Map<String, java.util.List<String>> headers, byte[] body) {

        /** The body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The body as JSON. */
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new AssertionError("no JSON: " + text(), e);
            }
        }

        /** First value of a header, or null. */
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().get(0))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Posts JSON as a partner who has the key of the sandbox's demo shop. */
    public Answer post(String path, String json) {
        return send("POST", path, json, "Authorization", "ApiKey-v1 " + DEMO_KEY, "Content-Type", "application/json");
    }

    /** Reports an event of a customer, told apart by the customer's name alone, with the key of the demo shop. */
    public Answer event(String identifier) {
        return send(
                "POST",
                "/braze/event",
                "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + identifier
                        + "\",\"identifier\":\"" + identifier + "\"}",
                "Authorization",
                "ApiKey-v1 " + DEMO_KEY,
                "Content-Type",
                "application/json",
                "destination-hostname",
                "sandbox.example");
    }

    /** Puts a profile into an audience as a customer data platform does, in a call that may be queued. */
    public Answer join(String profile, String audience, String key) {
        return send(
                "PUT",
                "/cdp/customer_profiles/audiences",
                "{\"data\":[{\"customerProfileId\":\"" + profile + "\",\"adds\":[" + audience + "]}]}",
                "Authorization",
                "ApiKey-v1 " + key,
                "destination-hostname",
                "sandbox.example",
                "customer-data-platform-name",
                "demo-cdp",
                "Content-Type",
                "application/json");
    }

    /** Puts a profile into audience 1 with the key of the sandbox's demo shop. */
    public Answer join(String profile) {
        return join(profile, "1", DEMO_KEY);
    }

    /**
     * What the metrics page of a management port says of a metric; 0 when it says nothing.
     *
     * @param beginning of the lines that are added up: the name, with labels or without
     */
    public double metric(String beginning) {
        return send("GET", "/observe/metrics", (String) null)
                .text()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Sends a request; headers as name, value, name, value. */
    public Answer send(String method, String path, String body, String... headers) {
        return send(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Sends a request with a body of bytes. */
    public Answer send(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes bytes on a connection of its own and reads until the other side closes it or is silent for a second. */
    public String raw(String bytes) {
        return raw(bytes, Duration.ofSeconds(1));
    }

    /** As {@link #raw(String)}, with another patience. */
    public String raw(String bytes, Duration silence) {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout((int) silence.toMillis());
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            try {
                for (int read = socket.getInputStream().read(buffer);
                        read >= 0;
                        read = socket.getInputStream().read(buffer)) {
                    answer.write(buffer, 0, read);
                }
            } catch (IOException silent) {
                return answer.toString(StandardCharsets.ISO_8859_1);
            }
            return answer.toString(StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
