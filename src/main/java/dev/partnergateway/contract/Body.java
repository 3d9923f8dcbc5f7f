package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The declared body of an operation: which media types it may have, and its type in each. */
final class Body {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** Enough to see what kind of body is meant. */
    private static final int MOST_NAMES = 12;

    private final Map<MediaType, Type> types;
    private final boolean required;
    private final String accepted;

    Body(Map<MediaType, Type> types, boolean required) {
        this.types = new EnumMap<>(types);
        this.required = required || types.values().stream().anyMatch(Type::requiresMembers);
        accepted = this.types.keySet().stream().map(MediaType::text).collect(Collectors.joining(" or "));
    }

    /** The declared member at a place of the body, whatever its media type; null when one of them has none. */
    Property property(JsonPointer place) {
        Property found = null;
        for (Type type : types.values()) {
            found = null;
            Type at = type;
            for (JsonPointer rest = place; !rest.matches(); rest = rest.tail()) {
                found = at == null ? null : at.property(rest.getMatchingProperty());
                at = found == null ? null : found.type();
            }
            if (found == null) {
                return null;
            }
        }
        return found;
    }

    boolean holdsCredential() {
        return types.values().stream().anyMatch(Type::holdsCredential);
    }

    /**
     * A body before its check.
     *
     * @param type what it must be
     * @param value its tree; null when there is none, or after a problem was reported
     * @param read whether it can be checked
     */
    record Content(Type type, JsonNode value, boolean read) {}

    /** Reads the body into a tree. */
    Content read(RawCall call, Check check) throws ContractViolation {
        check.atBody();
        check.budget().weigh(call.body().length);
        List<String> headers = call.headers().apply("Content-Type");
        boolean latin = headers.size() == 1 && MediaType.charset(headers.get(0)) == StandardCharsets.ISO_8859_1;
        String text = latin
                ? new String(call.body(), StandardCharsets.ISO_8859_1)
                : UrlEncoded.utf8(call.body(), call.body().length);
        MediaType media = media(headers, text);
        Type type = types.get(media);
        if (text == null) {
            check.refuse("valid UTF-8");
            return new Content(type, null, false);
        }
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        if (text.isBlank()) {
            return new Content(type, null, true);
        }
        JsonNode value = media == MediaType.FORM ? form(text, check) : Json.read(text, check.budget());
        if (value != null && value.isTextual()) {
            // A body may be a text that holds the object.
            JsonNode container = check.container(value, '{');
            value = container == null ? value : container;
        }
        return new Content(type, value, value != null);
    }

    /** Looks for the deployment and the key. */
    static void find(Content content, Check check) {
        if (content.value() != null) {
            check.atBody();
            content.type().find(content.value(), check);
        }
    }

    /** The checked body; null after a problem was reported. */
    JsonNode check(Content content, Check check) {
        check.atBody();
        if (!content.read()) {
            return null;
        }
        if (content.value() == null) {
            return required
                    ? check.require(content.type().expectation())
                    : content.type().check(Json.FACTORY.objectNode(), check);
        }
        if (content.type().knowsNoMemberOf(content.value())) {
            return refuseUnknown(content, check);
        }
        return content.type().check(content.value(), check);
    }

    private static JsonNode refuseUnknown(Content content, Check check) {
        for (var member : content.value().properties()) {
            String meant = Nearest.of(member.getKey(), content.type().memberNames());
            if (meant != null) {
                return check.misspelt(member.getKey(), meant);
            }
        }
        check.enter(content.value().fieldNames().next());
        JsonNode refused = check.report(": is not known here, nor is anything else in the body: known are "
                + content.type().memberNames().stream()
                        .sorted()
                        .limit(MOST_NAMES)
                        .collect(Collectors.joining(", "))
                + (content.type().memberNames().size() > MOST_NAMES ? ", …" : ""));
        check.leave();
        return refused;
    }

    /** What looks like JSON is JSON, whatever its sender calls it: many do not say so, or their client says form. */
    private MediaType media(List<String> headers, String text) throws ContractViolation {
        if (headers.size() > 1) {
            throw new ContractViolation(400, "header Content-Type: expected once");
        }
        String header = headers.isEmpty() ? "" : headers.get(0);
        boolean json = header.isBlank()
                || MediaType.charset(header) != null && types.containsKey(MediaType.JSON) && isJson(text);
        MediaType media = json ? MediaType.JSON : MediaType.of(header);
        if (media == null || !types.containsKey(media)) {
            throw new ContractViolation(415, "header Content-Type: expected " + accepted + " in UTF-8");
        }
        return media;
    }

    private static boolean isJson(String text) {
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isWhitespace(c) && c != BYTE_ORDER_MARK) {
                return c == '{' || c == '[';
            }
        }
        return false;
    }

    private static ObjectNode form(String text, Check check) {
        ObjectNode fields = Json.FACTORY.objectNode();
        check.budget().node(Budget.OBJECT);
        for (UrlEncoded.Pair pair : UrlEncoded.pairs(text)) {
            String name = UrlEncoded.decode(pair.name(), true);
            String value = UrlEncoded.decode(pair.value(), true);
            if (name == null || value == null) {
                check.refuse(UrlEncoded.EXPECTATION);
                return null;
            }
            check.budget().token();
            check.budget().token();
            check.budget().node(Budget.MEMBER + 2L * name.length());
            check.budget().text(value.length());
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
