package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** An object: its declared members in their declared order, and others only where the file lets them through. */
final class ObjectType extends Type {
    private final Property[] properties;
    private final Set<String> spellings;
    private final Type others;
    private final boolean closed;
    private final int most;

    /**
     * An object type.
     *
     * @param properties the declared members, in order
     * @param others the type of members that are not declared; null when they are dropped
     * @param closed whether members that are not declared are refused
     * @param most most members, declared or not
     */
    ObjectType(List<Property> properties, Type others, boolean closed, int most, boolean nullable) {
        super("a JSON object", nullable);
        this.properties = properties.toArray(new Property[0]);
        this.others = others;
        this.closed = closed;
        this.most = most;
        Set<String> known = new HashSet<>();
        for (Property property : properties) {
            known.add(property.name());
            known.addAll(property.annotations().aliases());
        }
        spellings = Set.copyOf(known);
    }

    @Override
    JsonNode coerce(JsonNode value, Check check) {
        JsonNode given = value.isTextual() ? check.container(value, '{') : value;
        if (given == null || !given.isObject()) {
            return check.refuse(expectation(), value);
        }
        ObjectNode object = (ObjectNode) given;
        if (object.size() > most) {
            return check.refuse("at most " + most + " members, got " + object.size());
        }
        ObjectNode checked = Json.FACTORY.objectNode();
        boolean collects = false;
        for (Property property : properties) {
            collects |= property.annotations().attributes();
            check.enter(spelling(property, object, check));
            String with = property.annotations().neededWith();
            if (!with.isEmpty()) {
                check.lenient(object.path(with).isEmpty());
            }
            JsonNode member = member(property, object, check);
            if (!with.isEmpty()) {
                check.lenient(false);
            }
            if (member != null) {
                checked.set(property.name(), member);
            }
            check.leave();
        }
        if (others != null || closed) {
            addOthers(object, checked, collects, check);
        } else {
            refuseMisspelt(object, collects, check);
        }
        return checked;
    }

    @Override
    void find(JsonNode value, Check check) {
        JsonNode given = value.isTextual() ? check.container(value, '{') : value;
        if (!(given instanceof ObjectNode object)) {
            return;
        }
        for (Property property : properties) {
            JsonNode member = property.isMarked() ? firstSpelled(property, object) : null;
            if (member != null && !member.isNull()) {
                check.enter(spelling(property, object));
                find(property, member, check);
                check.leave();
            }
        }
    }

    private static void find(Property property, JsonNode member, Check check) {
        Annotations annotations = property.annotations();
        if (!annotations.deployment() && !annotations.credential()) {
            property.type().find(member, check);
            return;
        }
        // What does not fit its type is no deployment and no key; the check of the whole call says why.
        JsonNode text = property.type().check(member, check.trial());
        if (text != null && text.isTextual() && !text.textValue().isBlank()) {
            if (annotations.deployment()) {
                check.deployment(text.textValue());
            } else {
                check.credential(text.textValue());
            }
        }
    }

    private static JsonNode firstSpelled(Property property, ObjectNode object) {
        return object.get(spelling(property, object));
    }

    /** The name under which a member was sent; its declared one when it was not. */
    private static String spelling(Property property, ObjectNode object) {
        List<String> aliases = property.annotations().aliases();
        if (!aliases.isEmpty() && !object.has(property.name())) {
            for (String alias : aliases) {
                if (object.has(alias)) {
                    return alias;
                }
            }
        }
        return property.name();
    }

    /** As the other, and takes note of it: what is wrong with the value later is told under the name that was sent. */
    private static String spelling(Property property, ObjectNode object, Check check) {
        String name = spelling(property, object);
        if (!name.equals(property.name())) {
            check.spelledHere(property.name(), name);
        }
        return name;
    }

    @Override
    Property property(String name) {
        return Stream.of(properties)
                .filter(property -> property.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    Set<String> memberNames() {
        return others == null && !requiresMembers() ? spellings : Set.of();
    }

    @Override
    boolean isMarked() {
        for (Property property : properties) {
            if (property.isMarked()) {
                return true;
            }
        }
        return false;
    }

    private JsonNode member(Property property, ObjectNode object, Check check) {
        JsonNode given = spelled(property, object, check);
        if (given != null && given.isMissingNode()) {
            return null;
        }
        if (property.annotations().attributes()) {
            given = withPrefixed(property, given, object, check);
        }
        Type type = property.type();
        boolean absent = given == null || (given.isNull() && !type.nullable());
        if (absent
                || (given.isTextual()
                        && type.blankMeansAbsent()
                        && given.textValue().isBlank())) {
            return absent(property, given, check);
        }
        JsonNode checked = type.check(given, check);
        if (checked != null) {
            refuseTotals(property, checked, check);
        }
        int most = property.annotations().mostChanges();
        if (checked != null && most > 0) {
            int changes = listed(checked) - (checked.isArray() ? checked.size() : 0);
            if (changes > most) {
                return check.refuse("lists of at most " + most + " items together, got " + changes);
            }
        }
        Pattern names = property.annotations().memberNames();
        if (checked != null && names != null) {
            refuseNames(checked, names, check);
        }
        if (checked != null && checked.isTextual()) {
            if (property.annotations().deployment()) {
                check.deployment(checked.textValue());
            }
            if (property.annotations().credential()) {
                check.credential(checked.textValue());
            }
        }
        return checked;
    }

    private static void refuseNames(JsonNode object, Pattern pattern, Check check) {
        for (var member : object.properties()) {
            if (!pattern.matches(member.getKey())) {
                check.enter(member.getKey());
                check.report(": expected a member name matching " + pattern);
                check.leave();
            }
        }
    }

    private static void refuseTotals(Property property, JsonNode list, Check check) {
        property.annotations().mostInTotal().forEach((name, most) -> {
            BigDecimal total = BigDecimal.ZERO;
            for (JsonNode item : list) {
                total = total.add(item.path(name).decimalValue());
            }
            if (total.compareTo(BigDecimal.valueOf(most)) > 0) {
                check.refuse(name + " of at most " + most + " in total, got " + total.toPlainString());
            }
        });
    }

    /** Items of all lists in a value, the value itself included. */
    private static int listed(JsonNode value) {
        int items = value.isArray() ? value.size() : 0;
        for (JsonNode part : value) {
            items += listed(part);
        }
        return items;
    }

    private static JsonNode absent(Property property, JsonNode given, Check check) {
        if (property.requiresDeployment()) {
            return check.refuseMissingDeployment();
        }
        if (property.mustBePresent()) {
            return check.require(property.type().expectation() + (given == null ? "" : ", got " + Check.kind(given)));
        }
        JsonNode fallback = property.fallback();
        // Containers are copied because a mapping may change them.
        return fallback == null || fallback.isValueNode() ? fallback : fallback.deepCopy();
    }

    /** The value under whichever spelling was used; a missing node after several were reported. */
    private static JsonNode spelled(Property property, ObjectNode object, Check check) {
        JsonNode given = object.get(property.name());
        List<String> aliases = property.annotations().aliases();
        for (int i = 0; i < aliases.size(); i++) {
            JsonNode other = object.get(aliases.get(i));
            if (other != null && given != null) {
                check.refuse("one spelling of the name, found " + aliases.get(i) + " as well");
                return MissingNode.getInstance();
            }
            given = other == null ? given : other;
        }
        return given;
    }

    private JsonNode withPrefixed(Property property, JsonNode given, ObjectNode object, Check check) {
        if (!hasPrefixed(object)) {
            return given;
        }
        ObjectNode collection = collection(given, check);
        if (collection == null) {
            // Not an object: the type of the member says so.
            return given;
        }
        check.leave();
        for (var member : object.properties()) {
            String name = member.getKey();
            if (Attributes.isPrefixed(name) && !spellings.contains(name)) {
                check.enter(name);
                Attributes.collect(name, member.getValue(), collection, check);
                check.leave();
            }
        }
        check.enter(spelling(property, object));
        return collection.isEmpty() && given == null ? null : collection;
    }

    private boolean hasPrefixed(ObjectNode object) {
        for (var member : object.properties()) {
            if (Attributes.isPrefixed(member.getKey()) && !spellings.contains(member.getKey())) {
                return true;
            }
        }
        return false;
    }

    /** A copy of the given object to add attributes to; null when there is something else than an object. */
    private static ObjectNode collection(JsonNode given, Check check) {
        if (given == null
                || given.isNull()
                || (given.isTextual() && given.textValue().isBlank())) {
            return Json.FACTORY.objectNode();
        }
        if (given.isTextual()) {
            return check.container(given, '{') instanceof ObjectNode object ? object : null;
        }
        return given instanceof ObjectNode object ? object.deepCopy() : null;
    }

    private void addOthers(ObjectNode object, ObjectNode checked, boolean collects, Check check) {
        for (var member : object.properties()) {
            String name = member.getKey();
            if (check.full()) {
                return;
            }
            if (spellings.contains(name) || (collects && Attributes.isPrefixed(name))) {
                continue;
            }
            check.enter(name);
            JsonNode value = member.getValue();
            if (closed) {
                check.report(": expected only documented members here");
            } else if (!Text.isClean(name)) {
                check.report(": expected a member name of " + Text.WITHOUT_NUL);
            } else if (!value.isNull() || others.nullable()) {
                JsonNode other = others.check(value, check);
                if (other != null) {
                    checked.set(name, other);
                }
            }
            check.leave();
        }
    }

    /** What is not declared is dropped, unless its name is nearly that of a member that is not there. */
    private void refuseMisspelt(ObjectNode object, boolean collects, Check check) {
        List<Property> absent = null;
        for (var member : object.properties()) {
            String name = member.getKey();
            if (check.full()) {
                return;
            }
            if (spellings.contains(name) || member.getValue().isNull() || (collects && Attributes.isPrefixed(name))) {
                continue;
            }
            absent = absent == null ? absent(object) : absent;
            for (Property property : absent) {
                if (Nearest.isNear(name, property.name())) {
                    check.misspelt(name, property.name());
                    break;
                }
            }
        }
    }

    private List<Property> absent(ObjectNode object) {
        return Stream.of(properties)
                .filter(property -> {
                    JsonNode given = firstSpelled(property, object);
                    return given == null || given.isNull();
                })
                .toList();
    }

    @Override
    boolean blankMeansAbsent() {
        return true;
    }

    @Override
    boolean requiresDeployment() {
        for (Property property : properties) {
            if (property.requiresDeployment()) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean holdsCredential() {
        for (Property property : properties) {
            if (property.annotations().credential() || property.type().holdsCredential()) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean requiresMembers() {
        for (Property property : properties) {
            if (property.required()) {
                return true;
            }
        }
        return false;
    }
}
