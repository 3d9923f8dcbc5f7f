package dev.partnergateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.settings.SettingsException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that the operator wants to be made now and then, to know that calls of partners would be answered: over the partner
 * port, through contract, key and route to the deployment and back. Each asks for a dry run, whatever its file says; an
 * operation that knows none refuses it before anything is sent, so that it can never change anything.
 */
public final class SyntheticCalls {

    private static final Logger LOG = LoggerFactory.getLogger(SyntheticCalls.class);

    private static final String DRY_RUN = "X-DRY-RUN";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Synthetic> calls = new ArrayList<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(PATIENCE)
            .build();

    private static final class Synthetic {

        private final String deployment;
        private final Path file;
        private final Counter answered;
        private final Counter failed;
        private String lastProblem = "";

        Synthetic(String deployment, Path file, MeterRegistry meters) {
            this.deployment = deployment;
            this.file = file;
            this.answered = counter(deployment, "answered", meters);
            this.failed = counter(deployment, "failed", meters);
        }

        /** There from the beginning, so that it is seen when it stays the same. */
        private static Counter counter(String deployment, String result, MeterRegistry meters) {
            return Counter.builder("gateway.synthetic.calls")
                    .tags("deployment", deployment, "result", result)
                    .description("Synthetic calls: answered as they must be, or failed")
                    .register(meters);
        }
    }

    /**
     * Prepares them.
     *
     * @param files by the deployment's name: JSON {@code {"method", "path", "headers": {…}, "body"}}
     * @throws SettingsException when a file cannot be read or says something else
     */
    public SyntheticCalls(Map<String, Path> files, MeterRegistry meters) {
        files.forEach((deployment, file) -> {
            Synthetic call = new Synthetic(deployment, file, meters);
            try {
                request(call, 1);
            } catch (IOException | IllegalArgumentException e) {
                throw new SettingsException("gateway.synthetic." + deployment + ": " + file
                        + " must be a file with JSON {\"method\", \"path\", \"headers\", \"body\"} of one call.");
            }
            calls.add(call);
        });
    }

    /** The file is read each time: the key in it may have been renewed. */
    private static HttpRequest request(Synthetic call, int port) throws IOException {
        JsonNode written = Json.read(Files.readAllBytes(call.file));
        String path = written.path("path").asText();
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("no path");
        }
        HttpRequest.BodyPublisher body = written.has("body")
                ? HttpRequest.BodyPublishers.ofByteArray(Json.write(written.get("body")))
                : HttpRequest.BodyPublishers.noBody();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE)
                .method(written.path("method").asText("POST"), body);
        written.path("headers")
                .properties()
                .forEach(header ->
                        request.setHeader(header.getKey(), header.getValue().asText()));
        if (written.has("body")) {
            request.setHeader("Content-Type", "application/json");
        }
        return request.setHeader(DRY_RUN, "true")
                .setHeader("X-Request-Id", "synthetic-" + UUID.randomUUID())
                .build();
    }

    /** Whether there are any. */
    public boolean any() {
        return !calls.isEmpty();
    }

    /**
     * Makes each once, one after the other.
     *
     * @param port the partner port
     */
    public void make(int port) {
        for (Synthetic call : calls) {
            String problem = problem(call, port);
            (problem.isEmpty() ? call.answered : call.failed).increment();
            if (!problem.equals(call.lastProblem)) {
                call.lastProblem = problem;
                if (problem.isEmpty()) {
                    LOG.info("The synthetic call to {} is answered again", call.deployment);
                } else {
                    LOG.warn("The synthetic call to {} {}", call.deployment, problem);
                }
            }
        }
    }

    private String problem(Synthetic call, int port) {
        try {
            HttpResponse<Void> answer = client.send(request(call, port), HttpResponse.BodyHandlers.discarding());
            return answer.statusCode() / 100 == 2 ? "" : "was answered " + answer.statusCode();
        } catch (IOException | IllegalArgumentException e) {
            return "was not answered";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
