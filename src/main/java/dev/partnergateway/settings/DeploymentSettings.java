package dev.partnergateway.settings;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator wrote about one Talon.One deployment (docs/behaviour.md#addresses).
 *
 * @param name the operator's own name for it
 * @param hosts host names that partners send, at least one
 * @param baseUrl where it is reached, when not {@code https://<first host>}
 * @param managementKey the operator's {@code ManagementKey-v1} value, if any
 * @param keys registry: SHA-256 of a partner key to {@code <applicationId>} or {@code <applicationId>:<platform>}
 * @param createAttributes whether missing attributes may be created (docs/behaviour.md#attributes)
 * @param callbackHosts hosts that session callbacks may go to
 * @param managementRate calls a second to one Management API endpoint
 * @param batching whether coupons may be created in batches (docs/behaviour.md#coupons)
 */
public record DeploymentSettings(
        String name,
        List<String> hosts,
        Optional<String> baseUrl,
        Optional<Secret> managementKey,
        Map<String, String> keys,
        boolean createAttributes,
        List<String> callbackHosts,
        int managementRate,
        boolean batching) {

    /** Talon.One's own limit per Management API endpoint and second. */
    public static final int DEFAULT_MANAGEMENT_RATE = 3;
}
