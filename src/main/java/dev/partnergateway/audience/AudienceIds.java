package dev.partnergateway.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.RequestPreparation;
import dev.partnergateway.talonone.UpstreamOperation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts Talon.One's ids of audiences where a route has written partners' ids (docs/behaviour.md#audiences). Where
 * {@code x-audiences} of an operation says that its request holds an id, a route may write {@code {"integration": …,
 * "integrationId": …}}; with {@code "orId": true} beside them an id that no audience has at the partner is taken for
 * Talon.One's own, if it is a number; an id whose audience is known to be gone stands for none. {@code "or"} names
 * another id at the partner that it may go by, and with {@code "orNothing": true} an id that no audience has is left
 * out of its list. The gateway's own map is asked first, then the deployment's list of audiences.
 */
public final class AudienceIds implements RequestPreparation {

    private static final Logger LOG = LoggerFactory.getLogger(AudienceIds.class);

    /** Talon.One's ids start at 1. */
    private static final Pattern NUMBER = Pattern.compile("0*[1-9][0-9]{0,17}");

    private final Access access;
    private final AudienceTable table;
    private final AudienceListing listing;

    AudienceIds(Access access, AudienceTable table, AudienceListing listing) {
        this.access = access;
        this.table = table;
        this.listing = listing;
    }

    /** {@inheritDoc} An id that stands for no audience is refused with 404 before anything is sent. */
    @Override
    public void prepare(PartnerCall call, UpstreamOperation operation, ObjectNode request) {
        Set<JsonNode> references = new LinkedHashSet<>();
        eachId(operation, request, id -> {
            if (id.isObject()) {
                references.add(id);
            }
            return id;
        });
        if (references.isEmpty()) {
            return;
        }
        Map<JsonNode, Long> ids = resolve(call, references);
        // A route's request may share its parts with the partner's call, which nobody changes.
        request.setAll(request.deepCopy());
        eachId(
                operation,
                request,
                id -> id.isObject() ? ids.containsKey(id) ? LongNode.valueOf(ids.get(id)) : null : id);
    }

    private Map<JsonNode, Long> resolve(PartnerCall call, Set<JsonNode> references) {
        // Before the operator's key is used, and before a stranger learns which audiences there are
        // (docs/behaviour.md#keys).
        access.verify(call);
        Deployment deployment = call.deployment();
        Map<ExternalId, Long> known = table.find(
                deployment.name(), references.stream().map(ExternalId::of).toList());
        Map<JsonNode, Long> ids = new HashMap<>();
        for (JsonNode reference : references) {
            ExternalId external = ExternalId.of(reference);
            Long noted = known.get(external);
            boolean gone = noted != null && noted == AudienceTable.GONE;
            Long id = gone ? null : noted;
            if (id == null && deployment.managementKey().isPresent()) {
                id = listed(call, external);
            }
            if (id == null && reference.has("or")) {
                id = other(
                        call,
                        new ExternalId(
                                external.integration(), reference.path("or").asText()));
            }
            if (id == null
                    && !gone
                    && reference.path("orId").asBoolean()
                    && NUMBER.matcher(external.id()).matches()) {
                id = Long.valueOf(external.id());
            }
            if (id != null) {
                ids.put(reference, id);
            } else if (!reference.path("orNothing").asBoolean()) {
                throw Refusal.of(404, unknown(call, external.id()));
            }
        }
        return ids;
    }

    private Long other(PartnerCall call, ExternalId external) {
        Long id = table.find(call.deployment().name(), List.of(external)).get(external);
        if (id != null && id != AudienceTable.GONE) {
            return id;
        }
        return call.deployment().managementKey().isPresent() ? listed(call, external) : null;
    }

    private Long listed(PartnerCall call, ExternalId external) {
        ObjectNode audience = listing.recent(call).get(external);
        if (audience == null) {
            return null;
        }
        long id = audience.path("id").asLong();
        table.remember(call.deployment().name(), external, id);
        return id;
    }

    private static String unknown(PartnerCall call, String id) {
        List<String> places = new ArrayList<>();
        JsonNode content = call.checked().call();
        content.path("path")
                .properties()
                .forEach(parameter -> places(parameter.getValue(), "path parameter " + parameter.getKey(), id, places));
        places(content.path("body"), "", id, places);
        return (places.size() == 1 ? places.get(0) + ": there" : "There") + " is no audience with the ID '" + id + "'"
                + (call.deployment().managementKey().isPresent()
                        ? ""
                        : "; without a management key, which the operator has not configured, the gateway knows only"
                                + " the audiences that were created through it");
    }

    /** Where the caller has written a text. */
    private static void places(JsonNode node, String at, String text, List<String> found) {
        if (node.isTextual() && node.textValue().equals(text)) {
            found.add(at);
        }
        node.properties().forEach(member -> places(member.getValue(), at + "/" + member.getKey(), text, found));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            places(node.get(i), at + "/" + i, text, found);
        }
    }

    /** {@inheritDoc} Keeps the map right: what Talon.One answers about an audience is remembered. */
    @Override
    public void answered(PartnerCall call, UpstreamOperation operation, ObjectNode request, JsonNode answer) {
        Deployment deployment = call.deployment();
        switch (operation.id()) {
            case "createAudienceV2" -> remember(deployment, answer);
            case "updateAudienceV2" -> {
                listing.forget(deployment);
                remember(deployment, answer);
            }
            case "deleteAudienceV2" -> end(deployment, ids(operation, request));
            default -> {}
        }
    }

    private void remember(Deployment deployment, JsonNode audience) {
        if (audience.hasNonNull("integration") && audience.hasNonNull("integrationId")) {
            keep(() -> table.remember(
                    deployment.name(),
                    ExternalId.of(audience),
                    audience.path("id").asLong()));
        }
    }

    /** {@inheritDoc} Ids that Talon.One does not know are gone. */
    @Override
    public void refused(PartnerCall call, UpstreamOperation operation, ObjectNode request, Refusal refusal) {
        if (operation.audiences().isEmpty()) {
            return;
        }
        Refusal counted = refusal.ofOneAmongSeveral();
        Set<Long> ids = ids(operation, request);
        Set<Long> unknown = new HashSet<>();
        for (JsonNode error : counted.errors()) {
            JsonNode id = at(request.path("body"), error.path("source").path("pointer"));
            unknown.add(id.asLong());
        }
        unknown.retainAll(ids);
        // Which of several is meant is not always said. What is taken for gone in error is found again with a
        // management key.
        if (counted.status() == 404
                && (ids.size() == 1 || call.deployment().managementKey().isPresent())) {
            unknown.addAll(ids);
        }
        if (!unknown.isEmpty()) {
            end(call.deployment(), unknown);
        }
    }

    private static JsonNode at(JsonNode body, JsonNode pointer) {
        try {
            return body.at(pointer.asText());
        } catch (IllegalArgumentException e) {
            return MissingNode.getInstance();
        }
    }

    private void end(Deployment deployment, Set<Long> ids) {
        listing.forget(deployment);
        keep(() -> ids.forEach(id -> table.end(deployment.name(), id)));
    }

    /** An id that is not noted is found in Talon.One's list, or noted when Talon.One is asked for it again. */
    private static void keep(Runnable change) {
        try {
            change.run();
        } catch (StoreException e) {
            LOG.warn("The ids of an audience could not be noted; Talon.One will be asked for them", e);
        }
    }

    private static Set<Long> ids(UpstreamOperation operation, ObjectNode request) {
        Set<Long> ids = new HashSet<>();
        eachId(operation, request, id -> {
            ids.add(id.asLong());
            return id;
        });
        return ids;
    }

    private static void eachId(UpstreamOperation operation, JsonNode request, UnaryOperator<JsonNode> change) {
        operation.audiences().forEach(place -> change(request, place, change));
    }

    private static JsonNode change(JsonNode node, List<String> place, UnaryOperator<JsonNode> change) {
        if (place.isEmpty()) {
            return change.apply(node);
        }
        List<String> rest = place.subList(1, place.size());
        if (node instanceof ObjectNode object && object.has(place.get(0))) {
            object.set(place.get(0), change(object.get(place.get(0)), rest, change));
        } else if (node instanceof ArrayNode items && place.get(0).equals("*")) {
            for (int i = items.size() - 1; i >= 0; i--) {
                JsonNode changed = change(items.get(i), rest, change);
                if (changed == null) {
                    items.remove(i);
                } else {
                    items.set(i, changed);
                }
            }
        }
        return node;
    }
}
