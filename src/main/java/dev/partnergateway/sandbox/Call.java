package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.Map;

/**
 * A call whose credential and form have been found good.
 *
 * @param operation what is called
 * @param application Application of the key, 0 for a management key
 * @param path path parameters, decoded
 * @param query query parameters, decoded
 * @param body JSON body, missing when there is none
 * @param file content of the uploaded part, or null
 */
record Call(
        Operation operation,
        int application,
        Map<String, String> path,
        Map<String, String> query,
        JsonNode body,
        String file) {

    static Call bare(Operation operation, Map<String, String> path) {
        return new Call(operation, 0, path, Map.of(), MissingNode.getInstance(), null);
    }

    /** An id of the path; one beyond the range of int belongs to nothing and becomes -1. */
    int id(String name) {
        try {
            return Integer.parseInt(path.get(name));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    boolean is(String name) {
        return Boolean.parseBoolean(query.get(name));
    }

    int number(String name, int otherwise) {
        String value = query.get(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    /** A time of the query, or null. */
    Instant time(String name) {
        String value = query.get(name);
        return value == null ? null : Times.read(value);
    }

    /** Talon.One leaves answer bodies out unless told not to. */
    boolean silent() {
        return !"no".equals(query.get("silent"));
    }
}
