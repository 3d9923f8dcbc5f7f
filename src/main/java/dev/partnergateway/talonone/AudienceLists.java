package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lists of audiences in a request that does more than that, as {@code x-audiences} of its operation says: an audience
 * that nobody knows need not cost the rest of the request.
 */
final class AudienceLists {

    private final List<List<String>> places;

    AudienceLists(UpstreamOperation operation) {
        places = operation.audiences().stream()
                .filter(place -> place.get(0).equals("body") && place.indexOf("*") == place.size() - 1)
                .map(place -> place.subList(0, place.size() - 1))
                .toList();
    }

    /** A request that passes over the audiences that nobody knows; empty when it names none by a partner's id. */
    Optional<ObjectNode> ofKnown(ObjectNode request) {
        ObjectNode known = request.deepCopy();
        boolean any = false;
        for (List<String> place : places) {
            for (JsonNode id : list(known, place)) {
                if (id instanceof ObjectNode reference) {
                    reference.put("orNothing", true);
                    any = true;
                }
            }
        }
        return any ? Optional.of(rekeyed(known, "known")) : Optional.empty();
    }

    /** How many audiences a request holds. */
    int size(JsonNode request) {
        return places.stream().mapToInt(place -> list(request, place).size()).sum();
    }

    /** Whether a request does something beside changing audiences. */
    boolean hasMore(JsonNode request) {
        return !request.path("body").path("attributes").isEmpty();
    }

    /**
     * The part of a request that holds the audiences at which a refusal points, or the part that does not.
     *
     * @param own the route's own request
     * @param sent as it was sent, with the same audiences at the same places of shorter lists
     * @param errors Talon.One's list of what is wrong with it
     * @param refused which of the two
     * @return empty when the refusal points at no audience
     */
    Optional<ObjectNode> part(ObjectNode own, JsonNode sent, JsonNode errors, boolean refused) {
        Set<String> pointers = new HashSet<>();
        errors.forEach(
                error -> pointers.add(error.path("source").path("pointer").asText()));
        ObjectNode part = own.deepCopy();
        boolean any = false;
        for (List<String> place : places) {
            JsonNode list = list(sent, place);
            String pointer = "/" + String.join("/", place.subList(1, place.size())) + "/";
            ArrayNode kept = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < list.size(); i++) {
                boolean pointed = pointers.contains(pointer + i);
                any |= pointed;
                if (pointed == refused) {
                    kept.add(list.get(i));
                }
            }
            if (list.isArray() && list(part, place) instanceof ArrayNode old) {
                old.removeAll();
                old.addAll(kept);
            }
        }
        return any ? Optional.of(rekeyed(part, refused ? "refused" : "taken")) : Optional.empty();
    }

    /** Another content needs another key. */
    private static ObjectNode rekeyed(ObjectNode request, String part) {
        if (request.hasNonNull("key")) {
            JsonNode key = request.get("key");
            request.putArray("key").add(key).add(part).add(request.path("body").toString());
        }
        return request;
    }

    private static JsonNode list(JsonNode request, List<String> place) {
        JsonNode list = request;
        for (String name : place) {
            list = list.path(name);
        }
        return list;
    }
}
