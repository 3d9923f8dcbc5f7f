package dev.partnergateway.call;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A deployment's clock, which stamps what is made there, beside the gateway's own. How far it is behind is seen at every
 * answer. That it is ahead is not taken into account: what was made for a call then only looks younger.
 */
public final class DeploymentClock {

    /** Clocks may still differ by this much, those of several gateways among each other, too. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private volatile Duration behind = Duration.ZERO;
    private volatile Instant last;

    /**
     * An answer has come.
     *
     * @param date what it says it was made at, by the deployment's clock
     * @param received by the gateway's clock
     */
    public void shows(Instant date, Instant received) {
        last = received;
        behind = date.isBefore(received) ? Duration.between(date, received) : Duration.ZERO;
    }

    /** How far it was behind the gateway's own at the last answer. */
    public Duration behind() {
        return behind;
    }

    /** When the deployment last answered with a time; empty = it has not since this process started. */
    public Optional<Instant> lastAnswer() {
        return Optional.ofNullable(last);
    }

    /**
     * What was made for a call was not made earlier than this, by the deployment's clock.
     *
     * @param begun when the call began, by the gateway's clock
     */
    public Instant earliest(Instant begun) {
        return begun.minus(behind).minus(TOLERANCE);
    }
}
