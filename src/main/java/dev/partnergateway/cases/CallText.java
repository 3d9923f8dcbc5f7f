package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;

/**
 * A call to a partner's operation as somebody has it at hand: a curl command, a call as cases write it, or a body alone.
 */
public final class CallText {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private CallText() {}

    /**
     * Reads a call.
     *
     * @param text a curl command; or YAML or JSON: an object with members of a call ({@code method}, {@code path},
     *     {@code query}, {@code headers}, {@code json} or {@code text}), or any other, which is a body
     * @param example a call of the operation, for what the text does not say; a curl command says all
     * @return the call as cases write it
     * @throws IllegalArgumentException when the text is none of these
     */
    public static JsonNode read(String text, JsonNode example) {
        if (text.strip().startsWith("curl ")) {
            return curl(words(text.strip()));
        }
        JsonNode written;
        try {
            written = YAML.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("A call must be a curl command, or YAML or JSON: " + e.getMessage(), e);
        }
        if (written == null || !written.isObject()) {
            throw new IllegalArgumentException("A call must be a curl command, or an object in YAML or JSON");
        }
        List<String> known = CaseFile.Part.CALL.members();
        boolean call = false;
        boolean body = false;
        for (var member : written.properties()) {
            call |= known.contains(member.getKey());
            body |= !known.contains(member.getKey());
        }
        ObjectNode whole = example.isObject() ? example.deepCopy() : JsonNodeFactory.instance.objectNode();
        if (call && !body) {
            CaseFile.merge(whole, written);
        } else {
            whole.set("json", written);
        }
        return whole;
    }

    private static ObjectNode curl(List<String> words) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        ObjectNode headers = call.putObject("headers");
        StringBuilder body = new StringBuilder();
        boolean json = false;
        String method = null;
        Deque<String> rest = new ArrayDeque<>(words.subList(1, words.size()));
        while (!rest.isEmpty()) {
            String word = rest.pop();
            switch (word) {
                case "-X", "--request" -> method = value(word, rest);
                case "-H", "--header" -> {
                    String header = value(word, rest);
                    int colon = header.indexOf(':');
                    if (colon > 0) {
                        headers.put(
                                header.substring(0, colon).strip(),
                                header.substring(colon + 1).strip());
                    }
                }
                case "-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json" -> {
                    json |= word.equals("--json");
                    body.append(body.isEmpty() ? "" : "&").append(value(word, rest));
                }
                case "-u", "--user" ->
                    headers.put(
                            "Authorization",
                            "Basic "
                                    + Base64.getEncoder()
                                            .encodeToString(value(word, rest).getBytes(StandardCharsets.UTF_8)));
                case "--url" -> address(call, value(word, rest));
                case "-o", "--output", "-w", "--write-out", "-m", "--max-time" -> value(word, rest);
                default -> {
                    if (!word.startsWith("-")) {
                        address(call, word);
                    }
                }
            }
        }
        if (!call.has("path")) {
            throw new IllegalArgumentException("The curl command has no address");
        }
        call.put("method", method != null ? method : body.isEmpty() ? "GET" : "POST");
        if (!body.isEmpty()) {
            call.put("text", body.toString());
            if (!headers.has("Content-Type") && !headers.has("content-type")) {
                headers.put("Content-Type", json ? "application/json" : "application/x-www-form-urlencoded");
            }
        }
        return call;
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("The curl command ends after " + option);
        }
        return rest.pop();
    }

    private static void address(ObjectNode call, String address) {
        try {
            URI uri = new URI(address.contains("://") ? address : "http://" + address);
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            call.put("path", uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The curl command's address cannot be read: " + address, e);
        }
    }

    /** Words as a shell takes them: quotes of both kinds, backslashes, and line ends after one. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
                continue;
            }
            if (quote == 0 && c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                i++;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                char next = text.charAt(++i);
                word.append(quote == '"' && "\"\\$`".indexOf(next) < 0 ? "\\" : "")
                        .append(next);
            } else if (quote == 0 && "|>;".indexOf(c) >= 0) {
                return words;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("The curl command ends inside of quotes");
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
