package dev.partnergateway.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.harness.StoreTime;
import dev.partnergateway.harness.Stores;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * First calls, repeats, crashes and retries of one key in every order: the protocol of docs/reliability.md on the real
 * store, step by step, with a Talon.One that keeps codes unique and loses requests and answers.
 */
class InterleavingsTest {

    private static final Duration LEASE = Duration.ofMillis(6_800);
    private static final long SETTLE = 30_000;
    private static final Sql EMPTY = new Sql("DELETE FROM answer");

    /** What the process that makes the next step meets. */
    enum Luck {
        GOOD,
        GOOD_AGAIN,
        CRASH,
        REQUEST_LOST,
        ANSWER_LOST,
        REQUEST_LATE
    }

    /**
     * One step of one process.
     *
     * @param later milliseconds that pass before it
     * @param jump milliseconds that its clock, but no time, jumps
     */
    record Move(int process, Luck luck, int later, int jump) {}

    @Provide
    Arbitrary<List<Move>> moves() {
        return moves(Arbitraries.just(0));
    }

    @Provide
    Arbitrary<List<Move>> movesOfJumpingClocks() {
        return moves(Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(8, Arbitraries.just(0)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(-3_600_000, -20_000, 20_000, 3_600_000))));
    }

    private static Arbitrary<List<Move>> moves(Arbitrary<Integer> jumps) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(Luck.class),
                        Arbitraries.of(0, 1, 50, 900, 7_000, 31_000),
                        jumps)
                .as(Move::new)
                .list()
                .ofMinSize(4)
                .ofMaxSize(40);
    }

    @Property(tries = 150)
    void oneKeyHasOneEffectAndOneAnswerOnSqlite(@ForAll("moves") List<Move> moves) {
        new World(Stores.SQLITE, false).play(moves);
    }

    @Property(tries = 40)
    void oneKeyHasOneEffectAndOneAnswerOnPostgres(@ForAll("moves") List<Move> moves) {
        new World(Stores.POSTGRES, false).play(moves);
    }

    @Property(tries = 100)
    void clocksThatJumpChangeNothing(@ForAll("movesOfJumpingClocks") List<Move> moves) {
        new World(Stores.SQLITE, false).play(moves);
    }

    @Property(tries = 100)
    void oneIdentifierWithAndWithoutItsRecipientHasOneEffectAndOneAnswer(@ForAll("moves") List<Move> moves) {
        new World(Stores.SQLITE, true).play(moves);
    }

    private static final class World {

        private final Keys keys;
        private final Process[] processes = {new Process(0), new Process(1), new Process(2)};
        private final KeyTuple[] tuples = new KeyTuple[3];
        private final Set<String> made = new HashSet<>();
        private final Set<String> answers = new HashSet<>();
        private final Map<String, Long> late = new LinkedHashMap<>();
        private final Store store;
        private long time;
        private int codes;

        World(Stores where, boolean recipients) {
            store = where.store();
            store.update(EMPTY);
            keys = new Keys(new AnswerTable(store, new Seal(Optional.empty())));
            String identifier = UUID.randomUUID().toString();
            for (int i = 0; i < tuples.length; i++) {
                String recipient = !recipients ? "" : i == 0 ? ",\"recipient\":null" : ",\"recipient\":\"alice\"";
                tuples[i] = KeyTuple.read(
                        "{\"key\":[\"" + identifier + "\"]" + recipient + "}",
                        "d",
                        () -> "p",
                        "o",
                        MissingNode.getInstance());
            }
        }

        void play(List<Move> moves) {
            for (Move move : moves) {
                pass(move.later());
                jump(move.jump());
                processes[move.process()].step(move);
                assertTrue(made.size() <= 1, () -> "made " + made);
                assertTrue(answers.size() <= 1, () -> "answered " + answers);
            }
            for (int i = 0; i < 3; i++) {
                processes[i] = new Process(i);
            }
            // What a clock that went back has put into the future has to come first: no claim lives for so long.
            pass(300_000);
            // Whatever was left behind is found out by whoever asks long enough.
            for (int i = 0; i < 72; i++) {
                pass(1_000);
                int process = i < 60 ? 0 : 1 + i % 2;
                processes[process].step(new Move(process, Luck.GOOD, 0, 0));
            }
            assertEquals(1, made.size());
            assertEquals(made, answers);
        }

        private void pass(long millis) {
            time += millis;
            jump(millis);
            late.entrySet().removeIf(entry -> {
                if (entry.getValue() <= time) {
                    made.add(entry.getKey());
                    return true;
                }
                return false;
            });
        }

        private void jump(long millis) {
            if (millis != 0) {
                StoreTime.pass(store, millis);
            }
        }

        private final class Process {

            private final int number;
            private String target;
            private Claim claim;
            private String sent;
            private boolean mapping;

            Process(int number) {
                this.number = number;
            }

            void step(Move move) {
                if (move.luck() == Luck.CRASH) {
                    if (sent != null && move.later() % 2 == 0) {
                        late.put(sent, time + SETTLE / 3);
                    }
                    processes[number] = new Process(number);
                } else if (target == null) {
                    target = keys.target(tuples[number]);
                } else if (claim == null) {
                    take();
                } else if (mapping) {
                    answer();
                } else if (sent == null) {
                    send();
                } else {
                    receive(move.luck());
                }
            }

            private void take() {
                Keys.Taken taken = keys.take(tuples[number], target, "d", "o", LEASE);
                target = null;
                if (taken.row() != null) {
                    assertNull(taken.row().reason());
                    answers.add(new String(taken.row().body(), StandardCharsets.UTF_8));
                }
                claim = taken.claim();
                mapping = claim != null && claim.outcome().isPresent();
            }

            /** Decides by what was written down, writes down, and is about to send. */
            private void send() {
                String code = "code-" + number + '-' + codes++;
                if (claim.unknown()) {
                    code = claim.request().path("code").asText();
                    if (made.contains(code)) {
                        settle(code);
                        return;
                    }
                    if (claim.sinceSent().toMillis() < SETTLE) {
                        giveBack(true);
                        return;
                    }
                }
                ObjectNode content = JsonNodeFactory.instance.objectNode();
                content.put("operation", "create").put("code", code);
                try {
                    claim.sending(content);
                    sent = code;
                } catch (Refusal takenOver) {
                    giveBack(false);
                }
            }

            private void receive(Luck luck) {
                String code = sent;
                sent = null;
                switch (luck) {
                    case REQUEST_LOST -> giveBack(true);
                    case ANSWER_LOST -> {
                        made.add(code);
                        giveBack(true);
                    }
                    case REQUEST_LATE -> {
                        late.put(code, time + SETTLE / 3);
                        giveBack(true);
                    }
                    default -> {
                        made.add(code);
                        settle(code);
                    }
                }
            }

            private void settle(String code) {
                claim.settled(JsonNodeFactory.instance
                        .objectNode()
                        .put("id", code + tuples[number].key())
                        .put("created", "then"));
                mapping = true;
            }

            private void answer() {
                JsonNode outcome = claim.outcome().orElseThrow();
                String code = outcome.path("id").asText().replaceFirst("[0-9a-f]{64}$", "");
                if (claim.done(200, "application/json", code.getBytes(StandardCharsets.UTF_8))) {
                    answers.add(code);
                }
                end();
            }

            private void giveBack(boolean unknown) {
                claim.giveBack(unknown);
                end();
            }

            private void end() {
                claim = null;
                mapping = false;
            }
        }
    }
}
