package dev.partnergateway.model;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who meets.
 *
 * @param calls what callers want, each at a gateway of its own
 * @param later what is wanted when all of them have their answers
 * @param others who goes over what is unfinished meanwhile
 * @param effects how many things Talon.One may make for all calls together; one more for each of what is wanted later
 */
record Scenario(String name, List<Thing> calls, List<Thing> later, List<Other> others, int effects) {

    /** Somebody without a call, at a gateway of its own. */
    enum Other {
        /** Goes once over what is unfinished, and prunes. */
        SWEEPER,
        /** Lets everything that is parked be tried again. */
        OPERATOR
    }

    static final List<Scenario> ALL = List.of(
            twice("points", Thing.points("gift", "gift")),
            twice("referral", Thing.referral("friend")),
            twice("coupon", Thing.coupon("message", "alice")),
            twice("event", Thing.event("visitor")),
            twice("file", Thing.couponInFile("message", "alice")),
            // Each of two gateways may send the other's.
            new Scenario(
                    "files",
                    List.of(Thing.couponInFile("message", "alice"), Thing.couponInFile("message", "bob")),
                    List.of(),
                    List.of(Other.SWEEPER),
                    2),
            // Two callers' points that Talon.One shows no difference of.
            new Scenario(
                    "equals",
                    List.of(Thing.points("one", "gift"), Thing.points("other", "gift")),
                    List.of(),
                    List.of(Other.SWEEPER, Other.OPERATOR),
                    2),
            // One identifier: whoever comes first answers the call that names nobody, and each recipient gets his own.
            new Scenario(
                    "identifier",
                    List.of(Thing.coupon("message", ""), Thing.coupon("message", "alice")),
                    List.of(Thing.coupon("message", "bob")),
                    List.of(Other.SWEEPER),
                    1));

    private static Scenario twice(String name, Thing thing) {
        return new Scenario(name, List.of(thing, thing), List.of(), List.of(Other.SWEEPER), 1);
    }

    static Scenario named(String name) {
        return ALL.stream()
                .filter(each -> each.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no scenario " + name));
    }

    /** Each thing once, in the order in which they are asked for in the end. */
    Set<Thing> things() {
        Set<Thing> things = new LinkedHashSet<>(calls);
        things.addAll(later);
        return things;
    }

    /** How many things are wanted before what is wanted later. */
    int first() {
        return new LinkedHashSet<>(calls).size();
    }

    /** Whether it is about coupons. */
    boolean coupons() {
        return calls.get(0).step().equals("createCoupons");
    }

    /** The first actor that does the same as another, so that it is all one which of them begins. */
    int like(int actor) {
        return actor < calls.size() ? calls.indexOf(calls.get(actor)) : actor;
    }
}
