package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles the schemas of one file; a named schema is compiled once and may refer to itself. */
final class Types {
    private final Components components;
    private final Map<String, Type> named = new HashMap<>();

    Types(Components components) {
        this.components = components;
    }

    Draft draft(List<Schema<?>> parts, String place) {
        return new Draft(components, place, parts);
    }

    /** The type of a schema that stands where no vendor extension has a meaning. */
    Type plain(List<Schema<?>> parts, String place) {
        Draft draft = draft(parts, place);
        if (!draft.annotations().equals(Annotations.NONE)) {
            throw draft.wrong("vendor extensions belong to a parameter or to a property of an object");
        }
        return type(parts, draft);
    }

    /** The type of a schema whose draft is made from the given parts. */
    Type type(List<Schema<?>> parts, Draft draft) {
        String reference = parts.size() == 1 ? parts.get(0).get$ref() : null;
        if (reference == null) {
            return compile(draft);
        }
        Type known = named.get(reference);
        if (known != null) {
            return known;
        }
        RecursiveType self = new RecursiveType(Components.schemaName(reference));
        named.put(reference, self);
        Type compiled = compile(draft);
        self.resolve(compiled);
        named.put(reference, compiled);
        return compiled;
    }

    /** The value of an absent member, checked against its own type; null when there is none. */
    static JsonNode fallback(Draft draft, Type type) {
        if (draft.defaultValue() == null) {
            return null;
        }
        Check check = new Check(Budget.ofItsOwn());
        check.verified();
        JsonNode value = type.check(Json.of(draft.defaultValue()), check);
        if (!check.passed()) {
            throw draft.wrong("the default does not fit its own schema: " + check.problems());
        }
        return value;
    }

    private Type compile(Draft draft) {
        if (!draft.branches().isEmpty()) {
            return branches(draft);
        }
        if (draft.type() == null) {
            return new FreeType();
        }
        return switch (draft.type()) {
            case "string" ->
                "date-time".equals(draft.format()) ? new DateTimeType(draft.nullable()) : new StringType(draft);
            case "integer" -> new IntegerType(draft);
            case "number" -> new NumberType(draft);
            case "boolean" -> new BooleanType(draft.nullable());
            case "array" -> array(draft);
            case "object" -> object(draft);
            default -> throw draft.wrong("the type " + draft.type() + " is unknown");
        };
    }

    private Type array(Draft draft) {
        if (draft.items().isEmpty()) {
            throw draft.wrong("an array needs items");
        }
        Type items = plain(draft.items(), draft.place() + "/items");
        if (draft.annotations().characters() && !(items instanceof StringType)) {
            throw draft.wrong("x-characters can be used for arrays of strings only");
        }
        return new ArrayType(draft, items);
    }

    private Type object(Draft draft) {
        List<Property> properties = new ArrayList<>();
        draft.properties().forEach((name, parts) -> {
            Draft property = draft(parts, draft.place() + "/" + name);
            if (property.annotations().dryRun()) {
                throw property.wrong("x-dry-run can be used for header parameters only");
            }
            if (property.readOnly()) {
                if (draft.additionalAllowed() != null) {
                    throw property.wrong("readOnly cannot be used beside additionalProperties");
                }
                // Such a member belongs to answers; in a call it is dropped like one that is not declared.
                return;
            }
            Type type = type(parts, property);
            boolean required = draft.required().contains(name);
            properties.add(new Property(name, type, required, fallback(property, type), property.annotations()));
        });
        refuseUndeclaredNames(draft, properties);
        boolean open = draft.additionalAllowed() == null ? draft.properties().isEmpty() : draft.additionalAllowed();
        Type others = !open
                ? null
                : draft.additional().isEmpty()
                        ? new FreeType()
                        : plain(draft.additional(), draft.place() + "/additionalProperties");
        return new ObjectType(
                properties,
                others,
                Boolean.FALSE.equals(draft.additionalAllowed()),
                draft.maxProperties() == null ? Integer.MAX_VALUE : draft.maxProperties(),
                draft.nullable());
    }

    private static void refuseUndeclaredNames(Draft draft, List<Property> properties) {
        for (String name : draft.required()) {
            if (!draft.properties().containsKey(name)) {
                throw draft.wrong("required names " + name + ", which is no property");
            }
        }
        Map<String, String> owners = new HashMap<>();
        properties.forEach(property -> owners.put(property.name(), property.name()));
        for (Property property : properties) {
            for (String alias : property.annotations().aliases()) {
                String owner = owners.put(alias, property.name());
                if (owner != null) {
                    throw draft.wrong("the alias " + alias + " already stands for " + owner);
                }
            }
        }
        if (properties.stream()
                        .filter(property -> property.annotations().attributes())
                        .count()
                > 1) {
            throw draft.wrong("x-attributes can be used once for an object");
        }
    }

    private Type branches(Draft draft) {
        if (draft.type() != null && !"object".equals(draft.type())
                || !draft.properties().isEmpty()
                || !draft.required().isEmpty()) {
            throw draft.wrong("oneOf and anyOf cannot stand beside properties; repeat them in the branches with allOf");
        }
        if (draft.discriminator() == null || draft.discriminator().getPropertyName() == null) {
            List<Type> types = new ArrayList<>();
            for (int i = 0; i < draft.branches().size(); i++) {
                types.add(plain(List.of(draft.branches().get(i)), draft.place() + "/" + i));
            }
            return new AlternativesType(types, draft.nullable());
        }
        String property = draft.discriminator().getPropertyName();
        Map<String, Type> types = new LinkedHashMap<>();
        Map<String, String> mapping = draft.discriminator().getMapping();
        if (mapping != null) {
            mapping.forEach((value, target) -> {
                Schema<?> reference = new Schema<>().$ref(Components.schemaReference(target));
                types.put(value, plain(List.of(reference), draft.place() + "/" + value));
            });
        }
        int unmapped = 0;
        for (Schema<?> branch : draft.branches()) {
            unmapped += addBranch(branch, property, draft, mapping, types) ? 0 : 1;
        }
        // A parser that inlines references leaves branches without a name; they are the mapped ones.
        if (unmapped > 0
                && (mapping == null
                        || mapping.values().stream().distinct().count()
                                < draft.branches().size())) {
            throw draft.wrong(
                    "a branch has neither an entry in the discriminator's mapping nor an enum for " + property);
        }
        return new DiscriminatedType(property, types, draft.nullable());
    }

    /** Adds a branch under the values that its own discriminating property allows; false when it names none. */
    private boolean addBranch(
            Schema<?> branch, String property, Draft draft, Map<String, String> mapping, Map<String, Type> types) {
        List<Schema<?>> parts = List.of(branch);
        String reference = branch.get$ref();
        if (reference != null
                && mapping != null
                && mapping.values().stream().map(Components::schemaReference).anyMatch(reference::equals)) {
            return true;
        }
        Draft drafted = draft(parts, draft.place());
        List<Schema<?>> declared = drafted.properties().get(property);
        List<String> values = declared == null
                ? null
                : draft(declared, draft.place() + "/" + property).enumTexts();
        if (values == null && reference != null) {
            values = List.of(Components.schemaName(reference));
        }
        if (values == null) {
            return false;
        }
        for (String value : values) {
            if (!types.containsKey(value)) {
                types.put(value, plain(parts, draft.place() + "/" + value));
            } else if (mapping == null || !mapping.containsKey(value)) {
                throw draft.wrong("two branches have the value " + value + " of " + property);
            }
        }
        return true;
    }
}
