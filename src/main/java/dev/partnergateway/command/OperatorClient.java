package dev.partnergateway.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The operator's port of the gateway that runs with the same settings, as commands see it. */
final class OperatorClient {

    /** Replaying many calls takes a while. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration CONNECTING = Duration.ofSeconds(10);

    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

    private final String address;
    private final Optional<Secret> token;
    private final PrintWriter out;
    private final PrintWriter error;

    OperatorClient(Settings settings, PrintWriter out, PrintWriter error) {
        String host = settings.operatorHost();
        String named = EVERYWHERE.contains(host) ? "127.0.0.1" : host.contains(":") ? '[' + host + ']' : host;
        this.address = "http://" + named + ':' + settings.operatorPort();
        this.token = settings.operatorToken();
        this.out = out;
        this.error = error;
    }

    /**
     * Decides and prints the answer; the command's exit code.
     *
     * @param why the operator's reason, which is written down with his name on this machine
     * @param decision what belongs to the decision beside that
     */
    int decide(String path, String why, ObjectNode decision) {
        decision.put("who", System.getProperty("user.name", "(nobody)")).put("why", why);
        return send("POST", path, Json.write(decision));
    }

    /** Asks and prints the answer; the command's exit code: 0 = done, 1 = refused or not reached. */
    int send(String method, String path, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.value()));
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    // What a proxy in the environment would see is meant for nobody else.
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(CONNECTING)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean done = answer.statusCode() / 100 == 2;
            if (!answer.body().isEmpty()) {
                (done ? out : error).println(answer.body());
                (done ? out : error).flush();
            }
            return done ? 0 : 1;
        } catch (IOException e) {
            error.println("No gateway answers at " + address + "; gateway.operator-port says where it is");
            error.flush();
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
