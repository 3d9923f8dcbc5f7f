package dev.partnergateway.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Goes through all orders of steps that depart from the simplest one in at most so many places: another actor goes on
 * although the one before could, a process ends, or stands still until all is over, an answer is lost and its call
 * arrives later, time passes. What was met
 * before with as many departures left is not gone into again.
 *
 * <p>Takes settings as text and gives a report as text, because it lives in a class loader of its own.
 */
public final class Exploration implements Function<Map<String, String>, Map<String, String>> {

    /** The lease is over; what was sent is settled as well; the caller's deadline is over, and no more than that. */
    private static final List<Long> LEAPS = List.of(10_000L, World.SETTLE + 1_000, 4_500L);

    private static final long LONGEST_WAIT_NANOS = 20_000_000_000L;

    private World world;
    private Scenario scenario;
    private long skew;
    private boolean pausesBeforeSending;
    private int leaps;
    private int shown;
    private boolean freezes;
    private long end;
    private int most;

    private int before;
    private int schedules;
    private long steps;
    private int known;
    private int diverged;
    private final Map<String, String> violations = new LinkedHashMap<>();

    private enum Kind {
        GOES_ON,
        ENDS,
        FREEZES,
        LOSES_ITS_ANSWER,
        TIME_PASSES,
        IT_ARRIVES
    }

    /**
     * Something that can happen next.
     *
     * @param actor whom it happens to; -1 = nobody
     * @param cost departures from the simplest order
     */
    private record Choice(Kind kind, int actor, long millis, int cost) {

        String tell(List<Actor> actors) {
            return switch (kind) {
                case GOES_ON -> actors.get(actor).toString();
                case FREEZES ->
                    actors.get(actor).name + " stands still until all is over, before: "
                            + actors.get(actor).step();
                case ENDS ->
                    actors.get(actor).name + " crashes before: "
                            + actors.get(actor).step();
                case LOSES_ITS_ANSWER -> actors.get(actor) + " (no answer)";
                case TIME_PASSES -> "(" + millis + " ms pass)";
                case IT_ARRIVES -> "(what was lost arrives)";
            };
        }
    }

    private static final class Decision {
        private final List<Choice> choices;
        private int taken;

        Decision(List<Choice> choices) {
            this.choices = choices;
        }

        Choice choice() {
            return choices.get(taken);
        }
    }

    /** What has been used up on the way to a state. */
    private record Used(int departures, int ends, int leaps) {

        boolean noMoreThan(Used other) {
            return departures <= other.departures && ends <= other.ends && leaps <= other.leaps;
        }

        Used with(Choice choice) {
            boolean ends = choice.kind() == Kind.ENDS
                    || choice.kind() == Kind.FREEZES
                    || choice.kind() == Kind.LOSES_ITS_ANSWER;
            return new Used(
                    departures + choice.cost(),
                    this.ends + (ends ? 1 : 0),
                    leaps + (choice.kind() == Kind.TIME_PASSES && choice.cost() > 0 ? 1 : 0));
        }
    }

    @Override
    public Map<String, String> apply(Map<String, String> wanted) {
        skew = Long.parseLong(wanted.getOrDefault("skew", "0"));
        pausesBeforeSending = Boolean.parseBoolean(wanted.getOrDefault("pauses-before-sending", "true"));
        freezes = Boolean.parseBoolean(wanted.getOrDefault("freezes", "false"));
        shown = Integer.parseInt(wanted.getOrDefault("violations", "3"));
        leaps = Integer.parseInt(wanted.getOrDefault("leaps", "2"));
        int departures = Integer.parseInt(wanted.get("departures"));
        double seconds = Double.parseDouble(wanted.get("seconds"));
        Map<String, String> report = new LinkedHashMap<>();
        try (World opened = new World(wanted)) {
            world = opened;
            for (String name : wanted.get("scenarios").split(",")) {
                scenario = Scenario.named(name);
                end = System.nanoTime() + (long) (seconds * 1e9);
                report.put(name, explore(departures));
            }
        } catch (Exception e) {
            throw new IllegalStateException("the model itself failed", e);
        }
        violations.forEach((what, how) -> report.put("violation of " + what, how));
        return report;
    }

    private String explore(int departures) {
        before = violations.size();
        schedules = 0;
        steps = 0;
        known = 0;
        diverged = 0;
        long begun = System.nanoTime();
        int complete = -1;
        for (most = 0; most <= departures && explore(); most++) {
            complete = most;
        }
        return String.format(
                "all orders with %d departures: %d schedules, %d steps, %d ended where another had been, %d did not repeat"
                        + " themselves, %.1f s",
                complete, schedules, steps, known, diverged, (System.nanoTime() - begun) / 1e9);
    }

    /** Goes through all orders with at most so many departures; false when there was no time for all. */
    private boolean explore() {
        List<Decision> path = new ArrayList<>();
        Map<Long, List<Used>> seen = new HashMap<>();
        do {
            if (System.nanoTime() > end || violations.size() - before >= shown) {
                return false;
            }
            play(path, seen);
            schedules++;
        } while (next(path));
        return true;
    }

    private static boolean next(List<Decision> path) {
        while (!path.isEmpty()) {
            Decision last = path.get(path.size() - 1);
            if (last.taken + 1 < last.choices.size()) {
                last.taken++;
                return true;
            }
            path.remove(path.size() - 1);
        }
        return false;
    }

    private void play(List<Decision> path, Map<Long, List<Used>> seen) {
        List<Actor> actors = world.begin(scenario, skew);
        List<String> told = new ArrayList<>();
        Used used = new Used(0, 0, 0);
        int current = -1;
        for (int depth = 0; ; depth++) {
            String state = world.state();
            List<Choice> choices = choices(actors, current, used);
            if (choices.isEmpty()) {
                break;
            }
            if (depth == path.size()) {
                long print = print(actors, Print.of(current, state, ModelTime.right()));
                List<Used> ways = seen.computeIfAbsent(print, first -> new ArrayList<>());
                Used now = used;
                if (ways.stream().anyMatch(each -> each.noMoreThan(now))) {
                    known++;
                    abandon(actors);
                    return;
                }
                ways.add(used);
                path.add(new Decision(choices));
            } else if (path.get(depth).choices.size() != choices.size()) {
                diverged++;
                abandon(actors);
                return;
            }
            Choice choice = path.get(depth).choice();
            told.add(choice.tell(actors));
            used = used.with(choice);
            carryOut(choice, actors, state);
            current =
                    choice.kind() == Kind.GOES_ON || choice.kind() == Kind.LOSES_ITS_ANSWER ? choice.actor() : current;
            steps++;
        }
        for (String violation : world.peace(scenario, actors)) {
            violations.putIfAbsent(
                    scenario.name() + ": " + violation.replaceAll("(?s)[0-9]{3,}.*|\n.*", "…"),
                    violation + told.stream().map(step -> "\n      " + step).collect(Collectors.joining()));
        }
    }

    private static void abandon(List<Actor> actors) {
        actors.forEach(Actor::crash);
    }

    private static long print(List<Actor> actors, long world) {
        long print = world;
        for (Actor actor : actors) {
            long asleep = actor.state() == Actor.State.ASLEEP ? actor.wakes() : 0;
            print = Print.of(
                    print, actor.state() + actor.step() + actor.isCrashed() + actor.isFrozen(), actor.past, asleep);
        }
        return print;
    }

    private List<Choice> choices(List<Actor> actors, int current, Used used) {
        List<Choice> choices = new ArrayList<>();
        int left = most - used.departures();
        boolean goesOn = current >= 0 && actors.get(current).ready();
        if (goesOn) {
            choices.add(new Choice(Kind.GOES_ON, current, 0, 0));
        }
        int otherwise = goesOn ? 1 : 0;
        for (Actor actor : actors) {
            // Of two that do the same, it is all one which begins.
            boolean second = actor.state() == Actor.State.NEW
                    && scenario.like(actor.number) != actor.number
                    && actors.get(scenario.like(actor.number)).state() == Actor.State.NEW;
            if (actor.number != current && !second && actor.ready() && otherwise <= left) {
                choices.add(new Choice(Kind.GOES_ON, actor.number, 0, otherwise));
            }
        }
        if (choices.isEmpty() && awaited(actors)) {
            return choices(actors, current, used);
        }
        if (choices.isEmpty()) {
            waiting(actors, choices);
        }
        if (choices.isEmpty() || left == 0) {
            return choices;
        }
        if (world.underWay() && choices.stream().noneMatch(choice -> choice.kind() == Kind.IT_ARRIVES)) {
            choices.add(new Choice(Kind.IT_ARRIVES, -1, 0, 1));
        }
        if (goesOn && used.ends() == 0 && actors.get(current).state() != Actor.State.NEW) {
            choices.add(new Choice(Kind.ENDS, current, 0, 1));
            if (freezes && actors.get(current).state() == Actor.State.AT_A_STEP) {
                choices.add(new Choice(Kind.FREEZES, current, 0, 1));
            }
            if (actors.get(current).step().startsWith("P")) {
                choices.add(new Choice(Kind.LOSES_ITS_ANSWER, current, 0, 1));
            }
        }
        boolean sending = !pausesBeforeSending
                && actors.stream()
                        .anyMatch(actor -> actor.state() == Actor.State.AT_A_STEP
                                && actor.step().startsWith("P"));
        for (long leap : LEAPS.subList(0, leaps)) {
            if (!sending && used.leaps() < 2 && ModelTime.right() + leap < world.arrives()) {
                choices.add(new Choice(Kind.TIME_PASSES, -1, leap, 1));
            }
        }
        return choices;
    }

    /** Nobody can do anything but wait for another: whoever waits too long for that goes on at last. */
    private static boolean awaited(List<Actor> actors) {
        if (actors.stream().noneMatch(Actor::isWaiting)) {
            return false;
        }
        long until = System.nanoTime() + LONGEST_WAIT_NANOS;
        while (actors.stream().anyMatch(Actor::isWaiting) && actors.stream().noneMatch(Actor::ready)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("nobody comes to a step: " + actors);
            }
            Thread.onSpinWait();
        }
        return true;
    }

    /** Nobody can do anything before time has passed, or what is under way has arrived. */
    private void waiting(List<Actor> actors, List<Choice> choices) {
        long wakes = actors.stream()
                .filter(actor -> actor.state() == Actor.State.ASLEEP)
                .mapToLong(Actor::wakes)
                .min()
                .orElse(Long.MAX_VALUE);
        if (wakes == Long.MAX_VALUE) {
            return;
        }
        if (wakes < world.arrives()) {
            choices.add(new Choice(Kind.TIME_PASSES, -1, wakes - ModelTime.right(), 0));
        } else {
            choices.add(new Choice(Kind.IT_ARRIVES, -1, 0, 0));
        }
    }

    private void carryOut(Choice choice, List<Actor> actors, String state) {
        switch (choice.kind()) {
            case GOES_ON -> goOn(actors.get(choice.actor()), state);
            case ENDS -> actors.get(choice.actor()).crash();
            case FREEZES -> actors.get(choice.actor()).freeze();
            case LOSES_ITS_ANSWER -> {
                world.loseNext();
                goOn(actors.get(choice.actor()), state);
            }
            case TIME_PASSES -> ModelTime.set(ModelTime.right() + choice.millis());
            default -> world.arrive();
        }
    }

    private static void goOn(Actor actor, String state) {
        actor.past = Print.of(actor.past, actor.step() + state, ModelTime.right());
        actor.goOn();
    }
}
