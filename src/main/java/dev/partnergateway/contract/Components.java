package dev.partnergateway.contract;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Map;

/** The named parts of one OpenAPI file. */
final class Components {
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String PARAMETERS = "#/components/parameters/";
    private static final String BODIES = "#/components/requestBodies/";

    private final io.swagger.v3.oas.models.Components declared;

    Components(OpenAPI model) {
        declared = model.getComponents() == null ? new io.swagger.v3.oas.models.Components() : model.getComponents();
    }

    Schema<?> schema(String reference, String place) {
        Schema<?> schema = find(declared.getSchemas(), SCHEMAS, reference, place);
        return schema;
    }

    Parameter parameter(Parameter parameter, String place) {
        return parameter.get$ref() == null
                ? parameter
                : find(declared.getParameters(), PARAMETERS, parameter.get$ref(), place);
    }

    RequestBody requestBody(RequestBody body, String place) {
        return body == null || body.get$ref() == null
                ? body
                : find(declared.getRequestBodies(), BODIES, body.get$ref(), place);
    }

    SecurityScheme securityScheme(String name, String place) {
        return find(declared.getSecuritySchemes(), "", name, place);
    }

    /** The reference to a schema that a discriminator names by reference or by its bare name. */
    static String schemaReference(String nameOrReference) {
        return nameOrReference.startsWith("#") ? nameOrReference : SCHEMAS + nameOrReference;
    }

    static String schemaName(String reference) {
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private static <T> T find(Map<String, T> parts, String prefix, String reference, String place) {
        T part = parts == null || !reference.startsWith(prefix)
                ? null
                : parts.get(
                        reference.substring(prefix.length()).replace("~1", "/").replace("~0", "~"));
        if (part == null) {
            throw new IllegalArgumentException(place + ": " + reference + " is not in the components of this file");
        }
        return part;
    }
}
