package dev.partnergateway.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.DeploymentClock;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.harness.Stores;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows whose call did not come to its end: who may go on with them, who finds them, when they are forgotten. */
class UnfinishedRowsTest {

    private static final Duration LEASE = Duration.ofSeconds(7);
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Deployment DEPLOYMENT = new Deployment(
            "d",
            URI.create("http://localhost:1"),
            Optional.empty(),
            Map.of(),
            false,
            List.of(),
            3,
            true,
            new DeploymentClock());

    private Store store;
    private long now;
    private AnswerTable table;
    private Keys keys;

    private void in(Stores where) {
        store = where.store();
        store.update(new Sql("DELETE FROM answer"));
        now = 1_800_000_000_000L;
        table = new AnswerTable(store, new Seal(Optional.empty()), () -> now);
        keys = new Keys(table);
    }

    private static KeyTuple tuple(String more) {
        return KeyTuple.read(
                "{\"key\":[\"" + UUID.randomUUID() + "\"]" + more + "}",
                "d",
                () -> "p",
                "o",
                MissingNode.getInstance());
    }

    /** A call that was sent and ended without an outcome. */
    private void leaveUnknown(KeyTuple tuple, String operation) {
        Claim claim = take(tuple).claim();
        claim.sending(content(operation));
        claim.giveBack(true);
    }

    private Keys.Taken take(KeyTuple tuple) {
        return keys.take(tuple, keys.target(tuple), "d", "o", LEASE);
    }

    private static ObjectNode content(String operation) {
        return JsonNodeFactory.instance.objectNode().put("operation", operation);
    }

    private static ObjectNode made(String id) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("created", "2026-11-24T00:00:00Z");
    }

    @ParameterizedTest
    @EnumSource
    void whoLostItsKeyToATakeoverChangesNothingAnyMore(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        Claim first = take(tuple).claim();
        now += 7001;
        Claim second = take(tuple).claim();
        assertNotNull(second);
        assertThrows(Refusal.class, () -> first.sending(content("x")));
        assertFalse(first.done(200, "application/json", new byte[] {'1'}));
        first.parked("lost");
        first.giveBack(true);
        second.sending(content("x"));
        assertTrue(second.done(200, "application/json", new byte[] {'2'}));
        assertEquals("2", new String(take(tuple).row().body(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void aKeyTakenOverFromACrashIsNotFreedByARefusalWhoseCallMayHaveBeenSentBefore(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        long begun = take(tuple).claim().created();
        now += 7001;
        take(tuple).claim().giveBack(false);
        now += 7001;
        Claim third = take(tuple).claim();
        assertEquals(begun, third.created(), "the upstream key is made of it");
        assertTrue(third.resumed());
    }

    @ParameterizedTest
    @EnumSource
    void whatWasPostponedButMayHaveBeenSentByNowIsUnknown(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        Claim first = take(tuple).claim();
        first.sending(content("x"));
        first.postponed();
        first.giveBack(true);
        Claim second = take(tuple).claim();
        assertTrue(second.unknown());
    }

    @ParameterizedTest
    @EnumSource
    void aRowThatHasGoneOnSinceItWasReadIsNotTakenOver(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        Claim first = take(tuple).claim();
        Row read = table.find(tuple.key()).orElseThrow();
        first.sending(content("x"));
        now += 7001;
        assertFalse(table.takeOver(read, "other", now, now + 1000));
    }

    @ParameterizedTest
    @EnumSource
    void aLeaseFromBeforeTheClockJumpedBackDoesNotHoldForHours(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        take(tuple).claim().sending(content("x"));
        now -= 3_600_000;
        Claim second = take(tuple).claim();
        assertNotNull(second);
        second.giveBack(true);
        assertEquals(now, table.find(tuple.key()).orElseThrow().sent(), "its settle time begins anew");
        assertEquals(1, table.abandoned(now, 10).size());
    }

    @ParameterizedTest
    @EnumSource
    void whatNobodyCanFinishDoesNotKeepTheSweeperFromTheRest(Stores where) {
        in(where);
        for (int i = 0; i < 60; i++) {
            leaveUnknown(tuple(""), "unfinishable");
        }
        leaveUnknown(tuple(""), "finishable");
        AtomicInteger finished = new AtomicInteger();
        Sweeper sweeper = new Sweeper(
                table,
                name -> DEPLOYMENT,
                Map.of("finishable", (deployment, claim) -> {
                    claim.settled(made("1"));
                    finished.incrementAndGet();
                }),
                Runnable::run);
        for (int i = 0; i < 4; i++) {
            sweeper.sweep();
        }
        assertEquals(1, finished.get());
        assertEquals(60, table.countUnfinished(), "what is settled only waits for its repeat");
    }

    @ParameterizedTest
    @EnumSource
    void whatStaysUnknownForADayIsLeftToTheOperatorAndNoOther(Stores where) {
        in(where);
        KeyTuple stuck = tuple("");
        leaveUnknown(stuck, "silent");
        Sweeper sweeper = new Sweeper(
                table,
                name -> DEPLOYMENT,
                Map.of("silent", (deployment, unfinished) -> {
                    throw Refusal.unknown(503, "Talon.One says nothing");
                }),
                Runnable::run);
        now += DAY - 1;
        sweeper.sweep();
        assertEquals(0, table.countParked());
        now += DAY / 24;
        sweeper.sweep();
        assertEquals(1, table.countParked());
        assertEquals(0, table.countUnfinished());
        assertEquals(
                "not known for a day: Talon.One says nothing", take(stuck).row().parked());
    }

    @ParameterizedTest
    @EnumSource
    void aCallWhoseDeploymentIsGoneIsKeptAsItIsUntilItIsBack(Stores where) {
        in(where);
        leaveUnknown(tuple(""), "x");
        AtomicInteger finished = new AtomicInteger();
        AtomicReference<Deployment> deployment = new AtomicReference<>();
        Sweeper sweeper = new Sweeper(
                table,
                name -> deployment.get(),
                Map.of("x", (configured, unfinished) -> finished.incrementAndGet()),
                Runnable::run);
        sweeper.sweep();
        assertEquals(1, table.countUnfinished());
        deployment.set(DEPLOYMENT);
        now += 60_000;
        sweeper.sweep();
        assertEquals(1, finished.get());
    }

    @ParameterizedTest
    @EnumSource
    void anOperatorSeesParkedCallsOldestFirstAndWhatHappenedToEachInItsOrder(Stores where) {
        in(where);
        KeyTuple[] tuples = {tuple(""), tuple(""), tuple("")};
        for (KeyTuple tuple : tuples) {
            Claim claim = take(tuple).claim();
            claim.sending(content("x"));
            claim.note("no answer");
            now += 1;
            claim.parked("nobody knows");
            claim.giveBack(true);
            now += 1;
        }
        Parked parked = new Parked(table);
        assertEquals(
                Arrays.stream(tuples).map(KeyTuple::key).toList(), parked.list().findValuesAsText("id"));
        assertTrue(parked.retry(tuples[1].key()));
        now += 1;
        take(tuples[1]).claim().parked("still nobody knows");
        assertEquals(List.of(tuples[0].key(), tuples[2].key()), parked.list().findValuesAsText("id"));
        now += 7001;
        Claim again = take(tuples[1]).claim();
        again.parked("still nobody knows");
        again.giveBack(true);
        assertEquals(
                List.of(
                        "no answer",
                        "parked: nobody knows",
                        "the operator wants it tried again",
                        "taken over by a repeat",
                        "taken over by a repeat",
                        "parked: still nobody knows"),
                parked.show(tuples[1].key()).orElseThrow().path("history").findValuesAsText("event"));
        assertEquals(
                Arrays.stream(tuples).map(KeyTuple::key).toList(),
                parked.list().findValuesAsText("id"),
                "by when they came, not by when they were parked");
    }

    @ParameterizedTest
    @EnumSource
    void oneDamagedRowIsParkedAndTheSweeperGoesOn(Stores where) {
        in(where);
        for (int i = 0; i < 3; i++) {
            leaveUnknown(tuple(""), i == 0 ? "damaged" : "sound");
        }
        store.update(
                new Sql("UPDATE answer SET request = ? WHERE id = (SELECT MIN(id) FROM answer)"), new byte[] {0, '['});
        AtomicInteger finished = new AtomicInteger();
        Sweeper sweeper = new Sweeper(
                table,
                name -> DEPLOYMENT,
                Map.of(
                        "damaged",
                        (deployment, claim) -> claim.request().get("nothing").asText(),
                        "sound",
                        (deployment, claim) -> finished.incrementAndGet()),
                Runnable::run);
        sweeper.sweep();
        assertTrue(table.countParked() >= 1);
        assertEquals(3, table.countParked() + finished.get());
    }

    private Keys keysSealedWith(int... numbers) {
        String text = Arrays.stream(numbers)
                .mapToObj(number -> Base64.getEncoder().encodeToString(new byte[] {
                    (byte) number,
                    1,
                    2,
                    3,
                    4,
                    5,
                    6,
                    7,
                    8,
                    9,
                    10,
                    11,
                    12,
                    13,
                    14,
                    15,
                    16,
                    17,
                    18,
                    19,
                    20,
                    21,
                    22,
                    23,
                    24,
                    25,
                    26,
                    27,
                    28,
                    29,
                    30,
                    31
                }))
                .collect(Collectors.joining(","));
        Seal seal = new Seal(Optional.of(Secret.literal(text)));
        return new Keys(new AnswerTable(store, seal, () -> now));
    }

    @ParameterizedTest
    @EnumSource
    void answersAreSealedAndOneWhoseKeyIsGoneIsForTheOperatorAlone(Stores where) {
        in(where);
        KeyTuple old = tuple("");
        KeyTuple recent = tuple("");
        Keys first = keysSealedWith(1);
        Claim claim = first.take(old, old.key(), "d", "o", LEASE).claim();
        claim.sending(content("secret-content"));
        assertFalse(stored("request", old).contains("secret-content"), "what is sent is sealed, too");
        claim.done(200, "application/json", "secret-answer".getBytes(StandardCharsets.UTF_8));
        assertFalse(stored("body", old).contains("secret-answer"));
        Keys rotated = keysSealedWith(2, 1);
        assertEquals("secret-answer", answer(rotated, old));
        rotated.take(recent, recent.key(), "d", "o", LEASE)
                .claim()
                .done(200, "application/json", "recent-answer".getBytes(StandardCharsets.UTF_8));
        Keys withoutTheOld = keysSealedWith(2);
        assertEquals("recent-answer", answer(withoutTheOld, recent));
        String reason =
                withoutTheOld.take(old, old.key(), "d", "o", LEASE).row().parked();
        assertTrue(reason.contains("its encryption key is not configured"), reason);
        assertEquals("secret-answer", answer(rotated, old), "it is readable again when the key is back");
    }

    private String stored(String column, KeyTuple tuple) {
        return store.query(
                        row -> new String(row.getBytes(1), StandardCharsets.ISO_8859_1),
                        new Sql("SELECT " + column + " FROM answer WHERE id = ?"),
                        tuple.key())
                .get(0);
    }

    private static String answer(Keys keys, KeyTuple tuple) {
        return new String(keys.take(tuple, tuple.key(), "d", "o", LEASE).row().body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void aRowInNoKnownStateIsForTheOperator(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        take(tuple).claim().done(200, "application/json", new byte[] {'1'});
        store.update(new Sql("UPDATE answer SET state = 'LOST'"));
        assertTrue(take(tuple).row().parked().contains("no known state"));
        store.update(new Sql("UPDATE answer SET state = 'DONE', body = NULL"));
        assertTrue(take(tuple).row().parked().contains("no answer"));
    }

    @ParameterizedTest
    @EnumSource
    void whatTalonOneMadeOnceIsTheAnswerOfOneKeyOnly(Stores where) {
        in(where);
        KeyTuple other = tuple("");
        Claim first = take(tuple("")).claim();
        Claim second = take(other).claim();
        for (Claim claim : new Claim[] {first, second}) {
            claim.sending(content("x"));
            claim.settled(made("7"));
        }
        assertTrue(first.done(200, "application/json", new byte[] {'1'}));
        assertFalse(second.done(200, "application/json", new byte[] {'1'}));
        assertTrue(take(other).row().parked().contains("result of another call"));
    }

    @ParameterizedTest
    @EnumSource
    void pruningForgetsWhatIsOverAndNothingElse(Stores where) {
        in(where);
        KeyTuple answered = tuple(",\"window\":\"15m\"");
        take(answered).claim().done(200, "application/json", new byte[] {'1'});
        KeyTuple settled = tuple(",\"window\":\"15m\"");
        Claim unanswered = take(settled).claim();
        unanswered.sending(content("x"));
        unanswered.settled(made("8"));
        unanswered.giveBack(false);
        KeyTuple crashed = tuple("");
        take(crashed);
        KeyTuple unknown = tuple("");
        leaveUnknown(unknown, "x");
        KeyTuple left = tuple(",\"window\":\"15m\"");
        Claim parked = take(left).claim();
        parked.sending(content("x"));
        parked.parked("nobody knows");
        parked.giveBack(true);
        assertEquals(0, table.prune(now, now - DAY, 100));
        now += Duration.ofMinutes(16).toMillis();
        assertEquals(1, table.prune(now, now - DAY, 100));
        assertTrue(table.find(answered.key()).isEmpty());
        now += 2 * DAY;
        assertEquals(1, table.prune(now, now - DAY, 1), "in batches");
        assertEquals(1, table.prune(now, now - DAY, 100));
        assertTrue(table.find(settled.key()).isEmpty());
        assertTrue(table.find(crashed.key()).isEmpty());
        assertTrue(table.find(unknown.key()).isPresent());
        assertTrue(table.find(left.key()).isPresent());
    }

    @ParameterizedTest
    @EnumSource
    void anIdentifierOfThousandsOfRecipientsIsLookedUpByKeyAlone(Stores where) {
        in(where);
        String shared = UUID.randomUUID().toString();
        for (String recipient : new String[] {"alice", "bob"}) {
            KeyTuple one = KeyTuple.read(
                    "{\"key\":[\"" + shared + "\"],\"recipient\":\"" + recipient + "\"}",
                    "d",
                    () -> "p",
                    "o",
                    MissingNode.getInstance());
            assertEquals(one.key(), keys.target(one));
            assertTrue(take(one).claim().done(200, "application/json", recipient.getBytes()));
        }
        KeyTuple anybody = KeyTuple.read(
                "{\"key\":[\"" + shared + "\"],\"recipient\":null}", "d", () -> "p", "o", MissingNode.getInstance());
        assertEquals(anybody.key(), keys.target(anybody), "of two recipients neither can be meant");
        assertNull(keys.take(anybody, anybody.key(), "d", "o", null).claim());
        assertTrue(take(anybody).claim().done(200, "application/json", new byte[] {'1'}));
        KeyTuple carol = KeyTuple.read(
                "{\"key\":[\"" + shared + "\"],\"recipient\":\"carol\"}",
                "d",
                () -> "p",
                "o",
                MissingNode.getInstance());
        assertEquals(anybody.key(), keys.target(carol), "what is for anybody is for Carol, too");
    }
}
