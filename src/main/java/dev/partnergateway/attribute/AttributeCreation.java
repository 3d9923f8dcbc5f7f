package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Creates attributes in Talon.One (docs/behaviour.md#attributes). They are account-wide and stay for good: everything
 * is checked before the first is created, and they are subscribed to the Application of the caller's key alone.
 */
public final class AttributeCreation {

    private static final int MOST = 50;
    private static final Pattern NAME = Pattern.compile("[A-Za-z]\\w*");
    private static final Duration SOON = Duration.ofSeconds(1);

    private final TalonOne talonOne;
    private final AttributeCatalogue catalogue;
    private final Access access;
    private final UpstreamOperation create;

    /** Makes the creation. */
    public AttributeCreation(TalonOne talonOne, AttributeCatalogue catalogue, Access access) {
        this.talonOne = talonOne;
        this.catalogue = catalogue;
        this.access = access;
        this.create = talonOne.contract().operation("createAttribute");
    }

    /** An attribute that Talon.One does not have yet. */
    record Missing(String entity, String eventType, String name, String type) {}

    /**
     * Attributes of an object that Talon.One does not have.
     *
     * @param missing gets one entry for each, by entity and name
     * @throws Refusal 400 when one has no possible name or type
     */
    static void collect(
            AttributeObject object, AttributeTypes known, DeclaredTypes declared, Map<String, Missing> missing) {
        object.values().properties().forEach(attribute -> {
            String name = attribute.getKey();
            if (known.has(object.eventType(), name)) {
                return;
            }
            if (!isName(name)) {
                throw DeclaredTypes.refusal(
                        name, "cannot be created: a name is a letter, then letters, digits and underscores");
            }
            String said = declared.of(object.entity(), name);
            String type = said.isEmpty() ? inferred(attribute.getValue()) : said;
            if (type == null) {
                throw DeclaredTypes.refusal(name, "is not known yet and shows no type: declare one");
            }
            Missing other = missing.put(
                    object.entity() + ' ' + name, new Missing(object.entity(), object.eventType(), name, type));
            if (other != null && !other.type().equals(type)) {
                throw DeclaredTypes.refusal(name, "has values of several types");
            }
        });
    }

    /**
     * Names of an object's attributes that Talon.One does not have and that hold nothing: there is no value to take
     * away, and nothing shows a type.
     */
    static List<String> empty(AttributeObject object, AttributeTypes known, DeclaredTypes declared) {
        return object.values().properties().stream()
                .filter(attribute -> attribute.getValue().isNull()
                        || attribute.getValue().isArray()
                                && attribute.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .filter(name -> !known.has(object.eventType(), name)
                        && declared.of(object.entity(), name).isEmpty())
                .toList();
    }

    /** Whether Talon.One can have an attribute of this name. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Attributes of an object that Talon.One does not have and can have: at most 50, the others are passed over.
     *
     * @param not names that are passed over as well
     * @param missing gets one entry for each, by entity and name
     */
    static void collectPossible(
            AttributeObject object,
            AttributeTypes known,
            DeclaredTypes declared,
            Set<String> not,
            Map<String, Missing> missing) {
        object.values().properties().forEach(attribute -> {
            String name = attribute.getKey();
            String said = declared.of(object.entity(), name);
            String type = said.isEmpty() ? inferred(attribute.getValue()) : said;
            if (type != null
                    && isName(name)
                    && !known.has(object.eventType(), name)
                    && !not.contains(name)
                    && missing.size() < MOST) {
                missing.putIfAbsent(
                        object.entity() + ' ' + name, new Missing(object.entity(), object.eventType(), name, type));
            }
        });
    }

    private static String inferred(JsonNode value) {
        if (value.isArray() && !value.isEmpty()) {
            String item = inferred(value.get(0));
            for (JsonNode other : value) {
                if (item == null || item.startsWith("(") || !item.equals(inferred(other))) {
                    return null;
                }
            }
            return item.equals("boolean") ? null : "(list " + item + ")";
        }
        return value.isBoolean() ? "boolean" : value.isNumber() ? "number" : value.isTextual() ? "string" : null;
    }

    /**
     * Creates what is missing.
     *
     * @return what was created, as Talon.One shows it; not what somebody else created at the same moment
     * @throws Refusal 400 when it is too much, 401 when the key's Application is not known, else as Talon.One answered
     */
    ArrayNode create(PartnerCall call, Collection<Missing> missing) {
        ArrayNode created = JsonNodeFactory.instance.arrayNode();
        if (missing.isEmpty()) {
            return created;
        }
        if (missing.size() > MOST) {
            throw Refusal.of(
                    400, missing.size() + " attributes would have to be created: at most " + MOST + " at once");
        }
        long application = access.application(call);
        for (Missing one : missing) {
            create(call, one, application, created);
        }
        return created;
    }

    private void create(PartnerCall call, Missing one, long application, ArrayNode created) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        ObjectNode body = request.putObject("body");
        body.put("entity", one.entity());
        if (!one.eventType().isEmpty()) {
            body.put("eventType", one.eventType());
        }
        body.put("name", one.name())
                .put("title", one.name())
                .put("type", one.type())
                .put("description", "")
                .put("editable", true);
        body.putArray("suggestions");
        body.putArray("subscribedApplicationsIds").add(application);
        try {
            created.add(talonOne.call(
                    UpstreamCall.of(create, call.deployment(), null, request, null, call.upstreamWait())));
        } catch (Refusal refusal) {
            catalogue.forget(call.deployment(), one.entity());
            boolean there = catalogue
                    .types(call, one.entity())
                    .filter(types -> types.has(one.eventType(), one.name()))
                    .isPresent();
            if (!there) {
                // Whatever became of the attribute, the partner's own call was not sent.
                throw refusal.effect() == Refusal.Effect.UNKNOWN
                        ? Refusal.retry(refusal.status(), refusal.getMessage(), SOON)
                        : refusal;
            }
        }
        catalogue.forget(call.deployment(), one.entity());
    }

    /** An empty, ordered collection for {@link #collect}. */
    static Map<String, Missing> none() {
        return new LinkedHashMap<>();
    }
}
