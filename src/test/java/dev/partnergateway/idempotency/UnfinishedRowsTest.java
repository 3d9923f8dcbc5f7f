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
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.StoreTime;
import dev.partnergateway.harness.Stores;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows whose call did not come to its end: who may go on with them, who finds them, when they are forgotten. */
class UnfinishedRowsTest {

    private static final Duration LEASE = Duration.ofSeconds(7);
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Duration ABANDONED = Duration.ofHours(25);
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
    private AnswerTable table;
    private Keys keys;

    private void in(Stores where) {
        store = where.store();
        store.update(new Sql("DELETE FROM answer"));
        table = new AnswerTable(store, new Seal(Optional.empty()));
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
        StoreTime.pass(store, 7001);
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
        String origin = take(tuple).claim().origin();
        StoreTime.pass(store, 7001);
        take(tuple).claim().giveBack(false);
        StoreTime.pass(store, 7001);
        Claim third = take(tuple).claim();
        assertEquals(origin, third.origin(), "the upstream key is made of it");
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalSaysNothingOfWhatWasSentBefore(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        leaveUnknown(tuple, "x");
        Claim second = take(tuple).claim();
        second.sending(content("x"));
        assertFalse(second.refused());
        second.giveBack(false);
        Claim third = take(tuple).claim();
        assertTrue(third.unknown());
        third.absent();
        third.sending(content("x"));
        assertTrue(third.refused(), "what was sent before had been looked for and was not there");
        third.giveBack(false);
        assertTrue(table.find(tuple.key()).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aRowThatHasGoneOnSinceItWasReadIsNotTakenOver(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        Claim first = take(tuple).claim();
        Row read = table.find(tuple.key()).orElseThrow();
        first.sending(content("x"));
        StoreTime.pass(store, 7001);
        StoreTime.pass(store, -10);
        assertFalse(table.takeOver(read, "other", LEASE));
    }

    @ParameterizedTest
    @EnumSource
    void aLeaseFromBeforeTheClockJumpedBackDoesNotHoldForHours(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        take(tuple).claim().sending(content("x"));
        StoreTime.pass(store, -3_600_000);
        Claim second = take(tuple).claim();
        assertNotNull(second);
        assertTrue(second.sinceSent().toMillis() < 1000, "its settle time begins anew");
        second.giveBack(true);
        assertEquals(1, table.due(10).size());
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
        StoreTime.pass(store, DAY - 60_000);
        sweeper.sweep();
        assertEquals(0, table.countParked());
        StoreTime.pass(store, DAY / 24);
        sweeper.sweep();
        assertEquals(1, table.countParked());
        assertEquals(0, table.countUnfinished());
        assertEquals(
                "not known for a day: Talon.One says nothing", take(stuck).row().reason());
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
        StoreTime.pass(store, 60_000);
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
            StoreTime.pass(store, 1);
            claim.parked("nobody knows");
            claim.giveBack(true);
            StoreTime.pass(store, 1);
        }
        Parked parked = new Parked(table);
        assertEquals(
                Arrays.stream(tuples).map(KeyTuple::key).toList(), parked.list().findValuesAsText("id"));
        assertTrue(parked.retry(tuples[1].key()));
        StoreTime.pass(store, 1);
        take(tuples[1]).claim();
        assertEquals(List.of(tuples[0].key(), tuples[2].key()), parked.list().findValuesAsText("id"));
        StoreTime.pass(store, 7001);
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
        return new Keys(new AnswerTable(store, seal));
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
        Refusal elsewhere = assertThrows(
                Refusal.class, () -> withoutTheOld.take(old, old.key(), "d", "o", LEASE), "others may read it");
        assertEquals(503, elsewhere.status());
        assertEquals(0, table.countParked(), "it is left alone");
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
        assertTrue(take(other).row().reason().contains("result of another call"));
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
        assertEquals(0, table.prune(ABANDONED, 100));
        StoreTime.pass(store, Duration.ofMinutes(16).toMillis());
        assertEquals(1, table.prune(ABANDONED, 100));
        assertTrue(table.find(answered.key()).isEmpty());
        StoreTime.pass(store, 2 * DAY);
        assertEquals(1, table.prune(ABANDONED, 1), "in batches");
        assertEquals(1, table.prune(ABANDONED, 100));
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

    private static KeyTuple tuple(String identifier, String recipient) {
        String json = recipient == null ? "null" : '"' + recipient + '"';
        return KeyTuple.read(
                "{\"key\":[\"" + identifier + "\"],\"recipient\":" + json + "}",
                "d",
                () -> "p",
                "o",
                MissingNode.getInstance());
    }

    @ParameterizedTest
    @EnumSource
    void aCallForNobodyThatNeverWroteAnythingDownIsNoOtherRecipientsCall(Stores where) {
        in(where);
        String identifier = UUID.randomUUID().toString();
        KeyTuple anybody = tuple(identifier, null);
        take(anybody).claim().giveBack(true);
        KeyTuple alice = tuple(identifier, "alice");
        assertEquals(alice.key(), keys.target(alice));
        assertTrue(take(alice).claim().done(200, "application/json", new byte[] {'a'}));
        assertEquals(ClaimState.CLAIMED, table.find(anybody.key()).orElseThrow().state());
    }

    /** Another client holds the row while the gateway writes down, for longer than its lease lasts. */
    @Test
    void whatWaitedForALockUntilItsLeaseWasOverIsNotSent() throws Exception {
        in(Stores.POSTGRES);
        KeyTuple tuple = tuple("");
        Claim claim =
                keys.take(tuple, tuple.key(), "d", "o", Duration.ofMillis(300)).claim();
        CompletableFuture<Integer> locked;
        try (Connection other = Stores.POSTGRES.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM answer WHERE id = '" + tuple.key() + "' FOR UPDATE");
            locked = CompletableFuture.supplyAsync(() -> {
                long sendBy;
                try {
                    sendBy = claim.sending(content("x"));
                } catch (Refusal tooLate) {
                    return 0;
                }
                return sendBy - System.nanoTime() > 0 ? 1 : 0;
            });
            Await.until(
                    () -> "it does not wait",
                    () -> store.query(row -> row.getInt(1), new Sql("SELECT COUNT(*) FROM pg_locks WHERE NOT granted"))
                                    .get(0)
                            > 0);
            statement.execute("SELECT pg_sleep(0.5)");
            other.rollback();
        }
        assertEquals(0, locked.get(), "it may be sent although its lease is over");
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatACrashCutOffKeepsItsKeyForAsLongAsTalonOneDoes(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        String origin = take(tuple).claim().origin();
        table.endLeases();
        StoreTime.pass(store, DAY);
        assertEquals(0, table.prune(ABANDONED, 100));
        Claim again = take(tuple).claim();
        assertEquals(origin, again.origin(), "another one would be a second event");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsForgottenWhileItsOutcomeIsNotKnownHoweverShortItsWindowIs(Stores where) {
        in(where);
        KeyTuple tuple = tuple(",\"window\":\"15m\"");
        leaveUnknown(tuple, "looked for in vain");
        StoreTime.pass(store, 3 * DAY);
        assertEquals(0, table.prune(ABANDONED, 100));
        Sweeper sweeper = new Sweeper(
                table, name -> DEPLOYMENT, Map.of("looked for in vain", (deployment, unfinished) -> {}), Runnable::run);
        sweeper.sweep();
        assertEquals(
                List.of("not known for a day: nobody has asked for it again"),
                new Parked(table).list().findValuesAsText("reason"));
    }

    @ParameterizedTest
    @EnumSource
    void aCallWithALongDeadlineHoldsItsKeyAsLongAsAnyLeaseLasts(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        Duration deadline = Duration.ofMinutes(10);
        assertNotNull(keys.take(tuple, tuple.key(), "d", "o", deadline).claim());
        assertNull(keys.take(tuple, tuple.key(), "d", "o", deadline).claim());
        StoreTime.pass(store, Duration.ofMinutes(5).toMillis());
        assertNotNull(keys.take(tuple, tuple.key(), "d", "o", deadline).claim());
    }

    /** Who holds a row may send until its lease is over, whatever the store's clock says meanwhile. */
    @ParameterizedTest
    @EnumSource
    void theTimeThatTalonOneMayTakeBeginsWhenARowIsTakenFromOneWhoDidNotLetGo(Stores where) {
        in(where);
        KeyTuple tuple = tuple("");
        take(tuple).claim().sending(content("x"));
        StoreTime.pass(store, Duration.ofHours(1).toMillis());
        Claim second = take(tuple).claim();
        assertTrue(second.sinceSent().compareTo(Duration.ofSeconds(5)) < 0, () -> second.sinceSent()
                .toString());
        second.giveBack(false);
        StoreTime.pass(store, Duration.ofMinutes(1).toMillis());
        Claim third = take(tuple).claim();
        assertTrue(third.sinceSent().compareTo(Duration.ofMinutes(1)) >= 0, "one who lets go is believed");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSealedIsReadInItsOwnPlaceOnly(Stores where) {
        in(where);
        Keys sealing = keysSealedWith(1);
        KeyTuple[] tuples = {tuple(""), tuple("")};
        for (KeyTuple tuple : tuples) {
            sealing.take(tuple, tuple.key(), "d", "o", LEASE)
                    .claim()
                    .done(200, "application/json", tuple.key().getBytes(StandardCharsets.UTF_8));
        }
        store.update(
                new Sql("UPDATE answer SET body = (SELECT body FROM answer WHERE id = ?) WHERE id = ?"),
                tuples[0].key(),
                tuples[1].key());
        assertEquals(tuples[0].key(), answer(sealing, tuples[0]));
        sealing.take(tuples[1], tuples[1].key(), "d", "o", LEASE);
        assertEquals(
                ClaimState.PARKED, table.find(tuples[1].key()).orElseThrow().state(), "another's answer is not given");
    }
}
