package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.telemetry.Telemetry;
import dev.partnergateway.telemetry.UpstreamObservation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;

/**
 * The one way to a deployment: fixed path templates with encoded values, the right key, a bounded wait, over
 * camel-http.
 */
public final class TalonOne {

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

    private final UpstreamContract contract;
    private final CamelContext camel;
    private final ProducerTemplate template;
    private final Settings settings;
    private final Telemetry telemetry;
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();

    /**
     * Prepares calls.
     *
     * @param camel the context whose camel-http is used; configured here
     */
    public TalonOne(UpstreamContract contract, CamelContext camel, Settings settings, Telemetry telemetry) {
        this.contract = contract;
        this.camel = camel;
        this.settings = settings;
        this.telemetry = telemetry;
        this.template = camel.createProducerTemplate();
        configure(camel.getComponent("http", HttpComponent.class));
        configure(camel.getComponent("https", HttpComponent.class));
    }

    private void configure(HttpComponent http) {
        http.setHttpClientConfigurer(new TalonOneHttpClient());
        http.setConnectionsPerRoute(settings.connections());
        http.setMaxTotalConnections(settings.connections() * 2);
        http.setConnectTimeout(settings.connectTimeout().toMillis());
        http.setCookieManagementDisabled(true);
        http.setRedirectHandlingDisabled(true);
        http.setAutomaticRetriesDisabled(true);
        http.setCopyHeaders(false);
        http.setUseSystemProperties(false);
    }

    /** The operations that may be called. */
    public UpstreamContract contract() {
        return contract;
    }

    /**
     * Calls a deployment and takes only success for an answer.
     *
     * @return the answer's JSON; a missing node when it had no body
     * @throws Refusal mapped as contract 2.4 says
     */
    public JsonNode call(UpstreamCall call) {
        UpstreamAnswer answer;
        try {
            answer = send(call);
        } catch (Unanswered e) {
            throw UpstreamErrors.of(call.operation(), e);
        }
        if (!answer.ok()) {
            throw refusal(call.operation(), answer);
        }
        return answer.body();
    }

    /** What the partner is told about an answer that is no success (contract 2.4). */
    public static Refusal refusal(UpstreamOperation operation, UpstreamAnswer answer) {
        return UpstreamErrors.of(operation, answer);
    }

    /** What the partner is told when there was no answer (contract 2.4). */
    public static Refusal refusal(UpstreamOperation operation, Unanswered failure) {
        return UpstreamErrors.of(operation, failure);
    }

    /**
     * Calls a deployment once.
     *
     * @return whatever it answered
     * @throws Unanswered when it did not
     * @throws Refusal 501 when the deployment has no management key and one is needed
     */
    public UpstreamAnswer send(UpstreamCall call) throws Unanswered {
        UpstreamOperation operation = call.operation();
        Endpoint endpoint = endpoints.computeIfAbsent(
                call.deployment().baseUrl().getScheme() + " " + operation.method(), this::endpoint);
        Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
        exchange.getMessage().setHeader(Exchange.HTTP_URI, uri(call));
        exchange.getMessage().setHeader("Authorization", authorization(call));
        exchange.getMessage().setHeader("Accept", "application/json");
        if (call.idempotencyKey() != null) {
            exchange.getMessage().setHeader("Idempotency-Key", call.idempotencyKey());
        }
        if (call.body() != null && !operation.method().equals("GET")) {
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
            exchange.getMessage().setBody(Json.write(call.body()));
        }
        TalonOneHttpClient.waitAtMost(call.patience());
        try (UpstreamObservation seen =
                telemetry.upstream(call.deployment().name(), operation.id(), operation.method())) {
            template.send(endpoint, exchange);
            if (exchange.getException() != null) {
                throw new Unanswered(sent(exchange.getException()), exchange.getException());
            }
            UpstreamAnswer answer = answer(exchange);
            seeTime(call.deployment(), exchange);
            seen.answered(answer.status());
            return answer;
        } finally {
            TalonOneHttpClient.done();
        }
    }

    private Endpoint endpoint(String schemeAndMethod) {
        String[] parts = schemeAndMethod.split(" ");
        return camel.getEndpoint(parts[0] + "://talon-one?throwExceptionOnFailure=false&skipResponseHeaders=false"
                + "&headerFilterStrategy=#upstreamHeaders&httpMethod=" + parts[1]);
    }

    private static String authorization(UpstreamCall call) {
        if (call.operation().key() == Key.PARTNER) {
            return call.credential().authorization();
        }
        return "ManagementKey-v1 "
                + call.deployment()
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

    private static boolean sent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof ConnectTimeoutException
                    || cause instanceof ConnectionRequestTimeoutException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof SSLHandshakeException) {
                return false;
            }
        }
        return true;
    }

    private static UpstreamAnswer answer(Exchange exchange) throws Unanswered {
        int status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        Duration retryAfter = retryAfter(exchange.getMessage().getHeader("Retry-After", String.class));
        if (bytes == null || bytes.length == 0) {
            return new UpstreamAnswer(status, UpstreamAnswer.NO_BODY, true, retryAfter);
        }
        try {
            return new UpstreamAnswer(status, Json.read(bytes), true, retryAfter);
        } catch (IOException e) {
            return new UpstreamAnswer(status, UpstreamAnswer.NO_BODY, false, retryAfter);
        }
    }

    private static void seeTime(Deployment deployment, Exchange exchange) {
        String text = exchange.getMessage().getHeader("Date", String.class);
        Instant date = text == null ? null : DateUtils.parseStandardDate(text);
        if (date != null) {
            deployment.clock().shows(date, Instant.now());
        }
    }

    private static Duration retryAfter(String text) {
        if (text == null || !text.strip().matches("[0-9]{1,6}")) {
            return Duration.ZERO;
        }
        Duration said = Duration.ofSeconds(Long.parseLong(text.strip()));
        return said.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : said;
    }
}
