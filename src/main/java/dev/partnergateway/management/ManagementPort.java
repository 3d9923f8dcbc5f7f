package dev.partnergateway.management;

import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The management port of the gateway that runs with the same settings, as commands see it. */
final class ManagementPort {

    /** Replaying many calls takes a while. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration CONNECTING = Duration.ofSeconds(10);

    private final String address;
    private final PrintStream out;
    private final PrintStream error;

    ManagementPort(Settings settings, PrintStream out, PrintStream error) {
        String host = settings.managementHost().equals("0.0.0.0") ? "127.0.0.1" : settings.managementHost();
        this.address = "http://" + host + ':' + settings.managementPort();
        this.out = out;
        this.error = error;
    }

    /** Asks and prints the answer; the command's exit code: 0 = done, 1 = refused or not reached. */
    int send(String method, String path, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .connectTimeout(CONNECTING)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            boolean done = answer.statusCode() / 100 == 2;
            if (!answer.body().isEmpty()) {
                (done ? out : error).println(answer.body());
            }
            return done ? 0 : 1;
        } catch (IOException e) {
            error.println("No gateway answers at " + address + "; gateway.management-port says where it is");
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
