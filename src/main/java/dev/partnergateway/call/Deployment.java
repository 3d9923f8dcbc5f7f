package dev.partnergateway.call;

import dev.partnergateway.settings.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Talon.One deployment that the operator configured.
 *
 * @param name the operator's name for it; used in logs, metrics and stored keys
 * @param baseUrl scheme, host and port it is reached at, without a trailing slash
 * @param managementKey the operator's own key for its Management API
 * @param registry SHA-256 of a partner key to the Application it belongs to
 * @param createAttributes whether missing attributes may be created in it
 * @param callbackHosts where results may be posted to (docs/behaviour.md#callbacks)
 * @param managementRate calls a second to one Management API endpoint; 0 = no limit
 * @param batching whether coupons may be created in batches
 * @param clock its time beside the gateway's
 */
public record Deployment(
        String name,
        URI baseUrl,
        Optional<Secret> managementKey,
        Map<String, RegisteredKey> registry,
        boolean createAttributes,
        List<CallbackHost> callbackHosts,
        int managementRate,
        boolean batching,
        DeploymentClock clock) {

    /**
     * What the operator registered about a partner key.
     *
     * @param application id of the key's Application
     * @param platform route family the key is for; empty = any
     */
    public record RegisteredKey(long application, String platform) {}

    @Override
    public String toString() {
        return name;
    }
}
