package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.attribute.AttributeCreation.Missing;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.RequestKey;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Deals with attributes that Talon.One does not know (docs/behaviour.md#attributes), as a route asks for beside {@code
 * path, query, body}: {@code attributes: {"unknown": "refuse" | "skip" | "create", "declared": {<entity>: [{name,
 * type}]}}}.
 *
 * <ul>
 *   <li>{@code refuse}, also when a route says nothing: Talon.One refuses the call.
 *   <li>{@code skip}: they are left out, and told; so are those whose names Talon.One can have none of.
 *   <li>{@code create}: they are created first, where the operator allows it; the answer gets
 *       {@code createdAttributes}.
 *   <li>{@code create-or-skip}: those that can be created are, where the operator allows it; the rest is left out.
 * </ul>
 *
 * <p>{@code "optional": [<name>]} names those that are not created but left out without a word.
 */
public final class UnknownAttributes implements UpstreamStep {

    private static final int ROUNDS = 3;

    private final UpstreamOperation operation;
    private final UpstreamStep next;
    private final AttributeCatalogue catalogue;
    private final AttributeCreation creation;
    private final MeterRegistry meters;

    /**
     * Puts the step in front of another.
     *
     * @param operation whose attributes it deals with
     * @param next carries the operation out
     */
    public UnknownAttributes(
            UpstreamOperation operation,
            UpstreamStep next,
            AttributeCatalogue catalogue,
            AttributeCreation creation,
            MeterRegistry meters) {
        this.operation = operation;
        this.next = next;
        this.catalogue = catalogue;
        this.creation = creation;
        this.meters = meters;
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
            case "skip" -> skip(exchange, call, own, names(wish.path("optional")));
            case "create" -> create(exchange, call, own, declared);
            case "create-or-skip" -> {
                createPossible(call, own, declared, names(wish.path("optional")));
                yield skip(exchange, call, own, names(wish.path("optional")));
            }
            default ->
                throw new IllegalArgumentException("attributes.unknown is refuse, skip, create or create-or-skip, not "
                        + unknown + ": mend the route");
        };
    }

    private List<AttributeObject> objects(ObjectNode request) {
        return AttributeObject.in(operation, request.path("body"));
    }

    private static Set<String> names(JsonNode list) {
        Set<String> names = new HashSet<>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }

    private JsonNode skip(Exchange exchange, PartnerCall call, ObjectNode request, Set<String> optional) {
        for (AttributeObject object : objects(request)) {
            Optional<AttributeTypes> known = catalogue.types(call, object.entity());
            List.copyOf(object.values().properties()).forEach(attribute -> {
                String name = attribute.getKey();
                if (!AttributeCreation.isName(name)
                        || known.isPresent() && !known.get().has(object.eventType(), name)) {
                    leaveOut(call, object, name, optional);
                }
            });
        }
        for (int round = 0; ; round++) {
            try {
                return next.run(exchange, request);
            } catch (Refusal refusal) {
                if (round == ROUNDS || !removeUnknown(call, request, refusal, optional)) {
                    throw refusal;
                }
                RequestKey.renew(request);
            }
        }
    }

    private void leaveOut(PartnerCall call, AttributeObject object, String name, Set<String> optional) {
        object.values().remove(name);
        if (!optional.contains(name)) {
            call.leftOut().add("attributes of " + object.entity() + " that Talon.One does not have", name);
            Counter.builder("gateway.attributes.left.out")
                    .tags("deployment", call.deployment().name())
                    .tags("operation", call.operation().id())
                    .tags("entity", object.entity())
                    .description("Attributes that Talon.One does not have, left out of calls")
                    .register(meters)
                    .increment();
        }
    }

    /** Removes what Talon.One does not know; false when that is not all that is wrong. */
    private boolean removeUnknown(PartnerCall call, ObjectNode request, Refusal refusal, Set<String> optional) {
        List<AttributeObject> objects = objects(request);
        for (JsonNode error : refusal.errors()) {
            if (!isUnknown(error, objects)) {
                return false;
            }
        }
        for (JsonNode error : refusal.errors()) {
            String pointer = pointer(error);
            objects.stream()
                    .filter(object -> object.pointedAt(pointer) != null)
                    .findFirst()
                    .ifPresent(object -> leaveOut(call, object, object.pointedAt(pointer), optional));
        }
        return !refusal.errors().isEmpty();
    }

    /** Creates what can be created; that it cannot, or not now for good, is no reason to refuse the call. */
    private void createPossible(PartnerCall call, ObjectNode request, DeclaredTypes declared, Set<String> optional) {
        if (!call.deployment().createAttributes() || call.checked().dryRun()) {
            return;
        }
        Map<String, Missing> missing = AttributeCreation.none();
        for (AttributeObject object : objects(request)) {
            catalogue
                    .types(call, object.entity())
                    .ifPresent(known -> AttributeCreation.collectPossible(object, known, declared, optional, missing));
        }
        for (Missing one : missing.values()) {
            try {
                creation.create(call, List.of(one));
            } catch (Refusal refusal) {
                if (refusal.status() >= 429) {
                    throw refusal;
                }
            }
        }
    }

    private static boolean isUnknown(JsonNode error, List<AttributeObject> objects) {
        return error.path("title").asText().equals("Unknown")
                && objects.stream().anyMatch(object -> object.pointedAt(pointer(error)) != null);
    }

    private static String pointer(JsonNode error) {
        return error.path("source").path("pointer").asText("");
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
            AttributeCreation.empty(object, known.get(), declared)
                    .forEach(name -> leaveOut(call, object, name, Set.of()));
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
