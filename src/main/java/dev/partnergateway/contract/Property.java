package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A declared member of an object.
 *
 * @param name its declared name
 * @param type what its value must be
 * @param required whether it must be present and not blank
 * @param fallback the value when it is absent; null when there is none
 * @param annotations its vendor extensions
 */
record Property(String name, Type type, boolean required, JsonNode fallback, Annotations annotations) {

    /** Whether an object with this member cannot be without a deployment. */
    boolean requiresDeployment() {
        return required && (annotations.deployment() || type.requiresDeployment());
    }

    /** Whether the deployment or the key is, or is in, the value. */
    boolean isMarked() {
        return annotations.deployment() || annotations.credential() || type.isMarked();
    }

    /**
     * Whether the contract check refuses a call without this member. A missing credential is left to the step that
     * verifies it, whose answer is 401 and not 400 (docs/behaviour.md#keys).
     */
    boolean mustBePresent() {
        return required && !annotations.credential();
    }
}
