package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

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
    private final Access access;
    private final Executor executor;
    private final AsyncCache<Of, Optional<AttributeTypes>> known = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfter(Expiry.creating(
                    (Of of, Optional<AttributeTypes> types) -> types.isPresent() ? REMEMBERED : ASK_AGAIN))
            .buildAsync();

    private record Of(Deployment deployment, String entity) {}

    /**
     * Makes an empty catalogue.
     *
     * @param executor runs the calls that fill it
     */
    public AttributeCatalogue(TalonOne talonOne, Access access, Executor executor) {
        this.talonOne = talonOne;
        this.list = talonOne.contract().operation("getAttributes");
        this.access = access;
        this.executor = executor;
    }

    /**
     * The attributes of an entity at a call's deployment.
     *
     * @param entity such as {@code CustomerProfile}
     * @return empty when they are not known
     * @throws Refusal 401 when the deployment does not accept the call's key
     */
    Optional<AttributeTypes> types(PartnerCall call, String entity) {
        Deployment deployment = call.deployment();
        if (deployment.managementKey().isEmpty()) {
            return Optional.empty();
        }
        Of of = new Of(deployment, entity);
        if (known.getIfPresent(of) == null && !proven(call)) {
            return Optional.empty();
        }
        return known.get(
                        of, (key, ignored) -> CompletableFuture.supplyAsync(() -> askFor(deployment, entity), executor))
                .join();
    }

    /** The operator's key is not used on behalf of a stranger (docs/behaviour.md#keys). */
    private boolean proven(PartnerCall call) {
        try {
            access.verify(call);
            return true;
        } catch (Refusal e) {
            if (e.status() == 401) {
                throw e;
            }
            return false;
        }
    }

    private Optional<AttributeTypes> askFor(Deployment deployment, String entity) {
        try {
            return Optional.of(ask(deployment, entity));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /** Forgets an entity's attributes: one has just been added. */
    void forget(Deployment deployment, String entity) {
        known.synchronous().invalidate(new Of(deployment, entity));
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
