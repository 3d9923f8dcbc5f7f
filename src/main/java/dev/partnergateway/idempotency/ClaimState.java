package dev.partnergateway.idempotency;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a stored call can be, and who may make what of it. The statements of {@link AnswerTable} are made of {@link #STEPS},
 * the database's constraints say what a row of each state holds, and docs/reliability.md draws the same table.
 */
public enum ClaimState {
    /** There is no row. */
    FREE,
    /** Its key is taken. Nothing is under way for it but what Talon.One tells apart by the claim's own key. */
    CLAIMED,
    /** A coupon waits for a file and was never sent. */
    READY,
    /** Something was sent and the outcome is not known. */
    SENT,
    /** As {@link #SENT}, and it waits to be sent again in a file, which is safe at any time. */
    AGAIN,
    /** Talon.One refused it, which its caller, who waits at another gateway, has to be told. */
    REFUSED,
    /** Talon.One did it; the partner's answer is not made yet. */
    SETTLED,
    /** The partner's answer is stored. */
    ANSWERED,
    /** An operator decides. */
    PARKED;

    /** Who makes a step. */
    public enum Who {
        /** A call that wants the key. */
        CALLER,
        /** Whoever holds the row: the call itself, a repeat or the sweeper that took it over. */
        OWNER,
        /** The gateway that has the turn to send a file. */
        SENDER,
        /** An operator. */
        OPERATOR,
        /** Pruning, when its time is over. */
        PRUNING
    }

    /** One step that may be made. A row keeps its state, too, when it is let go of or taken over. */
    public record Step(ClaimState from, ClaimState to, Who who) {}

    /** All steps there are. */
    public static final List<Step> STEPS = List.of(
            new Step(FREE, CLAIMED, Who.CALLER),
            new Step(CLAIMED, READY, Who.OWNER),
            new Step(CLAIMED, SENT, Who.OWNER),
            new Step(CLAIMED, FREE, Who.OWNER),
            new Step(CLAIMED, ANSWERED, Who.OWNER),
            new Step(CLAIMED, PARKED, Who.OWNER),
            new Step(CLAIMED, FREE, Who.PRUNING),
            new Step(READY, SENT, Who.SENDER),
            new Step(READY, CLAIMED, Who.CALLER),
            new Step(READY, FREE, Who.OWNER),
            new Step(READY, PARKED, Who.SENDER),
            new Step(READY, FREE, Who.PRUNING),
            new Step(SENT, CLAIMED, Who.OWNER),
            new Step(SENT, SENT, Who.OWNER),
            new Step(SENT, READY, Who.OWNER),
            new Step(SENT, AGAIN, Who.OWNER),
            new Step(SENT, SETTLED, Who.OWNER),
            new Step(SENT, ANSWERED, Who.OWNER),
            new Step(SENT, FREE, Who.OWNER),
            new Step(SENT, PARKED, Who.OWNER),
            new Step(SENT, READY, Who.SENDER),
            new Step(SENT, AGAIN, Who.SENDER),
            new Step(SENT, SETTLED, Who.SENDER),
            new Step(SENT, REFUSED, Who.SENDER),
            new Step(AGAIN, SENT, Who.SENDER),
            new Step(AGAIN, SENT, Who.OWNER),
            new Step(AGAIN, PARKED, Who.SENDER),
            new Step(REFUSED, FREE, Who.OWNER),
            new Step(REFUSED, FREE, Who.CALLER),
            new Step(REFUSED, FREE, Who.PRUNING),
            new Step(SETTLED, ANSWERED, Who.OWNER),
            new Step(SETTLED, PARKED, Who.OWNER),
            new Step(SETTLED, FREE, Who.PRUNING),
            new Step(ANSWERED, FREE, Who.CALLER),
            new Step(ANSWERED, PARKED, Who.CALLER),
            new Step(ANSWERED, FREE, Who.PRUNING),
            new Step(PARKED, CLAIMED, Who.OPERATOR),
            new Step(PARKED, READY, Who.OPERATOR),
            new Step(PARKED, SENT, Who.OPERATOR),
            new Step(PARKED, AGAIN, Who.OPERATOR),
            new Step(PARKED, SETTLED, Who.OPERATOR),
            new Step(PARKED, ANSWERED, Who.OPERATOR),
            new Step(PARKED, FREE, Who.OPERATOR));

    /** States that a row may be taken over in, when nobody holds it. */
    static final Set<ClaimState> TAKEN_OVER = EnumSet.of(CLAIMED, READY, SENT, AGAIN, SETTLED);

    /** The condition of a statement that makes a step into this state. */
    String by(Who... who) {
        return in(STEPS.stream()
                .filter(step -> step.to == this && Arrays.asList(who).contains(step.who))
                .map(Step::from)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(ClaimState.class))));
    }

    static String in(Set<ClaimState> states) {
        return states.stream().map(state -> "'" + state + "'").collect(Collectors.joining(", ", "state IN (", ")"));
    }

    /** Whether the outcome of what was sent is not known. */
    boolean unknown() {
        return this == SENT || this == AGAIN;
    }
}
