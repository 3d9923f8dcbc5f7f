package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.contract.Written;
import dev.partnergateway.talonone.RequestPreparation;
import dev.partnergateway.talonone.UpstreamOperation;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Gives text in attributes the type that Talon.One knows for them (docs/behaviour.md#coercion). Where the type is not
 * known, or the text is not of it, nothing is guessed: a zip code stays text. A blank text for an attribute of another
 * type means that it was left out, the way templates render what is not there.
 */
public final class AttributeConversion implements RequestPreparation {

    private final AttributeCatalogue catalogue;

    /** Makes the conversion. */
    public AttributeConversion(AttributeCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public void prepare(PartnerCall call, UpstreamOperation operation, ObjectNode request) {
        if (AttributeObject.in(operation, request.path("body")).stream().noneMatch(AttributeConversion::hasText)) {
            return;
        }
        // A route's request may share its parts with the partner's call, which nobody changes.
        ObjectNode body = request.get("body").deepCopy();
        request.set("body", body);
        for (AttributeObject object : AttributeObject.in(operation, body)) {
            if (hasText(object)) {
                catalogue.types(call, object.entity()).ifPresent(types -> convert(call, object, types));
            }
        }
    }

    private static boolean hasText(AttributeObject object) {
        for (JsonNode value : object.values()) {
            if (value.isTextual()) {
                return true;
            }
        }
        return false;
    }

    private static void convert(PartnerCall call, AttributeObject object, AttributeTypes types) {
        var attributes = object.values().properties().iterator();
        while (attributes.hasNext()) {
            var attribute = attributes.next();
            String type = types.of(object.eventType(), attribute.getKey());
            if (attribute.getValue().isTextual()
                    && attribute.getValue().textValue().isBlank()
                    && !type.isEmpty()
                    && !type.equals("string")) {
                attributes.remove();
            } else {
                attribute.setValue(convert(call, attribute.getValue(), type));
            }
        }
    }

    /** The parts of a list that are begun anew come here side by side; a budget is for one thread at a time. */
    private static JsonNode container(String text, PartnerCall call) {
        synchronized (call.budget()) {
            return Written.container(text, call.budget());
        }
    }

    private static JsonNode convert(PartnerCall call, JsonNode value, String type) {
        if (!value.isTextual()) {
            return value;
        }
        String text = value.asText().strip();
        return switch (type) {
            case "number" -> orElse(Written.number(text), JsonNode::isNumber, value);
            case "boolean" -> {
                String lower = text.toLowerCase(Locale.ROOT);
                yield lower.equals("true") || lower.equals("false")
                        ? JsonNodeFactory.instance.booleanNode(lower.equals("true"))
                        : value;
            }
            case "location" -> orElse(container(text, call), JsonNode::isObject, value);
            default -> type.startsWith("(list") ? orElse(container(text, call), JsonNode::isArray, value) : value;
        };
    }

    private static JsonNode orElse(JsonNode read, Predicate<JsonNode> fits, JsonNode value) {
        return fits.test(read) ? read : value;
    }
}
