package dev.partnergateway.attribute;

import java.util.Map;

/**
 * The attributes that an entity has.
 *
 * @param general type by name
 * @param ofEvents type by name for each event type, of those that only one event has
 */
record AttributeTypes(Map<String, String> general, Map<String, Map<String, String>> ofEvents) {

    /**
     * Type of an attribute, such as {@code number} or {@code (list string)}.
     *
     * @param eventType the event's type where the entity is an event; else empty
     * @return empty when there is no such attribute
     */
    String of(String eventType, String name) {
        String type = ofEvents.getOrDefault(eventType, Map.of()).get(name);
        return type == null ? general.getOrDefault(name, "") : type;
    }

    boolean has(String eventType, String name) {
        return !of(eventType, name).isEmpty();
    }
}
