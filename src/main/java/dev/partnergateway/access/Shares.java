package dev.partnergateway.access;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Lets calls for one deployment take only a share of what works on calls: one that is slow does not slow another. */
final class Shares {

    private final int most;
    private final Map<String, Semaphore> shares = new ConcurrentHashMap<>();

    /**
     * Makes them.
     *
     * @param most calls worked on at once for one deployment
     */
    Shares(int most) {
        this.most = most;
    }

    /**
     * Counts a call until it ends.
     *
     * @throws Refusal 503 when the deployment's share is used up
     */
    void enter(PartnerCall call, Deployment deployment) {
        Semaphore share = shares.computeIfAbsent(deployment.name(), name -> new Semaphore(most));
        if (!share.tryAcquire()) {
            throw Refusal.retry(503, "Too many calls to this deployment are running: try again", Duration.ofSeconds(1));
        }
        call.whenOver(share::release);
    }
}
