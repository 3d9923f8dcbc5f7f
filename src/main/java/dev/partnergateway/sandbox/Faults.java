package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The ways in which the sandbox has been told to misbehave. */
final class Faults {

    /** What goes wrong. */
    enum Kind {
        /** The call is carried out, later. */
        DELAY,
        /** The call is not carried out; a status is answered. */
        STATUS,
        /** The call is not carried out; the connection is closed without an answer. */
        RESET,
        /** The call is not carried out and never answered. */
        HANG,
        /** The call is not carried out; a 200 is answered whose body is not JSON. */
        GARBAGE,
        /** The call is carried out; a success is answered without a body. */
        EMPTY,
        /** Half of the rows of a file are carried out, and a status is answered; a call with one thing is carried out. */
        PART_THEN_STATUS,
        /** The call is carried out; the answer comes with 10,000 headers. */
        HEADERS,
        /** The call is carried out; the answer is small, and 64 MB when it is unpacked. */
        BOMB,
        /** The call is carried out; the answer begins, and goes on by a byte each half second without an end. */
        DRIP,
        /** The call is carried out and never answered. */
        COMMIT_THEN_HANG,
        /** The call is carried out, then the connection is closed without an answer. */
        COMMIT_THEN_RESET;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Kind of(String text) {
            return Arrays.stream(values())
                    .filter(kind -> kind.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("There is no fault kind '" + text + "'; there are "
                            + Arrays.stream(values()).map(Kind::text).collect(Collectors.joining(", ")) + "."));
        }
    }

    private static final List<String> MEMBERS =
            List.of("operation", "kind", "times", "probability", "skip", "delayMillis", "status", "retryAfter");

    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Integer> met = new TreeMap<>();
    private final Random dice = new Random(1);

    /** One instruction, with the counts that run down. */
    static final class Fault {
        private final String operation;
        private final Kind kind;
        private final double probability;
        private final boolean unlimited;
        private final int delayMillis;
        private final int status;
        private final int retryAfter;
        private int times;
        private int skip;

        private Fault(JsonNode json, Set<String> operations) {
            json.fieldNames().forEachRemaining(name -> {
                if (!MEMBERS.contains(name)) {
                    throw new IllegalArgumentException(
                            "A fault has no member '" + name + "'; there are " + String.join(", ", MEMBERS) + ".");
                }
            });
            operation = json.path("operation").asText("*");
            if (!operation.equals("*") && !operations.contains(operation)) {
                throw new IllegalArgumentException(
                        "There is no operation '" + operation + "'; there are * (all of them), "
                                + operations.stream().sorted().collect(Collectors.joining(", ")) + ".");
            }
            kind = Kind.of(json.path("kind").asText());
            times = number(json, "times", 1, 0, Integer.MAX_VALUE);
            unlimited = times == 0;
            skip = number(json, "skip", 0, 0, Integer.MAX_VALUE);
            delayMillis = number(json, "delayMillis", 0, 0, 600_000);
            status = number(json, "status", 503, 200, 599);
            retryAfter = number(json, "retryAfter", 0, 0, 86_400);
            probability = json.path("probability").asDouble(1.0);
            if (probability < 0 || probability > 1) {
                throw new IllegalArgumentException("probability must be from 0 to 1.");
            }
            if (kind == Kind.DELAY && delayMillis == 0) {
                throw new IllegalArgumentException("A delay needs delayMillis, from 1 to 600000.");
            }
        }

        private static int number(JsonNode json, String name, int otherwise, int least, int most) {
            JsonNode value = json.path(name);
            if (value.isMissingNode()) {
                return otherwise;
            }
            if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
                throw new IllegalArgumentException(
                        name + " must be a whole number from " + least + " to " + most + ".");
            }
            return value.intValue();
        }

        Kind kind() {
            return kind;
        }

        int delayMillis() {
            return delayMillis;
        }

        Answer answer() {
            return Answer.error(status, "The sandbox was told to answer " + status, Json.array(), retryAfter);
        }
    }

    /**
     * Adds an instruction.
     *
     * @throws IllegalArgumentException with a sentence about what is wrong in it
     */
    void add(JsonNode json, Set<String> operations) {
        faults.add(new Fault(json, operations));
    }

    void clear() {
        faults.clear();
    }

    /** Ends all misbehaviour and forgets that there was any. */
    void forget() {
        faults.clear();
        met.clear();
    }

    /** How many calls have met a fault, by its kind. */
    Map<String, Integer> met() {
        return met;
    }

    /** The first instruction that applies to this call, counted down, or null. */
    Fault next(String operation) {
        for (Fault fault : List.copyOf(faults)) {
            if (!fault.operation.equals("*") && !fault.operation.equals(operation)) {
                continue;
            }
            if (fault.skip > 0) {
                fault.skip--;
                continue;
            }
            if (fault.probability < 1 && dice.nextDouble() >= fault.probability) {
                continue;
            }
            if (!fault.unlimited && --fault.times == 0) {
                faults.remove(fault);
            }
            met.merge(fault.kind.text(), 1, Integer::sum);
            return fault;
        }
        return null;
    }
}
