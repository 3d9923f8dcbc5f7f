package dev.partnergateway.loyalty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Points with an unknown outcome, when there is a sweeper and Talon.One has had time to list what it made. */
@BesideOthers
class PointsAdditionTest {

    private static final String STORE = "jdbc:sqlite:" + GatewayUnderTest.storeFile();

    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.start(Map.of(
                "gateway.settle-time",
                "1",
                "gateway.sweep-interval",
                "50",
                "gateway.store.url",
                STORE,
                "gateway.store.user",
                "sa"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        gateway.sandbox().reset();
        gateway.sandbox().limits("{\"managementPerSecond\":0,\"parallelPerProfile\":3}");
    }

    private static Http.Answer add(String name, String key) {
        return add(gateway, name, key);
    }

    private static Http.Answer add(GatewayUnderTest where, String name, String key) {
        List<String> headers = new ArrayList<>(List.of(
                "Authorization", "ApiKey-v1 sandbox-key-demo-shop",
                "customer-engagement-platform-name", "some-platform",
                "destination-hostname", "sandbox.example",
                "Content-Type", "application/json"));
        if (key != null) {
            headers.addAll(List.of("Idempotency-Key", key));
        }
        return where.partner()
                .send(
                        "POST",
                        "/customer_engagement/add_loyalty_points",
                        "{\"loyaltyProgramId\":1,\"profileIntegrationId\":\"bob\",\"points\":7,\"name\":\"" + name
                                + "\"}",
                        headers.toArray(String[]::new));
    }

    private static BigDecimal bobsPoints() {
        return gateway.partner()
                .send(
                        "GET",
                        "/iterable/loyalty?deployment=sandbox.example&profileIntegrationId=bob&loyaltyProgramId=1",
                        (String) null,
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop")
                .json()
                .at("/ledger/currentBalance")
                .decimalValue();
    }

    private static void fault(String kind, int times) {
        gateway.sandbox()
                .fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"" + kind + "\",\"times\":" + times + "}");
    }

    private static int sent() {
        return gateway.sandbox().calls("addLoyaltyPoints").size();
    }

    /** When the points that were asked for last were written down, in milliseconds since 1970. */
    private static long writtenDown() {
        try (Connection connection = DriverManager.getConnection(STORE, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sent FROM answer ORDER BY created DESC LIMIT 1")) {
            assertTrue(rows.next(), "nothing is written down");
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void eventually(BooleanSupplier condition, String what) {
        Await.until(() -> "still not: " + what, condition);
    }

    private static void stays(BooleanSupplier condition, Duration time, String what) {
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            assertTrue(condition.getAsBoolean(), what);
            Await.moment();
        }
    }

    @Test
    void whatWasLostOnTheWayIsSentOnceMoreWhenItCanBeRepeated() {
        String key = UUID.randomUUID().toString();
        fault("reset", 1);
        assertEquals(504, add("lost", key).status());
        eventually(() -> sent() == 2, "the points are sent once more");
        eventually(() -> add("lost", key).status() == 204, "the repeat is told so");
        assertEquals(2, sent());
        assertEquals(0, bobsPoints().compareTo(BigDecimal.valueOf(7)));
    }

    @Test
    void whatIsLostTwiceIsLeftToTheOperator() {
        String key = UUID.randomUUID().toString();
        fault("reset", 5);
        assertEquals(504, add("lost twice", key).status());
        eventually(() -> add("lost twice", key).text().contains("the operator has been told"), "the points are parked");
        assertEquals(2, sent());
        assertEquals(0, bobsPoints().signum());
    }

    @Test
    void anAnswerThatIsNoneOfTalonOnesProvesNothing() {
        String key = UUID.randomUUID().toString();
        fault("garbage", 1);
        assertEquals(502, add("garbled", key).status());
        eventually(() -> add("garbled", key).status() == 204, "the points are added after all");
        assertEquals(2, sent());
        assertEquals(0, bobsPoints().compareTo(BigDecimal.valueOf(7)));
    }

    @Test
    void whatCannotBeRepeatedIsNeverSentAgain() {
        fault("reset", 1);
        Http.Answer answer = add("lost for good", null);
        assertEquals(504, answer.status());
        assertEquals(null, answer.header("Retry-After"));
        stays(() -> sent() == 1, Duration.ofSeconds(3), "nothing is sent again");
        assertEquals(0, bobsPoints().signum());
    }

    @Test
    void equalPointsThatWereAddedBeforeAreNotTakenForThoseThatWereLost() {
        String key = UUID.randomUUID().toString();
        String other = UUID.randomUUID().toString();
        fault("reset", 1);
        assertEquals(504, add("equal", key).status());
        assertEquals(204, add("equal", other).status());
        eventually(
                () -> add("equal", key).text().isEmpty()
                        || add("equal", key).text().contains("operator"),
                "it is known what became of the first, or that nobody can tell");
        BigDecimal points = bobsPoints();
        boolean told = add("equal", key).status() == 204;
        assertEquals(0, points.compareTo(BigDecimal.valueOf(told ? 14 : 7)), "points " + points + ", told " + told);
    }

    /** Whoever finds them later counts from then on: the time that Talon.One may take must not run while they wait. */
    @Test
    void pointsThatWaitForOthersOfTheirProfileAreWrittenDownWhenTheyAreSent() {
        gateway.sandbox()
                .fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"delay\",\"delayMillis\":2000,\"times\":1}");
        CompletableFuture<Http.Answer> first = CompletableFuture.supplyAsync(
                () -> add("in front", UUID.randomUUID().toString()));
        eventually(() -> sent() == 1, "the first points are under way");
        Http.Answer second = add("behind", UUID.randomUUID().toString());
        assertEquals(204, second.status(), second.text());
        assertEquals(204, first.join().status(), first.join().text());
        Instant begun = Instant.parse(
                gateway.sandbox().calls("addLoyaltyPoints").get(0).path("at").asText());
        long waited = writtenDown() - begun.toEpochMilli();
        assertTrue(waited >= 1900, "written down " + waited + " ms after those that went before had set out");
    }

    @Test
    void equalPointsThatAreNotListedYetAreNotCountedAgainstThoseThatAre() {
        try (GatewayUnderTest patient =
                GatewayUnderTest.start(Map.of("gateway.settle-time", "3000", "gateway.sweep-interval", "999999999"))) {
            patient.sandbox().limits("{\"managementPerSecond\":0,\"listingLagMillis\":1500}");
            String lost = UUID.randomUUID().toString();
            patient.sandbox().fault("{\"operation\":\"addLoyaltyPoints\",\"kind\":\"commit-then-reset\",\"times\":1}");
            assertEquals(504, add(patient, "equal", lost).status());
            int others = 0;
            Http.Answer repeat;
            Instant end = Instant.now().plus(Duration.ofSeconds(6));
            do {
                // One that is made now is listed only after the look that comes next.
                assertEquals(
                        204, add(patient, "equal", UUID.randomUUID().toString()).status());
                others++;
                Await.moment();
                repeat = add(patient, "equal", lost);
            } while (repeat.status() != 204 && Instant.now().isBefore(end));
            Instant last = Instant.now().plus(Duration.ofSeconds(30));
            while (repeat.status() != 204 && Instant.now().isBefore(last)) {
                Await.moment();
                repeat = add(patient, "equal", lost);
            }
            assertEquals(204, repeat.status(), repeat.text());
            assertEquals(
                    1 + others,
                    patient.sandbox().ledger("transactions").stream()
                            .filter(transaction ->
                                    transaction.path("name").asText().equals("equal"))
                            .count());
        }
    }

    /** Somebody holds the row while it is written down, until the partner has been answered. */
    @Test
    void pointsThatAreWrittenDownTooLateAreNotSent() throws SQLException {
        Map<String, String> store = Postgres.newStore();
        Map<String, String> settings = new HashMap<>(store);
        settings.put("gateway.deadline.customer-engagement", "1500");
        try (GatewayUnderTest hurried = GatewayUnderTest.start(settings);
                Connection connection =
                        DriverManager.getConnection(store.get("gateway.store.url"), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            hurried.sandbox().limits("{\"managementPerSecond\":0}");
            String key = UUID.randomUUID().toString();
            eventually(() -> add(hurried, "warm", key).status() == 204, "nothing is slow yet");
            hurried.sandbox().forgetCalls();
            statement.execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_sleep(1.8); RETURN NEW; END'");
            statement.execute("CREATE TRIGGER slow BEFORE UPDATE ON answer FOR EACH ROW WHEN (NEW.state = 'SENT')"
                    + " EXECUTE FUNCTION slow()");
            Http.Answer late = add(hurried, "late", UUID.randomUUID().toString());
            assertTrue(late.status() >= 503, late.text());
            eventually(() -> unanswered(statement) == 0, "its key is free");
            assertEquals(List.of(), hurried.sandbox().calls("addLoyaltyPoints"));
        }
    }

    private static int unanswered(Statement statement) {
        try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM answer WHERE state <> 'ANSWERED'")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
