package dev.partnergateway.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.call.Credential;
import dev.partnergateway.harness.Stores;
import dev.partnergateway.queue.Lanes.Taken;
import dev.partnergateway.queue.Letters.Arrival;
import dev.partnergateway.queue.Letters.Hold;
import dev.partnergateway.queue.Letters.Row;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.store.Seal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of letters and lanes, on both databases: who may change what, and in which order letters have their turn. */
class LettersTest {

    private static final Duration WHILE = Duration.ofSeconds(15);
    private static final Contents CONTENTS =
            new Contents(new Seal(Optional.of(Secret.literal("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))));

    private final String lane = "calls-" + UUID.randomUUID();

    private static Letters letters(Stores stores) {
        return new Letters(stores.store(), CONTENTS);
    }

    private static Lanes lanes(Stores stores) {
        return new Lanes(stores.store());
    }

    private Letter letter(String line) {
        return new Letter(
                UUID.randomUUID().toString(), "o", "shop", Credential.sha256(lane + line), null, new byte[] {1});
    }

    private static Arrival at(long place, Letter letter) {
        return new Arrival(letter, place, System.currentTimeMillis());
    }

    private Taken take(Lanes lanes) {
        return lanes.take(lane, "topic", 0, 0).orElseThrow();
    }

    private List<Letter> heads(Letters letters) {
        return letters.heads(lane, "shop", 1000).stream().map(Row::letter).toList();
    }

    private List<String> names(List<Letter> all) {
        return all.stream().map(Letter::requestId).sorted().toList();
    }

    @ParameterizedTest
    @EnumSource
    void aLineHasItsTurnsInTheOrderOfPlacesAndOthersHaveTheirsBesideIt(Stores stores) {
        Letters letters = letters(stores);
        Hold hold = take(lanes(stores)).hold();
        Letter first = letter("a");
        Letter second = letter("a");
        Letter third = letter("a");
        Letter other = letter("b");
        letters.insert(hold, List.of(at(1, first), at(2, second), at(3, other)));
        letters.insert(hold, List.of(at(2, second), at(4, third)));
        assertEquals(names(List.of(first, other)), names(heads(letters)));
        letters.done(hold, first);
        assertEquals(names(List.of(second, other)), names(heads(letters)));
        assertTrue(letters.dead(hold, second, 1, Outcome.refused("400", "no")));
        assertEquals(names(List.of(third, other)), names(heads(letters)));
        letters.done(hold, first);
        assertEquals(names(List.of(third, other)), names(heads(letters)), "what has ended ends nothing twice");
        letters.done(hold, third);
        letters.insert(hold, List.of(at(5, third)));
        assertEquals(names(List.of(other)), names(heads(letters)), "a record that comes again does nothing");
    }

    @ParameterizedTest
    @EnumSource
    void whoHasLostALaneSendsNothingForItAndChangesNothing(Stores stores) {
        Letters letters = letters(stores);
        Lanes lanes = lanes(stores);
        Hold old = take(lanes).hold();
        Letter first = letter("a");
        Letter second = letter("a");
        letters.insert(old, List.of(at(1, first), at(2, second)));
        assertTrue(lanes.advance(old, 3));
        Row head = letters.heads(lane, "shop", 1).get(0);
        Taken mine = take(lanes);
        assertEquals(3, mine.done());
        assertFalse(lanes.fence(old, WHILE));
        assertFalse(lanes.advance(old, 4));
        letters.done(old, first);
        letters.postpone(old, head, 1, Duration.ofHours(1), Outcome.failed("502", "no"));
        assertFalse(letters.dead(old, first, 1, Outcome.refused("400", "no")));
        letters.insert(old, List.of(at(3, letter("c"))));
        assertEquals(List.of(first.requestId()), names(heads(letters)));
        assertTrue(letters.heads(lane, "shop", 1).get(0).dueIn() <= 0);
        assertTrue(lanes.fence(mine.hold(), WHILE));
    }

    @ParameterizedTest
    @EnumSource
    void aLaneIsNotTakenWhileItsOwnerMaySendSomethingUnlessItsClockWasWrong(Stores stores) {
        Lanes lanes = lanes(stores);
        Hold hold = take(lanes).hold();
        assertTrue(lanes.fence(hold, WHILE));
        assertEquals(Optional.empty(), lanes.take(lane, "topic", 0, 0));
        lanes.letGo(hold);
        Hold next = take(lanes).hold();
        assertTrue(lanes.fence(next, Duration.ofDays(1)));
        take(lanes);
        assertFalse(lanes.fence(next, WHILE));
    }

    @ParameterizedTest
    @EnumSource
    void readingGoesOnWhereTheStoreSaysWhateverKafkaRemembers(Stores stores) {
        Lanes lanes = lanes(stores);
        Taken first = lanes.take(lane, "topic", 7, 20).orElseThrow();
        assertEquals(7, first.offset());
        assertTrue(lanes.advance(first.hold(), 15));
        assertEquals(15, lanes.take(lane, "topic", 0, 20).orElseThrow().offset());
        Taken anew = lanes.take(lane, "another topic", 0, 3).orElseThrow();
        assertEquals(0, anew.offset(), "a topic that was made anew is read from its beginning");
        assertEquals(15, anew.done(), "and its places go on");
        assertTrue(lanes.advance(anew.hold(), 18));
        assertEquals(0, lanes.take(lane, "another topic", 0, 2).orElseThrow().offset(), "it has lost its records");
    }

    @ParameterizedTest
    @EnumSource
    void lettersThatDieAgainAndAgainAreAllThereHoweverOftenTheyAreReplayed(Stores stores) {
        Letters letters = letters(stores);
        Hold hold = take(lanes(stores)).hold();
        List<Letter> all = new ArrayList<>();
        for (int i = 0; i < 105; i++) {
            all.add(letter("line " + i % 7));
        }
        List<Arrival> arrivals = new ArrayList<>();
        all.forEach(letter -> arrivals.add(at(1 + arrivals.size(), letter)));
        letters.insert(hold, arrivals);
        List<String> ids = names(all);
        for (int times = 0; times < 3; times++) {
            int died = 0;
            for (List<Letter> heads = heads(letters); !heads.isEmpty(); heads = heads(letters)) {
                for (Letter head : heads) {
                    assertTrue(letters.dead(hold, head, 1, Outcome.refused("404", "not yet")));
                    died++;
                }
            }
            assertEquals(105, died);
            assertEquals(105, letters.recall(ids));
            assertEquals(0, letters.recall(ids), "each once");
            while (letters.putBack(hold, id -> false)) {
                assertTrue(heads(letters).size() <= 7, "no line has two heads");
            }
        }
        assertEquals(7, heads(letters).size());
        assertEquals(3, letters.heads(lane, "shop", 1).get(0).renewed());
        assertEquals(105, letters.recalledLanes().contains(lane) ? 0 : inTurn(letters, hold, all));
    }

    /** Carries all out; each line in the order of its places. */
    private int inTurn(Letters letters, Hold hold, List<Letter> all) {
        int done = 0;
        for (List<Letter> heads = heads(letters); !heads.isEmpty(); heads = heads(letters)) {
            for (Letter head : heads) {
                int place = all.stream().map(Letter::requestId).toList().indexOf(head.requestId());
                assertEquals(done / 7, place / 7);
                letters.done(hold, head);
            }
            done += heads.size();
        }
        return done;
    }

    @ParameterizedTest
    @EnumSource
    void aReplayedLetterComesBeforeThoseOfItsLineThatWaitAndAfterTheOneThatIsUnderWay(Stores stores) {
        Letters letters = letters(stores);
        Hold hold = take(lanes(stores)).hold();
        Letter first = letter("a");
        Letter second = letter("a");
        Letter third = letter("a");
        letters.insert(hold, List.of(at(1, first), at(2, second), at(3, third)));
        letters.dead(hold, first, 1, Outcome.refused("404", "not yet"));
        letters.recall(List.of(first.requestId()));
        assertEquals(
                List.of(lane),
                letters.recalledLanes().stream().filter(lane::equals).toList());
        letters.putBack(hold, id -> false);
        assertEquals(List.of(first.requestId()), names(heads(letters)));
        letters.dead(hold, first, 1, Outcome.refused("404", "not yet"));
        letters.recall(List.of(first.requestId()));
        letters.putBack(hold, second.requestId()::equals);
        assertEquals(List.of(second.requestId()), names(heads(letters)), "it is under way");
        letters.done(hold, second);
        assertEquals(List.of(first.requestId()), names(heads(letters)));
        assertEquals(1, letters.later(letters.find(first.requestId()).orElseThrow()));
        assertEquals(2, letters.behind(letters.find(second.requestId()).orElseThrow()) + 1);
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatWasCalledOffDoesNothingAndOneThatHasComeOutCannotBeCalledOff(Stores stores) {
        Letters letters = letters(stores);
        Hold hold = take(lanes(stores)).hold();
        Letter off = letter("a");
        Letter accepted = letter("a");
        assertTrue(letters.withdraw(off, lane));
        letters.insert(hold, List.of(at(1, off), at(2, accepted)));
        assertEquals(List.of(accepted.requestId()), names(heads(letters)));
        assertFalse(letters.withdraw(accepted, lane));
        letters.done(hold, accepted);
        assertFalse(letters.withdraw(accepted, lane));
        assertEquals(Fate.WITHDRAWN, letters.find(off.requestId()).orElseThrow().fate());
    }
}
