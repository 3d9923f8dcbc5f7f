package dev.partnergateway.conformance;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A document with one place of it changed. */
final class Changed {

    private Changed() {}

    static JsonNode set(JsonNode root, String at, JsonNode value) {
        JsonNode copy = root.deepCopy();
        JsonPointer pointer = JsonPointer.compile(at);
        JsonNode parent = copy.at(pointer.head());
        if (parent instanceof ArrayNode array) {
            array.set(pointer.last().getMatchingIndex(), value);
        } else {
            ((ObjectNode) parent).set(pointer.last().getMatchingProperty(), value);
        }
        return copy;
    }

    static JsonNode remove(JsonNode root, String at) {
        JsonNode copy = root.deepCopy();
        JsonPointer pointer = JsonPointer.compile(at);
        ((ObjectNode) copy.at(pointer.head())).remove(pointer.last().getMatchingProperty());
        return copy;
    }
}
