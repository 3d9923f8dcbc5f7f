package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A call to the partner port, ready to be sent.
 *
 * @param target path and query
 * @param body null = none
 * @param headers name, value, name, value
 */
public record PartnerRequest(String method, String target, String body, List<String> headers) {

    /** The call as a case writes it: {@code {method, path, query, headers, json}} or {@code text} for {@code json}. */
    public static PartnerRequest of(JsonNode call) {
        List<String> headers = new ArrayList<>();
        call.path("headers").properties().forEach(header -> {
            headers.add(header.getKey());
            headers.add(header.getValue().asText());
        });
        String body = call.hasNonNull("text") ? call.get("text").asText() : null;
        if (call.hasNonNull("json")) {
            body = call.get("json").toString();
            if (headers.stream().noneMatch("Content-Type"::equalsIgnoreCase)) {
                headers.add("Content-Type");
                headers.add("application/json");
            }
        }
        StringBuilder path = new StringBuilder(call.path("path").asText());
        call.path("query").properties().forEach(parameter -> path.append(path.indexOf("?") < 0 ? '?' : '&')
                .append(encode(parameter.getKey()))
                .append('=')
                .append(encode(parameter.getValue().asText())));
        return new PartnerRequest(call.path("method").asText(), path.toString(), body, List.copyOf(headers));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
