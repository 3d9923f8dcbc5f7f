package dev.partnergateway.idempotency;

import dev.partnergateway.call.Deployment;

/** Finds out, without a partner waiting, what became of something that was sent. */
@FunctionalInterface
public interface Finisher {

    /**
     * Settles the claim, or leaves it as it is.
     *
     * @param deployment where it was sent
     * @param claim what was written down before it was sent
     * @throws dev.partnergateway.call.Refusal when that cannot be told yet, or Talon.One refused it
     */
    void finish(Deployment deployment, Claim claim);
}
