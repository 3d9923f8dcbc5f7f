package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.attribute.AttributeCreation.Missing;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * Deals with attributes that Talon.One does not know, as a route asks for beside {@code path, query, body} (contract
 * 2.10): {@code attributes: {"unknown": "refuse" | "skip" | "create", "declared": {<entity>: [{name, type}]}}}.
 *
 * <ul>
 *   <li>{@code refuse}, also when a route says nothing: Talon.One refuses the call.
 *   <li>{@code skip}: they are left out; with {@code "only": [<name>]} only those of these names.
 *   <li>{@code create}: they are created first, where the operator allows it; the answer gets {@code createdAttributes}.
 * </ul>
 */
public final class UnknownAttributes implements UpstreamStep {

    private static final int ROUNDS = 3;

    private final UpstreamOperation operation;
    private final UpstreamStep next;
    private final AttributeCatalogue catalogue;
    private final AttributeCreation creation;

    /**
     * Puts the step in front of another.
     *
     * @param operation whose attributes it deals with
     * @param next carries the operation out
     */
    public UnknownAttributes(
            UpstreamOperation operation, UpstreamStep next, AttributeCatalogue catalogue, AttributeCreation creation) {
        this.operation = operation;
        this.next = next;
        this.catalogue = catalogue;
        this.creation = creation;
    }

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        JsonNode wish = request.path("attributes");
        if (wish.isMissingNode()) {
            return next.run(exchange, request);
        }
        PartnerCall call = PartnerCall.of(exchange);
        ObjectNode own = request.deepCopy();
        own.remove("attributes");
        DeclaredTypes declared = new DeclaredTypes(wish.path("declared"));
        objects(own)
                .forEach(object -> declared.convert(
                        object, catalogue.types(call, object.entity()).orElse(null)));
        String unknown = wish.path("unknown").asText();
        return switch (unknown) {
            case "refuse" -> next.run(exchange, own);
            case "skip" -> skip(exchange, call, own, wish.path("only"));
            case "create" -> create(exchange, call, own, declared);
            default ->
                throw new IllegalArgumentException(
                        "attributes.unknown is refuse, skip or create, not " + unknown + ": mend the route");
        };
    }

    private List<AttributeObject> objects(ObjectNode request) {
        return AttributeObject.in(operation, request.path("body"));
    }

    private JsonNode skip(Exchange exchange, PartnerCall call, ObjectNode request, JsonNode only) {
        for (AttributeObject object : objects(request)) {
            catalogue.types(call, object.entity()).ifPresent(types -> object.values()
                    .properties()
                    .removeIf(attribute -> !types.has(object.eventType(), attribute.getKey())
                            && mayBeSkipped(attribute.getKey(), only)));
        }
        JsonNode key = request.path("key");
        for (int round = 0; ; round++) {
            try {
                return next.run(exchange, request);
            } catch (Refusal refusal) {
                if (round == ROUNDS || !removeUnknown(request, refusal, only)) {
                    throw refusal;
                }
                request.set("key", variant(call, key, request.path("body")));
            }
        }
    }

    private static boolean mayBeSkipped(String name, JsonNode only) {
        for (JsonNode allowed : only) {
            if (allowed.asText().equals(name)) {
                return true;
            }
        }
        return only.isMissingNode();
    }

    /** Removes what Talon.One does not know; false when that is not all that is wrong. */
    private boolean removeUnknown(ObjectNode request, Refusal refusal, JsonNode only) {
        List<AttributeObject> objects = objects(request);
        for (JsonNode error : refusal.errors()) {
            boolean skipped = objects.stream()
                    .map(object -> object.pointedAt(pointer(error)))
                    .anyMatch(name -> name != null && mayBeSkipped(name, only));
            if (!isUnknown(error, objects) || !skipped) {
                return false;
            }
        }
        for (JsonNode error : refusal.errors()) {
            String pointer = pointer(error);
            objects.stream()
                    .filter(object -> object.pointedAt(pointer) != null)
                    .findFirst()
                    .ifPresent(object -> object.values().remove(object.pointedAt(pointer)));
        }
        return !refusal.errors().isEmpty();
    }

    private static boolean isUnknown(JsonNode error, List<AttributeObject> objects) {
        return error.path("title").asText().equals("Unknown")
                && objects.stream().anyMatch(object -> object.pointedAt(pointer(error)) != null);
    }

    private static String pointer(JsonNode error) {
        return error.path("source").path("pointer").asText("");
    }

    /** Another body needs another Idempotency-Key, or Talon.One may repeat the old refusal. */
    private static ArrayNode variant(PartnerCall call, JsonNode key, JsonNode body) {
        boolean repeatable = call.idempotencyKey() != null
                || call.checked().call().path("headers").has("Idempotency-Key")
                || !key.isMissingNode();
        ArrayNode variant = JsonNodeFactory.instance.arrayNode();
        variant.add(key.toString());
        variant.add(repeatable ? "" : call.distinction());
        return variant.add(Credential.sha256(body.toString()));
    }

    private JsonNode create(Exchange exchange, PartnerCall call, ObjectNode request, DeclaredTypes declared) {
        Deployment deployment = call.deployment();
        if (!deployment.createAttributes() || call.checked().dryRun()) {
            return withCreated(next.run(exchange, request), JsonNodeFactory.instance.arrayNode());
        }
        Map<String, Missing> missing = AttributeCreation.none();
        for (AttributeObject object : objects(request)) {
            Optional<AttributeTypes> known = catalogue.types(call, object.entity());
            if (known.isEmpty()) {
                return withoutCatalogue(exchange, call, request);
            }
            AttributeCreation.collect(object, known.get(), declared, missing);
        }
        ArrayNode created = creation.create(call, missing.values());
        return withCreated(next.run(exchange, request), created);
    }

    /** Nobody can tell what is missing, which matters only when something is. */
    private JsonNode withoutCatalogue(Exchange exchange, PartnerCall call, ObjectNode request) {
        try {
            return withCreated(next.run(exchange, request), JsonNodeFactory.instance.arrayNode());
        } catch (Refusal refusal) {
            List<AttributeObject> objects = objects(request);
            for (JsonNode error : refusal.errors()) {
                if (isUnknown(error, objects)) {
                    throw call.deployment().managementKey().isEmpty()
                            ? Refusal.of(
                                    501,
                                    "An attribute has to be created, which needs a management key that the operator"
                                            + " has not configured")
                            : Refusal.retry(
                                    503, "An attribute cannot be created right now: try again", Duration.ofSeconds(1));
                }
            }
            throw refusal;
        }
    }

    private static JsonNode withCreated(JsonNode answer, ArrayNode created) {
        // An answer without a body is a missing node.
        ObjectNode all = answer instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        return all.set("createdAttributes", created);
    }
}
