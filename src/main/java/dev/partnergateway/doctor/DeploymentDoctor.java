package dev.partnergateway.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.partnergateway.doctor.Finding.Result;
import dev.partnergateway.settings.DeploymentSettings;
import dev.partnergateway.settings.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Looks at one deployment: name, TLS, clock, and what the management key may do. Operations that read are called with ids
 * that nothing has. Those that write get the same ids and half a JSON document, which Talon.One refuses whatever the key
 * may do: only whether it says 401 or 403 counts.
 */
final class DeploymentDoctor {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A clock that differs by more makes times in attributes and expiries wrong. */
    private static final long WRONG_SECONDS = 30;

    private static final int LAST_DAYS = 14;
    private static final String HALF = "{";

    private final DeploymentSettings settings;
    private final String of;
    private final URI base;
    private final Consumer<Finding> found;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    DeploymentDoctor(DeploymentSettings settings, Consumer<Finding> found) {
        this.settings = settings;
        this.of = "deployment " + settings.name();
        this.base = URI.create(settings.baseUrl()
                .orElseGet(() -> "https://" + settings.hosts().get(0))
                .replaceFirst("/$", ""));
        this.found = found;
    }

    private void found(String what, Result result, String sentence) {
        found.accept(new Finding(of, what, result, sentence));
    }

    /** Looks; what depends on something that does not work is left out. */
    void look(Path upstream) throws InterruptedException {
        if (!name()) {
            return;
        }
        HttpResponse<Void> answer;
        Instant asked = Instant.now();
        try {
            answer = client.send(request("GET", "/v2/authping", null), HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            found("connection", Result.FAILED, base + " does not answer: " + text(e) + remedy(e));
            return;
        }
        answer.sslSession()
                .ifPresentOrElse(
                        this::tls,
                        () -> found("TLS", Result.WARNING, base + " is called without TLS: keys travel in the clear"));
        clock(answer, asked);
        limits();
        key(upstream);
    }

    private boolean name() {
        try {
            String addresses = Arrays.stream(InetAddress.getAllByName(base.getHost()))
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(", "));
            found("name", Result.OK, base.getHost() + " is " + addresses);
            return true;
        } catch (UnknownHostException e) {
            found(
                    "name",
                    Result.FAILED,
                    base.getHost() + " is no known host: look at gateway.deployments." + settings.name()
                            + ".base-url and at the DNS of this machine");
            return false;
        }
    }

    private void tls(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            Date end = ((X509Certificate) chain[0]).getNotAfter();
            long days = Duration.between(Instant.now(), end.toInstant()).toDays();
            found(
                    "TLS",
                    days < LAST_DAYS ? Result.WARNING : Result.OK,
                    session.getProtocol() + ", the certificate is valid for " + days + " more days");
        } catch (SSLPeerUnverifiedException e) {
            found("TLS", Result.FAILED, "the certificate cannot be checked: " + text(e));
        }
    }

    private void clock(HttpResponse<Void> answer, Instant asked) {
        String date = answer.headers().firstValue("Date").orElse("");
        try {
            Instant there = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            long apart = Duration.between(asked, there).toSeconds();
            found(
                    "clock",
                    Math.abs(apart) > WRONG_SECONDS ? Result.WARNING : Result.OK,
                    Math.abs(apart) <= WRONG_SECONDS
                            ? "as here, to " + (Math.abs(apart) + 1) + " s"
                            : "its clock is " + Math.abs(apart) + " s " + (apart > 0 ? "ahead of" : "behind")
                                    + " this machine's: set the clock of this machine by NTP");
        } catch (DateTimeParseException e) {
            found("clock", Result.WARNING, "its answers have no Date: nothing can be told");
        }
    }

    private void limits() {
        int rate = settings.managementRate();
        boolean usual = rate > 0 && rate <= DeploymentSettings.DEFAULT_MANAGEMENT_RATE;
        found(
                "limits",
                usual ? Result.OK : Result.WARNING,
                usual
                        ? "at most " + rate + " calls a second to one endpoint of the Management API"
                        : "management-rate is " + (rate == 0 ? "off" : rate + " a second") + ", Talon.One allows "
                                + DeploymentSettings.DEFAULT_MANAGEMENT_RATE + ": more are answered 429");
    }

    // --- The management key -----------------------------------------------------------------------------------------

    private void key(Path upstream) throws InterruptedException {
        if (settings.managementKey().isEmpty()) {
            found(
                    "management key",
                    Result.WARNING,
                    "none is set: coupons, points and audiences cannot be looked after");
            return;
        }
        Secret key = settings.managementKey().get();
        JsonNode contract;
        try {
            contract = new YAMLMapper().readTree(upstream.toFile());
        } catch (IOException e) {
            found("management key", Result.FAILED, upstream + " cannot be read: " + text(e));
            return;
        }
        Set<String> lacking = new TreeSet<>();
        Set<String> unknown = new TreeSet<>();
        int works = 0;
        for (var path : contract.path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                if (method.getValue().path("security").findValue("management") == null) {
                    continue;
                }
                String id = method.getValue().path("operationId").asText();
                int status = ask(path.getKey(), method.getKey().toUpperCase(Locale.ROOT), key);
                if (status == 401) {
                    found(
                            "management key",
                            Result.FAILED,
                            "Talon.One does not know it: make a new one in its Campaign"
                                    + " Manager and set gateway.deployments." + settings.name() + ".management-key");
                    return;
                }
                if (status == 403) {
                    lacking.add(id);
                } else if (status == 0 || status >= 429) {
                    unknown.add(id);
                } else {
                    works++;
                }
            }
        }
        tell(works, lacking, unknown);
    }

    private void tell(int works, Set<String> lacking, Set<String> unknown) {
        if (!lacking.isEmpty()) {
            found(
                    "management key",
                    Result.FAILED,
                    "it may not use " + String.join(", ", lacking)
                            + ": give it these endpoints in the Campaign Manager");
        }
        if (!unknown.isEmpty()) {
            found(
                    "management key",
                    Result.WARNING,
                    "Talon.One did not say whether it may use " + String.join(", ", unknown) + ": try again");
        }
        if (lacking.isEmpty() && unknown.isEmpty()) {
            found(
                    "management key",
                    Result.OK,
                    "it may use all " + works + " operations that the gateway calls with it");
        }
    }

    private int ask(String template, String method, Secret key) throws InterruptedException {
        String path = template.replaceAll("\\{[^}]*}", "0") + (method.equals("GET") ? "?pageSize=1" : "");
        try {
            return client.send(request(method, path, key), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpRequest request(String method, String path, Secret key) {
        boolean reads = method.equals("GET") || method.equals("DELETE");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        reads ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(HALF));
        if (!reads) {
            request.header("Content-Type", "application/json");
        }
        if (key != null) {
            request.header("Authorization", "ManagementKey-v1 " + key.value());
        }
        return request.build();
    }

    private static String text(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String remedy(IOException failure) {
        return text(failure).contains("certification path")
                ? "; its certificate is signed by nobody whom this JVM trusts: -Djavax.net.ssl.trustStore"
                : "; look at base-url, firewalls and proxies";
    }
}
