package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names and types of a deployment's custom attributes, remembered for 5 minutes. Known only where the operator gave a
 * management key; nothing depends on it being known.
 */
public final class AttributeCatalogue {

    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    /** A deployment that could not tell is not asked at every call. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final String PAGE = "1000";
    private static final int MOST_PAGES = 20;

    private final TalonOne talonOne;
    private final UpstreamOperation list;
    private final Cache<Of, AttributeTypes> known = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(REMEMBERED)
            .build();
    private final Cache<Of, Boolean> unknown = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(ASK_AGAIN)
            .build();

    private record Of(Deployment deployment, String entity) {}

    /** Makes an empty catalogue. */
    public AttributeCatalogue(TalonOne talonOne) {
        this.talonOne = talonOne;
        this.list = talonOne.contract().operation("getAttributes");
    }

    /**
     * The attributes of an entity.
     *
     * @param entity such as {@code CustomerProfile}
     * @return empty when they are not known
     */
    Optional<AttributeTypes> types(Deployment deployment, String entity) {
        if (deployment.managementKey().isEmpty()) {
            return Optional.empty();
        }
        Of of = new Of(deployment, entity);
        AttributeTypes types = known.getIfPresent(of);
        if (types == null && unknown.getIfPresent(of) == null) {
            try {
                types = ask(deployment, entity);
                known.put(of, types);
            } catch (Refusal e) {
                unknown.put(of, Boolean.TRUE);
            }
        }
        return Optional.ofNullable(types);
    }

    /** Forgets an entity's attributes: one has just been added. */
    void forget(Deployment deployment, String entity) {
        known.invalidate(new Of(deployment, entity));
    }

    private AttributeTypes ask(Deployment deployment, String entity) {
        Map<String, String> general = new HashMap<>();
        Map<String, Map<String, String>> ofEvents = new HashMap<>();
        for (int page = 0; page < MOST_PAGES; page++) {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.putObject("query")
                    .put("entity", entity)
                    .put("pageSize", PAGE)
                    .put("skip", Integer.toString(page * Integer.parseInt(PAGE)));
            JsonNode answer = talonOne.call(UpstreamCall.of(list, deployment, null, request, null, PATIENCE));
            for (JsonNode attribute : answer.path("data")) {
                if (attribute.path("entity").asText().equals(entity)) {
                    String eventType = attribute.path("eventType").asText("");
                    Map<String, String> types = eventType.isEmpty()
                            ? general
                            : ofEvents.computeIfAbsent(eventType, type -> new HashMap<>());
                    types.put(
                            attribute.path("name").asText(),
                            attribute.path("type").asText());
                }
            }
            if (answer.path("data").size() < Integer.parseInt(PAGE)) {
                break;
            }
        }
        return new AttributeTypes(general, ofEvents);
    }
}
