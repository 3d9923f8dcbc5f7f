package dev.partnergateway.http;

import java.util.Map;

/** The files of a library that shows an OpenAPI file to read and to try (Swagger UI), as they are served. */
public final class ContractReader {

    private static final String FOLDER = "META-INF/resources/webjars/swagger-ui/5.34.1/";

    /** By the names that they are served under. */
    public static final Map<String, Asset> FILES = Map.of(
            "swagger-ui-bundle.js", Asset.of(FOLDER + "swagger-ui-bundle.js"),
            "swagger-ui.css", Asset.of(FOLDER + "swagger-ui.css"));

    private ContractReader() {}
}
