package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.telemetry.Telemetry;
import dev.partnergateway.telemetry.UpstreamObservation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;

/**
 * One call of a deployment over camel-http, and nothing else: fixed path templates with encoded values, the right key, a
 * bounded wait. When it is made, and what follows from its answer, is for {@link TalonOne}.
 */
final class UpstreamExchange implements AutoCloseable {

    private static final int FORM_BYTES = 512;

    private final CamelContext camel;
    private final ProducerTemplate template;
    private final Telemetry telemetry;
    private final TalonOneHttpClient client;
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();

    /**
     * Prepares calls.
     *
     * @param camel the context whose camel-http is used; configured here
     */
    UpstreamExchange(CamelContext camel, Settings settings, Telemetry telemetry) {
        this.camel = camel;
        this.telemetry = telemetry;
        this.template = camel.createProducerTemplate();
        // Each deployment has its own share: one that is slow takes no connection from another.
        this.client = new TalonOneHttpClient(
                settings.connections(),
                settings.connections() * (settings.deployments().size() + 1),
                settings.connectTimeout());
        configure(camel.getComponent("http", HttpComponent.class));
        configure(camel.getComponent("https", HttpComponent.class));
    }

    private void configure(HttpComponent http) {
        http.setHttpClientConfigurer(client);
        http.setClientConnectionManager(client.connections());
        // A body arrives whole: it is taken as it is instead of going through a cache that may lie on disk.
        http.setResponsePayloadStreamingThreshold(TalonOneHttpClient.LARGEST_BODY);
        http.setCookieManagementDisabled(true);
        http.setRedirectHandlingDisabled(true);
        http.setAutomaticRetriesDisabled(true);
        http.setCopyHeaders(false);
        http.setUseSystemProperties(false);
    }

    /** Whether calls can be made at all; what is false once stays so until the process ends. */
    boolean usable() {
        return client.usable();
    }

    @Override
    public void close() {
        client.close();
    }

    /**
     * What is about to be sent.
     *
     * @throws dev.partnergateway.call.Refusal 400 for a value that cannot be part of an address, 501 without a key for it
     */
    Exchange prepared(UpstreamCall call) {
        UpstreamOperation operation = call.operation();
        Endpoint endpoint = endpoints.computeIfAbsent(
                call.deployment().baseUrl().getScheme() + " " + operation.method(), this::endpoint);
        Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_URI, uri(call));
        message.setHeader("Authorization", authorization(operation, call.deployment(), call.credential()));
        message.setHeader("Accept", "application/json");
        if (call.idempotencyKey() != null) {
            message.setHeader("Idempotency-Key", call.idempotencyKey());
        }
        if (call.file() != null) {
            form(call.file(), message);
        } else if (call.body() != null && !operation.method().equals("GET")) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
            message.setBody(Json.write(call.body()));
        }
        return exchange;
    }

    /**
     * Makes it.
     *
     * @return whatever the deployment answered
     * @throws Unanswered when it did not
     */
    UpstreamAnswer carryOut(UpstreamCall call, Exchange exchange) throws Unanswered {
        UpstreamOperation operation = call.operation();
        Attempt attempt =
                Attempt.begin(call.patience(), call.sendBy(), call.operation().largestAnswer());
        try (UpstreamObservation seen =
                telemetry.upstream(call.deployment().name(), operation.id(), operation.method())) {
            template.send(exchange.getFromEndpoint(), exchange);
            Exception failure = exchange.getException();
            if (failure != null) {
                throwIfError(failure);
                throw attempt.failed(failure);
            }
            UpstreamAnswer answer = UpstreamAnswer.of(call, exchange.getMessage(), attempt.isReadable());
            seeTime(call.deployment(), exchange);
            seen.answered(answer.status());
            return answer;
        } finally {
            Attempt.over();
        }
    }

    /** Camel wraps what it cannot carry as it is; an Error is not for this class to survive. */
    private static void throwIfError(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error error) {
                throw error;
            }
        }
    }

    /** The boundary is random: no text of a caller in the file can end its part. */
    private static void form(byte[] file, Message message) {
        try (HttpEntity form = MultipartEntityBuilder.create()
                .addBinaryBody("upFile", file, ContentType.create("text/csv", StandardCharsets.UTF_8), "coupons.csv")
                .build()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.length + FORM_BYTES);
            form.writeTo(bytes);
            message.setHeader(Exchange.CONTENT_TYPE, form.getContentType());
            message.setBody(bytes.toByteArray());
        } catch (IOException e) {
            throw new IllegalStateException("a form in memory could not be written", e);
        }
    }

    private Endpoint endpoint(String schemeAndMethod) {
        String[] parts = schemeAndMethod.split(" ");
        return camel.getEndpoint(parts[0] + "://talon-one?throwExceptionOnFailure=false&skipResponseHeaders=false"
                + "&headerFilterStrategy=#upstreamHeaders&httpMethod=" + parts[1]);
    }

    /**
     * The key that a call carries.
     *
     * @throws Refusal 501 when the deployment has no management key and one is needed
     */
    static String authorization(UpstreamOperation operation, Deployment deployment, Credential credential) {
        if (operation.key() == Key.PARTNER) {
            return credential.authorization();
        }
        return "ManagementKey-v1 "
                + deployment
                        .managementKey()
                        .orElseThrow(() -> Refusal.of(
                                501, "This call needs a management key, which the operator has not configured"))
                        .value();
    }

    private static String uri(UpstreamCall call) {
        StringBuilder uri = new StringBuilder(call.deployment().baseUrl().toString());
        for (String segment : call.operation().path()) {
            uri.append('/');
            if (segment.startsWith("{")) {
                String name = segment.substring(1, segment.length() - 1);
                String value = call.path().path(name).asText("");
                if (value.isEmpty() || value.equals(".") || value.equals("..")) {
                    throw Refusal.of(400, name + " cannot be part of an address: give another value");
                }
                uri.append(encode(value));
            } else {
                uri.append(segment);
            }
        }
        char separator = '?';
        for (Map.Entry<String, JsonNode> parameter : call.query().properties()) {
            if (!call.operation().query().contains(parameter.getKey())) {
                throw new IllegalArgumentException(
                        call.operation().id() + " takes no query parameter " + parameter.getKey());
            }
            uri.append(separator)
                    .append(encode(parameter.getKey()))
                    .append('=')
                    .append(encode(parameter.getValue().asText()));
            separator = '&';
        }
        // camel-http expands placeholders in this text (CVE-2026-78164); encoded values cannot hold any.
        if (uri.indexOf("{") >= 0) {
            throw new IllegalStateException("an address with a brace is never called");
        }
        return uri.toString();
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static void seeTime(Deployment deployment, Exchange exchange) {
        String text = exchange.getMessage().getHeader("Date", String.class);
        Instant date = text == null ? null : DateUtils.parseStandardDate(text);
        if (date != null) {
            deployment.clock().shows(date, Instant.now());
        }
    }
}
