package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The declared body of an operation: which media types it may have, and its type in each. */
final class Body {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Map<MediaType, Type> types;
    private final boolean required;
    private final String accepted;

    Body(Map<MediaType, Type> types, boolean required) {
        this.types = new EnumMap<>(types);
        this.required = required || types.values().stream().anyMatch(Type::requiresMembers);
        accepted = this.types.keySet().stream().map(MediaType::text).collect(Collectors.joining(" or "));
    }

    boolean holdsCredential() {
        return types.values().stream().anyMatch(Type::holdsCredential);
    }

    /** The checked body; null after a problem was reported. */
    JsonNode check(RawCall call, Check check) throws ContractViolation {
        MediaType media = media(call.headers().apply("Content-Type"));
        check.atBody();
        Type type = types.get(media);
        String text = UrlEncoded.utf8(call.body(), call.body().length);
        if (text == null) {
            return check.refuse("valid UTF-8");
        }
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        if (text.isBlank()) {
            return required ? check.require(type.expectation()) : type.check(Json.FACTORY.objectNode(), check);
        }
        JsonNode value = media == MediaType.FORM ? form(text, check) : Json.read(text);
        return value == null ? null : type.check(value, check);
    }

    private MediaType media(List<String> headers) throws ContractViolation {
        if (headers.size() > 1) {
            throw new ContractViolation(400, "header Content-Type: expected once");
        }
        String header = headers.isEmpty() ? "" : headers.get(0);
        MediaType media = header.isBlank() ? MediaType.JSON : MediaType.of(header);
        if (media == null || !types.containsKey(media)) {
            throw new ContractViolation(415, "header Content-Type: expected " + accepted + " in UTF-8");
        }
        return media;
    }

    private static ObjectNode form(String text, Check check) {
        ObjectNode fields = Json.FACTORY.objectNode();
        for (UrlEncoded.Pair pair : UrlEncoded.pairs(text)) {
            String name = UrlEncoded.decode(pair.name(), true);
            String value = UrlEncoded.decode(pair.value(), true);
            if (name == null || value == null) {
                check.refuse(UrlEncoded.EXPECTATION);
                return null;
            }
            if (fields.replace(name, TextNode.valueOf(value)) != null) {
                check.enter(name);
                check.refuse("once, found it several times");
                check.leave();
                return null;
            }
        }
        return fields;
    }
}
