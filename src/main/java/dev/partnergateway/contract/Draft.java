package dev.partnergateway.contract;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.swagger.v3.oas.models.media.Discriminator;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One schema with its references followed and its allOf parts merged: what a {@link Type} is compiled from. */
final class Draft {
    private final Components components;
    private final String place;

    private String type;
    private String format;
    private boolean nullable;
    private boolean readOnly;
    private List<String> enumTexts;
    private BigDecimal minimum;
    private boolean exclusiveMinimum;
    private BigDecimal maximum;
    private boolean exclusiveMaximum;
    private Integer minLength;
    private Integer maxLength;
    private Integer minItems;
    private Integer maxItems;
    private Integer maxProperties;
    private final Set<String> forbiddenTexts = new LinkedHashSet<>();
    private final List<Pattern> patterns = new ArrayList<>();
    private final List<Schema<?>> items = new ArrayList<>();
    private final Map<String, List<Schema<?>>> properties = new LinkedHashMap<>();
    private final Set<String> required = new LinkedHashSet<>();
    private final List<Schema<?>> additional = new ArrayList<>();
    private Boolean additionalAllowed;
    private final List<Schema<?>> branches = new ArrayList<>();
    private Discriminator discriminator;
    private Object defaultValue;
    private Annotations annotations = Annotations.NONE;
    private final Set<String> following = new LinkedHashSet<>();

    Draft(Components components, String place, List<Schema<?>> parts) {
        this.components = components;
        this.place = place;
        parts.forEach(this::add);
        inferType();
        refuseMisplaced();
    }

    private void add(Schema<?> schema) {
        String reference = schema.get$ref();
        if (reference != null) {
            if (!following.add(reference)) {
                throw wrong("the schema " + reference + " is a part of itself");
            }
            add(components.schema(reference, place));
            following.remove(reference);
            return;
        }
        refuseUnsupported(schema);
        addScalars(schema);
        addBounds(schema);
        addContainers(schema);
        if (schema.getAllOf() != null) {
            schema.getAllOf().forEach(part -> add((Schema<?>) part));
        }
        addBranches(schema);
    }

    private void addScalars(Schema<?> schema) {
        if (schema.getType() != null) {
            if (type != null && !type.equals(schema.getType())) {
                throw wrong("allOf joins the types " + type + " and " + schema.getType());
            }
            type = schema.getType();
        }
        format = schema.getFormat() == null ? format : schema.getFormat();
        nullable |= Boolean.TRUE.equals(schema.getNullable());
        readOnly |= Boolean.TRUE.equals(schema.getReadOnly());
        defaultValue = schema.getDefault() == null ? defaultValue : schema.getDefault();
        annotations = annotations.with(Annotations.of(schema.getExtensions(), place));
        if (schema.getEnum() != null) {
            List<String> texts = schema.getEnum().stream()
                    .filter(Objects::nonNull)
                    .map(Object::toString)
                    .toList();
            enumTexts = enumTexts == null
                    ? texts
                    : enumTexts.stream().filter(texts::contains).toList();
        }
        if (schema.getNot() != null) {
            List<?> texts = schema.getNot().getEnum();
            texts.forEach(text -> forbiddenTexts.add(String.valueOf(text)));
        }
        if (schema.getPattern() != null) {
            try {
                patterns.add(Pattern.compile(schema.getPattern()));
            } catch (PatternSyntaxException e) {
                throw wrong("the pattern " + schema.getPattern() + " cannot be read: " + e.getDescription());
            }
        }
    }

    private void addBounds(Schema<?> schema) {
        BigDecimal least = schema.getMinimum();
        if (least != null && (minimum == null || least.compareTo(minimum) >= 0)) {
            boolean same = minimum != null && least.compareTo(minimum) == 0;
            exclusiveMinimum = Boolean.TRUE.equals(schema.getExclusiveMinimum()) || (same && exclusiveMinimum);
            minimum = least;
        }
        BigDecimal most = schema.getMaximum();
        if (most != null && (maximum == null || most.compareTo(maximum) <= 0)) {
            boolean same = maximum != null && most.compareTo(maximum) == 0;
            exclusiveMaximum = Boolean.TRUE.equals(schema.getExclusiveMaximum()) || (same && exclusiveMaximum);
            maximum = most;
        }
        minLength = greater(minLength, schema.getMinLength());
        maxLength = smaller(maxLength, schema.getMaxLength());
        minItems = greater(minItems, schema.getMinItems());
        maxItems = smaller(maxItems, schema.getMaxItems());
        maxProperties = smaller(maxProperties, schema.getMaxProperties());
    }

    private void addContainers(Schema<?> schema) {
        if (schema.getItems() != null) {
            items.add(schema.getItems());
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, property) -> properties
                    .computeIfAbsent(name, key -> new ArrayList<>())
                    .add(property));
        }
        if (schema.getRequired() != null) {
            required.addAll(schema.getRequired());
        }
        Object others = schema.getAdditionalProperties();
        if (others instanceof Schema<?> typed) {
            additional.add(typed);
            additionalAllowed = !Boolean.FALSE.equals(additionalAllowed);
        } else if (others instanceof Boolean allowed) {
            additionalAllowed = allowed && !Boolean.FALSE.equals(additionalAllowed);
        }
    }

    private void addBranches(Schema<?> schema) {
        boolean oneOf = schema.getOneOf() != null && !schema.getOneOf().isEmpty();
        boolean anyOf = schema.getAnyOf() != null && !schema.getAnyOf().isEmpty();
        if (oneOf || anyOf) {
            if ((oneOf && anyOf) || !branches.isEmpty()) {
                throw wrong("oneOf and anyOf can be used once for a schema");
            }
            (oneOf ? schema.getOneOf() : schema.getAnyOf()).forEach(branch -> branches.add((Schema<?>) branch));
            discriminator = schema.getDiscriminator();
        }
    }

    private void inferType() {
        if (type == null && branches.isEmpty()) {
            if (!properties.isEmpty() || !required.isEmpty() || additionalAllowed != null) {
                type = "object";
            } else if (!items.isEmpty()) {
                type = "array";
            }
        }
    }

    /** Keywords that would be read but not enforced are worse than none: the file would promise what does not hold. */
    private void refuseUnsupported(Schema<?> schema) {
        refuse(schema.getMultipleOf() != null, "multipleOf");
        refuse(schema.getNot() != null && !isEnum(schema.getNot()), "not, other than with an enum,");
        refuse(Boolean.TRUE.equals(schema.getUniqueItems()), "uniqueItems");
        refuse(schema.getMinProperties() != null, "minProperties");
        refuse(schema.getConst() != null, "const");
        refuse(schema.getIf() != null, "if");
        refuse(schema.getPrefixItems() != null, "prefixItems");
        refuse(schema.getPatternProperties() != null, "patternProperties");
        refuse(schema.getTypes() != null && schema.getTypes().size() > 1, "a list of types");
        refuse(schema.getExclusiveMinimum() != null && schema.getMinimum() == null, "exclusiveMinimum without minimum");
        refuse(schema.getExclusiveMaximum() != null && schema.getMaximum() == null, "exclusiveMaximum without maximum");
    }

    private static boolean isEnum(Schema<?> schema) {
        return schema.getEnum() != null && schema.getPattern() == null && schema.getNot() == null;
    }

    private void refuse(boolean used, String keyword) {
        if (used) {
            throw wrong(keyword + " is not supported");
        }
    }

    private void refuseMisplaced() {
        boolean number = "integer".equals(type) || "number".equals(type);
        misplaced((minimum != null || maximum != null) && !number, "minimum and maximum", "numbers");
        misplaced(
                (minLength != null || maxLength != null || !patterns.isEmpty()) && !isPlainString(),
                "minLength, maxLength and pattern",
                "strings that are no date-times");
        misplaced(maxProperties != null && !"object".equals(type), "maxProperties", "objects");
        misplaced(!forbiddenTexts.isEmpty() && !isPlainString(), "not", "strings that are no date-times");
        misplaced((minItems != null || maxItems != null) && !"array".equals(type), "minItems and maxItems", "arrays");
        misplaced(
                enumTexts != null && !isPlainString() && !"integer".equals(type),
                "enum",
                "strings and integers that are no date-times");
        misplaced(
                (!properties.isEmpty() || !required.isEmpty() || additionalAllowed != null)
                        && type != null
                        && !"object".equals(type),
                "properties, required and additionalProperties",
                "objects");
        misplaced(!items.isEmpty() && !"array".equals(type), "items", "arrays");
        misplaced(annotations.characters() && !"array".equals(type), "x-characters", "arrays of strings");
        misplaced(annotations.apart() != Annotations.Apart.NONE && !"array".equals(type), "x-apart", "arrays");
        misplaced(annotations.attributes() && !"object".equals(type), "x-attributes", "objects");
        misplaced(
                annotations.mostChanges() > 0 && !"object".equals(type) && !"array".equals(type),
                "x-most-changes",
                "objects and arrays");
        misplaced(annotations.memberNames() != null && !"object".equals(type), "x-member-names", "objects");
        misplaced(!annotations.mostInTotal().isEmpty() && !"array".equals(type), "x-most-in-total", "arrays");
        misplaced(annotations.deployment() && !isPlainString(), "x-deployment", "strings");
        misplaced(annotations.credential() && !isPlainString(), "x-credential", "strings");
        misplaced(defaultValue != null && "date-time".equals(format), "default", "values other than date-times");
    }

    private void misplaced(boolean used, String keywords, String kind) {
        if (used) {
            throw wrong(keywords + " can be used for " + kind + " only");
        }
    }

    private boolean isPlainString() {
        return "string".equals(type) && !"date-time".equals(format);
    }

    IllegalArgumentException wrong(String sentence) {
        return new IllegalArgumentException(place + ": " + sentence);
    }

    private static Integer greater(Integer left, Integer right) {
        return left == null ? right : right == null ? left : Integer.valueOf(Math.max(left, right));
    }

    private static Integer smaller(Integer left, Integer right) {
        return left == null ? right : right == null ? left : Integer.valueOf(Math.min(left, right));
    }

    String place() {
        return place;
    }

    String type() {
        return type;
    }

    String format() {
        return format;
    }

    boolean nullable() {
        return nullable;
    }

    boolean readOnly() {
        return readOnly;
    }

    List<String> enumTexts() {
        return enumTexts;
    }

    BigDecimal minimum() {
        return minimum;
    }

    boolean exclusiveMinimum() {
        return exclusiveMinimum;
    }

    BigDecimal maximum() {
        return maximum;
    }

    boolean exclusiveMaximum() {
        return exclusiveMaximum;
    }

    Integer minLength() {
        return minLength;
    }

    Integer maxLength() {
        return maxLength;
    }

    Integer minItems() {
        return minItems;
    }

    Integer maxItems() {
        return maxItems;
    }

    Integer maxProperties() {
        return maxProperties;
    }

    Set<String> forbiddenTexts() {
        return forbiddenTexts;
    }

    List<Pattern> patterns() {
        return List.copyOf(patterns);
    }

    List<Schema<?>> items() {
        return items;
    }

    Map<String, List<Schema<?>>> properties() {
        return properties;
    }

    Set<String> required() {
        return required;
    }

    List<Schema<?>> additional() {
        return additional;
    }

    /** Null when the file says nothing about further members. */
    Boolean additionalAllowed() {
        return additionalAllowed;
    }

    List<Schema<?>> branches() {
        return branches;
    }

    Discriminator discriminator() {
        return discriminator;
    }

    Object defaultValue() {
        return defaultValue;
    }

    Annotations annotations() {
        return annotations;
    }
}
