package dev.partnergateway.sandbox;

import com.networknt.schema.JsonSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One operation of the specification.
 *
 * @param id operationId
 * @param method HTTP method in capitals
 * @param segments path template, one entry a segment
 * @param management true when it takes the Management API key, false for an Application's key
 * @param keyed true when it honours Idempotency-Key
 * @param crowded true when too many calls at once for one profile or session are refused
 * @param sequence where the id of that profile or session is found, or null
 * @param parameters path and query parameters
 * @param body what a body must look like, or null when the operation takes none
 */
record Operation(
        String id,
        String method,
        List<String> segments,
        boolean management,
        boolean keyed,
        boolean crowded,
        Sequence sequence,
        List<Parameter> parameters,
        Body body) {

    /**
     * A path or query parameter.
     *
     * @param in {@code path} or {@code query}
     * @param type schema type; the items of an array are separated by commas
     */
    record Parameter(String name, String in, boolean required, String type, JsonSchema schema) {}

    /**
     * @param members names a JSON body may have at the top, or empty for any
     * @param schema schema of a JSON body, null for multipart
     */
    record Body(Set<String> members, JsonSchema schema) {
        boolean multipart() {
            return schema == null;
        }
    }

    /**
     * @param of {@code profile} or {@code session}
     * @param place {@code path} or {@code body}
     * @param name parameter or member
     */
    record Sequence(String of, String place, String name) {}

    /** The raw values of the path parameters, or null when the path is not one of this operation. */
    Map<String, String> match(String[] path) {
        if (path.length != segments.size()) {
            return null;
        }
        for (int i = 0; i < path.length; i++) {
            String segment = segments.get(i);
            if (segment.startsWith("{") ? path[i].isEmpty() : !segment.equals(path[i])) {
                return null;
            }
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < path.length; i++) {
            String segment = segments.get(i);
            if (segment.startsWith("{")) {
                values.put(segment.substring(1, segment.length() - 1), path[i]);
            }
        }
        return values;
    }
}
