package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.talonone.UpstreamOperation;
import java.util.ArrayList;
import java.util.List;

/**
 * An object of custom attributes inside a request's body.
 *
 * @param pointer JSON Pointer to it
 * @param entity what its attributes belong to, such as {@code CartItem}
 * @param eventType the event's type where the entity is an event; else empty
 * @param values the attributes; changing them changes the body
 */
record AttributeObject(String pointer, String entity, String eventType, ObjectNode values) {

    /** Entity of an event's attributes. */
    static final String EVENT = "Event";

    /** Every such object of a body, as {@code x-attributes-of} of the operation says. */
    static List<AttributeObject> in(UpstreamOperation operation, JsonNode body) {
        List<AttributeObject> found = new ArrayList<>();
        operation.attributesOf().forEach((pattern, entity) -> {
            String eventType = entity.equals(EVENT) ? body.path("type").asText() : "";
            find(body, pattern.split("/"), 1, "", entity, eventType, found);
        });
        return found;
    }

    private static void find(
            JsonNode node,
            String[] segments,
            int depth,
            String pointer,
            String entity,
            String eventType,
            List<AttributeObject> found) {
        if (depth == segments.length) {
            if (node instanceof ObjectNode values) {
                found.add(new AttributeObject(pointer, entity, eventType, values));
            }
        } else if (segments[depth].equals("*")) {
            for (int i = 0; i < node.size(); i++) {
                find(node.path(i), segments, depth + 1, pointer + '/' + i, entity, eventType, found);
            }
        } else {
            String name = segments[depth];
            find(node.path(name), segments, depth + 1, pointer + '/' + name, entity, eventType, found);
        }
    }

    /** Name of the attribute that an error of Talon.One points at; null when it points elsewhere. */
    String pointedAt(String errorPointer) {
        for (String start : List.of(pointer, withoutFirst(pointer))) {
            if (errorPointer.startsWith(start + '/')) {
                String name = errorPointer
                        .substring(start.length() + 1)
                        .replace("~1", "/")
                        .replace("~0", "~");
                return values.has(name) ? name : null;
            }
        }
        return null;
    }

    /** Talon.One's pointers begin at the session, not at the object round it. */
    private static String withoutFirst(String pointer) {
        int next = pointer.indexOf('/', 1);
        return next < 0 ? pointer : pointer.substring(next);
    }
}
