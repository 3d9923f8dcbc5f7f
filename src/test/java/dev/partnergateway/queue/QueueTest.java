package dev.partnergateway.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Kafka;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.store.Seal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that are answered when Kafka has them, and carried out later. */
class QueueTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String NEW_KEY = "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static Path keys;
    private static GatewayUnderTest gateway;
    private static Map<String, String> settings;
    private static Http partner;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        settings = Kafka.shared().queue(Calls.POINTS, Calls.AUDIENCES, Calls.MESSAGES);
        settings.put("gateway.kafka.events-topic", "test-events");
        settings.put("gateway.settle-time", "1");
        settings.put("gateway.kafka.attempts", "3");
        settings.put("gateway.kafka.pause", "100");
        settings.put("gateway.kafka.key-patience", "1500");
        keys = write(KEY);
        settings.put("gateway.store.encryption-keys", "file:" + keys);
        settings.put("gateway.sandbox.management-rate", "0");
        gateway = GatewayUnderTest.start(settings);
        partner = gateway.partner();
        sandbox = gateway.sandbox();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":3}");
    }

    private static Path write(String text) {
        try {
            return Files.writeString(keys == null ? Files.createTempFile("gateway", ".keys") : keys, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unique() {
        return UUID.randomUUID().toString();
    }

    private static void fault(String operation, String kind, int times, String more) {
        sandbox.fault("{\"operation\":\"" + operation + "\",\"kind\":\"" + kind + "\",\"times\":" + times + more + "}");
    }

    private static Http.Answer manage(String method, String path) {
        return gateway.operator()
                .send(method, path, method.equals("POST") ? "" : null, "Content-Type", "application/json");
    }

    private static JsonNode deadLetter(String requestId) {
        Http.Answer answer = manage("GET", "/dead-letters?id=" + requestId);
        assertEquals(200, answer.status(), answer.text());
        return answer.json().path(0);
    }

    private static void awaitDead(String requestId) {
        Await.until(() -> manage("GET", "/dead-letters").text(), () -> !deadLetter(requestId)
                .isMissingNode());
    }

    private static List<ConsumerRecord<String, byte[]>> queued() {
        return Kafka.shared().records(settings.get("gateway.kafka.queue-topic"));
    }

    private static ConsumerRecord<String, byte[]> record(String requestId) {
        return Records.of(queued(), requestId);
    }

    @Test
    void aCallIsAnsweredAsItsContractSaysAndCarriedOutLater() {
        fault("updateCustomerProfileAudiences", "delay", 1, ",\"delayMillis\":1000");
        String profile = Calls.profile(partner);
        Http.Answer answer = Calls.audience(partner, profile, "2");
        assertEquals(204, answer.status(), answer.text());
        assertEquals(0, answer.body().length);
        assertEquals(List.of(), Calls.joined(sandbox));
        Await.until(() -> Calls.joined(sandbox), () -> Calls.joined(sandbox).equals(List.of(profile)));
    }

    @Test
    void aRecordTellsNobodyWhoCalledAndAboutWhom() {
        String profile = Calls.profile(partner);
        Http.Answer answer = Calls.points(partner, profile, "secret-name");
        ConsumerRecord<String, byte[]> record = record(answer.header("X-Request-Id"));
        assertEquals(Calls.POINTS, Records.header(record, "operation"));
        assertEquals("sandbox", Records.header(record, "deployment"));
        String bytes = record.key() + new String(record.value(), StandardCharsets.ISO_8859_1) + record.headers();
        for (String secret : List.of(profile, "secret-name", "sandbox-key-demo-shop")) {
            assertFalse(bytes.contains(secret), secret);
        }
        Await.until(() -> "", () -> Calls.given(sandbox, profile).size() == 1);
    }

    @Test
    void whatTheGatewayWouldRefuseIsRefusedAtOnce() {
        int before = queued().size();
        assertEquals(401, Calls.audience(partner, "bob", "1", "no-such-key").status());
        assertEquals(400, Calls.audience(partner, "bob", "\"no number\"").status());
        assertEquals(before, queued().size());
    }

    @Test
    void aMessageIsAnsweredTheSameInTheQueueAndWithoutIt() {
        String id = unique();
        for (String[] message : new String[][] {
            {
                "event_processing",
                "\"mpid\":\"" + id + "\",\"events\":[{\"type\":\"custom_event\",\"name\":\"viewed_product\"}]"
            },
            {"audience_membership_change", "\"user_profiles\":[]"}
        }) {
            Http.Answer queued = Calls.message(partner, message[0] + "_request", id, message[1]);
            Http.Answer direct =
                    Calls.message(GatewayUnderTest.shared().partner(), message[0] + "_request", id, message[1]);
            assertEquals(200, queued.status(), queued.text());
            assertArrayEquals(direct.body(), queued.body());
            assertNotNull(record(queued.header("X-Request-Id")));
        }
        Await.until(sandbox::calls, () -> sandbox.calls("trackEventV2").size() == 1);
        Http.Answer registration = partner.send(
                "POST", "/mparticle", "{\"type\":\"module_registration_request\"}", "Content-Type", "application/json");
        assertEquals("Talon.One", registration.json().path("name").asText(), "its answer is no mere receipt");
    }

    @Test
    void aRecordThatComesTwiceHasOneEffect() {
        String profile = Calls.profile(partner);
        Http.Answer answer = Calls.points(partner, profile, "once");
        assertEquals(204, answer.status(), answer.text());
        ConsumerRecord<String, byte[]> record = record(answer.header("X-Request-Id"));
        Records.again(record);
        Records.again(record);
        String events = "\"mpid\":\"" + profile + "\",\"events\":[{\"type\":\"custom_event\",\"name\":\"greeted\"},"
                + "{\"type\":\"custom_event\",\"name\":\"greeted\"}]";
        String message = Calls.message(partner, "event_processing_request", unique(), events)
                .header("X-Request-Id");
        Records.again(record(message));
        behind(record);
        assertEquals(List.of("once"), Calls.given(sandbox, profile));
        behind(record(message));
        assertEquals(
                2,
                sandbox.ledger("events").stream()
                        .filter(event -> event.path("profileId").asText().equals(profile))
                        .count());
    }

    private static long tracked(String profile, String type) {
        return sandbox.ledger("events").stream()
                .filter(event -> event.path("profileId").asText().equals(profile))
                .filter(event -> event.path("type").asText().equals(type))
                .count();
    }

    @Test
    void anEventThatTalonOneRefusesIsADeadLetterOfItsOwnAndIsTrackedOnceWhenItIsReplayed() {
        String profile = unique();
        String unknown = "type_" + profile.replace('-', '_');
        String id = unique();
        String events = "\"mpid\":\"" + profile + "\",\"events\":["
                + "{\"type\":\"custom_event\",\"id\":\"a" + id + "\",\"name\":\"greeted\"},"
                + "{\"type\":\"custom_event\",\"id\":\"b" + id + "\",\"name\":\"" + unknown + "\"},"
                + "{\"type\":\"custom_event\",\"id\":\"c" + id + "\",\"name\":\"greeted\"}]";
        String call =
                Calls.message(partner, "event_processing_request", id, events).header("X-Request-Id");
        Await.until(
                sandbox::calls,
                () -> tracked(profile, "greeted") == 2 && !deadLetter(call).isMissingNode());
        JsonNode dead = deadLetter(call);
        assertEquals("400", dead.path("reason").asText());
        assertEquals(Calls.MESSAGES, dead.path("operation").asText());
        assertTrue(dead.path("text").asText().contains(unknown), dead.toString());
        assertEquals(0, tracked(profile, unknown));
        sandbox.control("POST", "/sandbox/event-types?name=" + unknown, "");
        Http.Answer replayed = manage("POST", "/dead-letters/replay?id=" + call);
        assertEquals(1, replayed.json().path("replayed").asInt(), replayed.text());
        Await.until(sandbox::calls, () -> tracked(profile, unknown) == 1);
        assertTrue(deadLetter(call).isMissingNode());
        String again =
                Calls.message(partner, "event_processing_request", id, events).header("X-Request-Id");
        behind(record(again));
        assertEquals(1, tracked(profile, unknown), "the message comes again, and what is done is done");
        assertEquals(2, tracked(profile, "greeted"));
    }

    @Test
    void aUserWhomTalonOneRefusesIsADeadLetterAndTheOthersAreUpdated() {
        String one = unique();
        String other = unique();
        String users = "\"user_profiles\":["
                + "{\"mpid\":\"" + one
                + "\",\"audiences\":[{\"audience_id\":1,\"audience_name\":\"A\",\"action\":\"add\","
                + "\"audience_subscription_settings\":{\"t1AudienceID\":\"999\"}}]},"
                + "{\"mpid\":\"" + other
                + "\",\"audiences\":[{\"audience_id\":1,\"audience_name\":\"A\",\"action\":\"add\","
                + "\"audience_subscription_settings\":{\"t1AudienceID\":\"2\"}}]}]";
        String call = Calls.message(partner, "audience_membership_change_request", unique(), users)
                .header("X-Request-Id");
        Await.until(
                sandbox::calls,
                () -> Calls.joined(sandbox).contains(other) && !deadLetter(call).isMissingNode());
        assertEquals("404", deadLetter(call).path("reason").asText());
        assertFalse(Calls.joined(sandbox).contains(one));
    }

    /** Waits until everything in a record's partition up to now has been carried out. */
    private static void behind(ConsumerRecord<String, byte[]> record) {
        String marker = unique();
        Kafka.shared()
                .write(new ProducerRecord<>(
                        record.topic(), record.partition(), record.key(), marker.getBytes(StandardCharsets.UTF_8)));
        ConsumerRecord<String, byte[]> last = queued().stream()
                .filter(written -> marker.equals(Records.text(written.value())))
                .findFirst()
                .orElseThrow();
        String id = last.topic() + "-" + last.partition() + "-" + last.offset();
        awaitDead(id);
    }

    @Test
    void aRecordThatCannotBeReadIsADeadLetterAndKeepsNobody() {
        Http.Answer first = Calls.points(partner, Calls.profile(partner), "first");
        ConsumerRecord<String, byte[]> record = record(first.header("X-Request-Id"));
        byte[] damaged = record.value().clone();
        damaged[damaged.length - 1]++;
        for (byte[] poison : new byte[][] {damaged, {}, {0, '{', '}'}, null}) {
            Kafka.shared().write(new ProducerRecord<>(record.topic(), record.partition(), record.key(), poison));
        }
        ConsumerRecord<String, byte[]> forged = new ConsumerRecord<>(
                record.topic(), record.partition(), record.offset(), unique().repeat(2), record.value());
        Records.again(forged);
        behind(record);
        String profile = Calls.profile(partner);
        assertEquals(204, Calls.points(partner, profile, "after").status());
        Await.until(() -> "", () -> Calls.given(sandbox, profile).equals(List.of("after")));
        JsonNode list = manage("GET", "/dead-letters?reason=unreadable").json();
        assertTrue(list.size() >= 5, list.toString());
        assertTrue(list.toString().contains("it is not sealed"), list.toString());
        assertTrue(list.toString().contains("it is damaged"), list.toString());
    }

    @Test
    void aLineWaitsInItsOrderWhileOthersGoOn() {
        String late = Calls.profile(partner);
        String early = Calls.profile(partner);
        fault("addLoyaltyPoints", "status", 2, ",\"status\":429");
        for (String name : List.of("1", "2", "3", "4")) {
            assertEquals(204, Calls.points(partner, late, name).status());
        }
        Await.until(sandbox::faultsMet, () -> sandbox.faultsMet().path("status").asInt() > 0);
        assertEquals(204, Calls.points(partner, early, "a").status());
        Await.until(
                () -> "",
                () -> Calls.given(sandbox, late).size() == 4
                        && Calls.given(sandbox, early).size() == 1);
        assertEquals(List.of("1", "2", "3", "4"), Calls.given(sandbox, late));
        Await.until(QueueTest::metrics, () -> metrics().contains("gateway_queue_waiting 0.0"));
    }

    @Test
    void everyCallIsPublishedAsItIsAcceptedAndAnsweredWithoutTellingAboutWhom() {
        String profile = Calls.profile(partner);
        String queued = Calls.points(partner, profile, "secret-name").header("X-Request-Id");
        String refused = Calls.audience(partner, profile, "\"no number\"").header("X-Request-Id");
        Await.until(
                QueueTest::events,
                () -> events(queued).size() == 2 && events(refused).size() == 1);
        JsonNode accepted = events(queued).get(0);
        assertEquals("1.0", accepted.path("specversion").asText());
        assertEquals(queued + "-accepted", accepted.path("id").asText());
        assertEquals("/partner-gateway", accepted.path("source").asText());
        assertEquals("dev.partnergateway.call.accepted", accepted.path("type").asText());
        assertNotNull(Instant.parse(accepted.path("time").asText()));
        assertEquals("application/json", accepted.path("datacontenttype").asText());
        assertEquals(
                "{\"requestId\":\"" + queued + "\",\"operation\":\"" + Calls.POINTS + "\",\"deployment\":\"sandbox\"}",
                accepted.path("data").toString());
        JsonNode answered = events(queued).get(1);
        assertEquals("dev.partnergateway.call.answered", answered.path("type").asText());
        assertEquals(204, answered.at("/data/status").asInt());
        assertTrue(answered.at("/data/milliseconds").isInt(), answered.toString());
        assertEquals(400, events(refused).get(0).at("/data/status").asInt());
        for (String secret : List.of(profile, "secret-name", "sandbox-key-demo-shop")) {
            assertFalse(events().toString().contains(secret), secret);
        }
        Await.until(QueueTest::metrics, () -> metrics().contains("gateway_events_total{result=\"published\"}"));
    }

    private static List<JsonNode> events() {
        return Records.events(Kafka.shared().records(settings.get("gateway.kafka.events-topic")));
    }

    private static List<JsonNode> events(String requestId) {
        return events().stream()
                .filter(event -> event.at("/data/requestId").asText().equals(requestId))
                .toList();
    }

    private static String metrics() {
        return gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text();
    }

    @Test
    void pointsWhoseAnswerIsLostAreAddedOnce() {
        String profile = Calls.profile(partner);
        fault("addLoyaltyPoints", "commit-then-reset", 1, "");
        assertEquals(204, Calls.points(partner, profile, "lost").status());
        assertEquals(204, Calls.points(partner, profile, "next").status());
        Await.until(() -> sandbox.calls(), () -> Calls.given(sandbox, profile).contains("next"));
        assertEquals(
                List.of("lost", "next"),
                sandbox.ledger("transactions").stream()
                        .filter(transaction -> List.of("lost", "next")
                                .contains(transaction.path("name").asText()))
                        .map(transaction -> transaction.path("name").asText())
                        .sorted()
                        .toList());
    }

    @Test
    void whatTalonOneRefusesIsADeadLetterThatIsReplayedByFilter() {
        Http.Answer answer = Calls.audience(partner, "bob", "999");
        assertEquals(204, answer.status(), answer.text());
        String id = answer.header("X-Request-Id");
        awaitDead(id);
        JsonNode dead = deadLetter(id);
        assertEquals(Calls.AUDIENCES, dead.path("operation").asText());
        assertEquals("sandbox", dead.path("deployment").asText());
        assertEquals("404", dead.path("reason").asText(), dead.toString());
        assertEquals(1, dead.path("attempts").asInt());
        assertFalse(dead.path("text").asText().isEmpty());
        String at = dead.path("at").asText();
        for (String fits : List.of(
                "deployment=sandbox&operation=" + Calls.AUDIENCES,
                "reason=404",
                "from=" + at,
                "to=2199-01-01T00:00:00Z")) {
            assertTrue(manage("GET", "/dead-letters?" + fits).text().contains(id), fits);
        }
        for (String other : List.of("deployment=other", "operation=" + Calls.POINTS, "reason=429", "to=" + at)) {
            assertFalse(manage("GET", "/dead-letters?" + other).text().contains(id), other);
        }
        assertEquals(
                "{\"replayed\":1}\n", Calls.command(gateway, 0, "dead-letters", "replay", "id=" + id, "reason=404"));
        Await.until(() -> dead, () -> deadLetter(id).path("at").asText().compareTo(at) > 0);
        assertTrue(Calls.command(gateway, 0, "dead-letters", "list", "id=" + id).contains(id));
        assertTrue(Calls.command(gateway, 2, "dead-letters", "replay").contains("dead-letters replay --help"));
        assertTrue(Calls.command(gateway, 1, "dead-letters", "list", "when=now").contains("The filter has"));
        assertEquals(400, manage("POST", "/dead-letters/replay").status());
        assertEquals(400, manage("POST", "/dead-letters/give-up").status());
        assertEquals(
                "{\"givenUp\":1}",
                manage("POST", "/dead-letters/give-up?id=" + id).text());
        assertEquals(
                "{\"replayed\":0}",
                manage("POST", "/dead-letters/replay?id=" + id).text());
        assertEquals(404, manage("GET", "/dead-letters/" + unique()).status());
        assertEquals(404, partner.send("GET", "/dead-letters", (String) null).status(), "not on the partner port");
    }

    @Test
    void whatFailsAtEveryTryIsADeadLetterAndCarriedOutWhenItIsReplayed() {
        String profile = Calls.profile(partner);
        fault("updateCustomerProfileAudiences", "status", 9, ",\"status\":503");
        String id = Calls.audience(partner, profile, "1").header("X-Request-Id");
        awaitDead(id);
        assertEquals(3, deadLetter(id).path("attempts").asInt());
        assertEquals("502", deadLetter(id).path("reason").asText());
        assertEquals(List.of(), Calls.joined(sandbox));
        assertEquals(
                "{\"replayed\":1}",
                manage("POST", "/dead-letters/replay?id=" + id).text());
        Await.until(() -> "", () -> Calls.joined(sandbox).equals(List.of(profile)));
        assertTrue(deadLetter(id).isMissingNode(), "it is no dead letter any more");
    }

    @Test
    void whatIsOnlyToldThatThereIsTooMuchAtPresentIsNeverGivenUp() {
        String profile = Calls.profile(partner);
        fault("updateCustomerProfileAudiences", "status", 5, ",\"status\":429,\"retryAfter\":0");
        String id = Calls.audience(partner, profile, "1").header("X-Request-Id");
        Await.until(
                () -> Calls.joined(sandbox) + " " + deadLetter(id),
                () -> Calls.joined(sandbox).equals(List.of(profile))
                        || !deadLetter(id).isMissingNode());
        assertTrue(deadLetter(id).isMissingNode(), () -> deadLetter(id).toString());
        assertTrue(sandbox.calls("updateCustomerProfileAudiences").size() > 5, "it was not told so");
    }

    @Test
    void manyCallsAtOnceAreAllCarriedOutInTheOrderOfTheirProfiles() {
        fault("addLoyaltyPoints", "status", 2, ",\"status\":429,\"probability\":0.2");
        List<String> profiles =
                List.of(Calls.profile(partner), Calls.profile(partner), Calls.profile(partner), Calls.profile(partner));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            names.add("" + i);
            for (String profile : profiles) {
                assertEquals(204, Calls.points(partner, profile, "" + i).status());
            }
        }
        for (String profile : profiles) {
            Await.until(
                    () -> Calls.given(sandbox, profile),
                    () -> Calls.given(sandbox, profile).size() >= 15);
            assertEquals(names, Calls.given(sandbox, profile));
        }
    }

    @Test
    void aMessageThatIsReplayedDoesWhatIsMissingAndNothingTwice() {
        String profile = unique();
        fault("trackEventV2", "status", 0, ",\"status\":500,\"skip\":1");
        String events = "\"mpid\":\"" + profile + "\",\"events\":[{\"type\":\"custom_event\",\"name\":\"greeted\"},"
                + "{\"type\":\"custom_event\",\"name\":\"greeted\"}]";
        String call = Calls.message(partner, "event_processing_request", unique(), events)
                .header("X-Request-Id");
        awaitDead(call);
        assertEquals(1, tracked(profile, "greeted"));
        sandbox.endFaults();
        assertEquals(
                1,
                manage("POST", "/dead-letters/replay?id=" + call)
                        .json()
                        .path("replayed")
                        .asInt());
        Await.until(sandbox::calls, () -> tracked(profile, "greeted") == 2);
        behind(record(call));
        assertEquals(2, tracked(profile, "greeted"));
    }

    @Test
    void whileADeploymentIsAwayNothingDiesOfIt() {
        String profile = Calls.profile(partner);
        fault("*", "status", 0, ",\"status\":503");
        String id = Calls.audience(partner, profile, "1").header("X-Request-Id");
        Await.until(
                sandbox::faultsMet,
                () -> sandbox.calls("updateCustomerProfileAudiences").size() > 4 * 3);
        assertTrue(deadLetter(id).isMissingNode(), () -> deadLetter(id).toString());
        sandbox.endFaults();
        Await.until(() -> deadLetter(id), () -> Calls.joined(sandbox).equals(List.of(profile)));
    }

    private static double failures() {
        return gateway.management()
                        .metric("gateway_queue_deliveries_seconds_count{operation=\"" + Calls.AUDIENCES
                                + "\",status=\"502\"")
                + gateway.management()
                        .metric("gateway_queue_deliveries_seconds_count{operation=\"" + Calls.AUDIENCES
                                + "\",status=\"503\"");
    }

    @Test
    void aKeyThatIsRefusedIsWaitedForAWhile() {
        String profile = Calls.profile(partner);
        fault("updateCustomerProfileAudiences", "status", 2, ",\"status\":401");
        String mended = Calls.audience(partner, profile, "1").header("X-Request-Id");
        Await.until(() -> deadLetter(mended), () -> Calls.joined(sandbox).equals(List.of(profile)));
        fault("updateCustomerProfileAudiences", "status", 0, ",\"status\":401");
        String revoked = Calls.audience(partner, profile, "1").header("X-Request-Id");
        awaitDead(revoked);
        assertEquals("401", deadLetter(revoked).path("reason").asText());
        assertTrue(deadLetter(mended).isMissingNode());
    }

    @Test
    void aCallThatTheTopicWouldNotTakeIsTooLarge() {
        int before = queued().size();
        String event =
                "{\"type\":\"custom_event\",\"name\":\"greeted\",\"attributes\":{\"a\":\"" + "x".repeat(9900) + "\"}},";
        String events =
                "\"mpid\":\"big\",\"events\":[" + event.repeat(103).substring(0, event.length() * 103 - 1) + "]";
        Http.Answer answer = Calls.message(partner, "event_processing_request", unique(), events);
        assertEquals(413, answer.status(), answer.text());
        assertTrue(answer.text().contains("too large for the gateway's queue"), answer.text());
        assertEquals(before, queued().size());
    }

    @Test
    void aDeadLetterIsShownCorrectedAndSaysWhatItsReplayDoesToTheOrder() {
        String profile = Calls.profile(partner);
        String id = Calls.audience(partner, profile, "999").header("X-Request-Id");
        awaitDead(id);
        Calls.audience(partner, profile, "2");
        Await.until(() -> deadLetter(id), () -> Calls.joined(sandbox).equals(List.of(profile)));
        JsonNode shown = manage("GET", "/dead-letters/" + id).json();
        assertEquals(999, shown.at("/call/body/data/0/adds/0").asInt(), shown.toString());
        assertFalse(shown.toString().contains("sandbox-key"), shown.toString());
        Await.until(
                () -> shown,
                () -> manage("GET", "/dead-letters/" + id).json().path("later").asInt() == 1);
        JsonNode preview = manage("GET", "/dead-letters/replay?id=" + id).json();
        assertEquals(1, preview.path("letters").asInt());
        assertEquals(1, preview.path("afterLater").asInt());
        assertTrue(preview.path("order").asText().contains("done already"), preview.toString());
        assertEquals(400, edit(id, "{\"deployment\":\"other\"}").status());
        assertEquals(400, edit(id, "no JSON").status());
        assertEquals(404, edit(unique(), "{\"key\":\"k\"}").status());
        String body = shown.at("/call/body").toString().replace("999", "1");
        Http.Answer edited = edit(id, "{\"body\":" + body + "}");
        assertEquals(200, edited.status(), edited.text());
        assertEquals(
                "{\"replayed\":1}",
                manage("POST", "/dead-letters/replay?id=" + id).text());
        Await.until(() -> deadLetter(id), () -> Calls.joined(sandbox).equals(List.of(profile, profile)));
        assertEquals(404, manage("GET", "/dead-letters/" + id).status());
    }

    private static Http.Answer edit(String id, String change) {
        return gateway.operator()
                .send("POST", "/dead-letters/" + id + "/edit", change, "Content-Type", "application/json");
    }

    @Test
    void aLetterThatIsSealedWithAKeyOfTomorrowWaitsForIt() {
        String profile = Calls.profile(partner);
        ConsumerRecord<String, byte[]> record =
                record(Calls.points(partner, profile, "before").header("X-Request-Id"));
        Seal before = new Seal(Optional.of(Secret.literal(KEY)));
        String id = unique();
        String content = Records.text(before.open(record.value()))
                .replace(Records.header(record, "request-id"), id)
                .replace("\"before\"", "\"after\"");
        ProducerRecord<String, byte[]> sealed = new ProducerRecord<>(
                record.topic(),
                record.partition(),
                record.key(),
                new Seal(Optional.of(Secret.literal(NEW_KEY))).seal(content.getBytes(StandardCharsets.UTF_8)));
        new Letter(
                        id,
                        Records.header(record, "operation"),
                        Records.header(record, "deployment"),
                        record.key(),
                        null,
                        sealed.value())
                .headers()
                .forEach((name, value) -> sealed.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        Kafka.shared().write(sealed);
        Await.until(
                QueueTest::metrics,
                () -> Calls.given(sandbox, profile).size() == 1
                        && gateway.management().metric("gateway_queue_waiting ") == 1);
        assertTrue(deadLetter(id).isMissingNode(), () -> deadLetter(id).toString());
        write(KEY + "," + NEW_KEY);
        Await.until(QueueTest::metrics, () -> Calls.given(sandbox, profile).equals(List.of("before", "after")));
    }
}
