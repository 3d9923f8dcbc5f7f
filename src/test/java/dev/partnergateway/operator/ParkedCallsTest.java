package dev.partnergateway.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.command.Commands;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator sees and does about calls that only a person can decide on. */
class ParkedCallsTest {

    private static GatewayUnderTest gateway;
    private static Map<String, String> store;

    @BeforeAll
    static void start() {
        store = Postgres.newStore();
        Map<String, String> settings = new HashMap<>(store);
        settings.put("gateway.deadline.braze", "30000");
        gateway = GatewayUnderTest.start(settings);
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Http.Answer coupon(String identifier) {
        return gateway.partner()
                .post(
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                                + identifier + "\"}");
    }

    private static Http.Answer manage(String method, String path, String body) {
        return gateway.operator().send(method, path, body, "Content-Type", "application/json");
    }

    /** A decision about a parked call, as its operator takes it. */
    private static Http.Answer decide(String id, String decision, String more) {
        return manage(
                "POST",
                "/api/parked/" + id + "/" + decision,
                "{\"who\":\"anna\",\"why\":\"looked it up\"" + more + "}");
    }

    /** Damages the row of an answered call as nothing in the gateway would, and lets its partner ask again. */
    private static String park(String identifier) {
        Http.Answer first = coupon(identifier);
        assertEquals(200, first.status(), first.text());
        sql("UPDATE answer SET body = '\\x07' WHERE state = 'ANSWERED'");
        Http.Answer repeat = coupon(identifier);
        assertEquals(504, repeat.status(), repeat.text());
        assertEquals("60", repeat.header("Retry-After"));
        JsonNode list = manage("GET", "/api/parked", null).json();
        return list.path(list.size() - 1).path("id").asText();
    }

    private static void sql(String text) {
        try (Connection connection =
                        DriverManager.getConnection(store.get("gateway.store.url"), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDamagedRowIsSeenInspectedAndResolvedAndNeverA500() {
        String identifier = UUID.randomUUID().toString();
        String id = park(identifier);
        assertEquals(504, coupon(identifier).status());
        Http.Answer list = manage("GET", "/api/parked", null);
        assertEquals(200, list.status());
        assertTrue(list.text().contains("it is damaged"), list.text());
        assertFalse(list.text().contains("request"), "a list shows nothing of what was sent: " + list.text());
        Http.Answer shown = manage("GET", "/api/parked/" + id, null);
        assertEquals("braze/createCoupon", shown.json().path("operation").asText(), shown.text());
        assertTrue(shown.json().path("history").isArray(), shown.text());
        assertEquals("no-store", shown.header("Cache-Control"));
        Await.until(ParkedCallsTest::metrics, () -> metrics().contains("gateway_parked_calls 1.0"));
        Http.Answer done = decide(id, "done", ",\"status\":200,\"body\":{\"Value\":\"BY-HAND\"}");
        assertEquals(204, done.status(), done.text());
        Http.Answer repeat = coupon(identifier);
        assertEquals("{\"Value\":\"BY-HAND\"}", repeat.text());
        assertArrayEquals(repeat.body(), coupon(identifier).body());
        assertEquals(404, manage("GET", "/api/parked/" + id, null).status());
        Await.until(ParkedCallsTest::metrics, () -> metrics().contains("gateway_parked_calls 0.0"));
    }

    private static String metrics() {
        return gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text();
    }

    @Test
    void aCallThatDidNotHappenIsFreedAndOneThatMayBeTriedAgainIs() {
        String identifier = UUID.randomUUID().toString();
        String id = park(identifier);
        assertEquals(204, decide(id, "retry", "").status());
        assertEquals(404, decide(id, "retry", "").status(), "it is not parked any more");
        assertEquals(504, coupon(identifier).status(), "it is as damaged as before");
        Http.Answer answered = decide(id, "free", "");
        assertEquals(409, answered.status(), "a second coupon would be made: " + answered.text());
        JsonNode shown = manage("GET", "/api/parked/" + id, null).json();
        assertTrue(shown.path("answered").asBoolean(), shown.toString());
        assertEquals("ANSWERED", shown.path("state").asText());
        sql(
                "UPDATE answer SET parked_from = 'SENT', sent = created, request = body, status = NULL, content_type = NULL,"
                        + " body = NULL WHERE id = '" + id + "'");
        assertEquals(204, decide(id, "free", "").status());
        assertEquals(200, coupon(identifier).status(), "the key is free: this is a first call");
    }

    @Test
    void aCallWithoutAKeyIsWrittenDownAndAnsweredAsAnyOther() {
        String mark = UUID.randomUUID().toString();
        Http.Answer coupon = gateway.partner()
                .send(
                        "GET",
                        "/iterable/coupon?deployment=sandbox.example&applicationId=1&campaignId=10&iterableCampaignId="
                                + mark,
                        (String) null,
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop");
        assertEquals(200, coupon.status(), coupon.text());
        Http.Answer other = gateway.partner()
                .send(
                        "GET",
                        "/iterable/coupon?deployment=sandbox.example&applicationId=1&campaignId=10&iterableCampaignId="
                                + mark,
                        (String) null,
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop");
        assertFalse(coupon.text().equals(other.text()), "each call is one of its own");
        assertEquals(2, count("operation = 'iterable/createCoupon' AND state = 'ANSWERED'"));
    }

    private static int count(String condition) {
        try (Connection connection =
                        DriverManager.getConnection(store.get("gateway.store.url"), "postgres", "postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM answer WHERE " + condition)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsNotUnderstoodIsRefusedWithASentence() {
        String id = "0".repeat(64);
        assertEquals(404, manage("GET", "/api/parked/" + id, null).status());
        assertEquals(404, decide(id, "free", "").status());
        assertEquals(404, decide(id, "burn", "").status());
        assertEquals(405, manage("DELETE", "/api/parked/" + id, null).status());
        for (String body : new String[] {"", ",\"status\":204,\"body\":{}", ",\"status\":500,\"body\":{}"}) {
            Http.Answer answer = decide(id, "done", body);
            assertEquals(400, answer.status(), body);
            assertTrue(answer.json().path("Error").asText().contains("status"), answer.text());
        }
        for (String body : new String[] {
            "",
            "no JSON",
            "[]",
            "{}",
            "{\"who\":\"anna\"}",
            "{\"who\":\"anna\",\"why\":\" \"}",
            "{\"who\":\"" + "a".repeat(101) + "\",\"why\":\"x\"}"
        }) {
            Http.Answer answer = manage("POST", "/api/parked/" + id + "/free", body);
            assertEquals(400, answer.status(), body);
            assertTrue(answer.json().path("Error").asText().contains("who decides and why"), answer.text());
        }
        assertEquals(
                404, gateway.partner().send("GET", "/api/parked", (String) null).status(), "not on the partner port");
    }

    @Test
    void theCommandDoesTheSame() {
        String identifier = UUID.randomUUID().toString();
        String id = park(identifier);
        assertTrue(command(0, "parked", "list").contains(id));
        assertTrue(command(0, "parked", "show", id).contains("history"));
        command(0, "parked", "done", id, "200", "{\"Value\":\"BY-COMMAND\"}", "--why", "found there");
        assertEquals("{\"Value\":\"BY-COMMAND\"}", coupon(identifier).text());
        assertTrue(command(1, "parked", "free", id, "--why", "not there").contains("No call of this id is parked"));
        assertTrue(command(2, "parked", "free", id).contains("--why"), "nothing is decided without a reason");
        assertTrue(command(2, "parked", "burn", id).contains("there are done, free, list, retry, show"));
        assertTrue(command(2, "parked").contains("parked --help"));
        assertTrue(command(2, "parked", "show", "7").contains("parked list shows them"));
    }

    @Test
    void everyDecisionIsWrittenDownWithWhoTookItAndWhy() {
        String identifier = UUID.randomUUID().toString();
        String id = park(identifier);
        assertEquals(204, decide(id, "retry", "").status());
        JsonNode decided = manage("GET", "/api/decisions", null).json();
        JsonNode last = null;
        for (JsonNode one : decided) {
            if (one.path("about").asText().equals(id)) {
                last = one;
            }
        }
        assertTrue(last != null, decided.toString());
        assertEquals("anna", last.path("who").asText());
        assertEquals("looked it up", last.path("why").asText());
        assertEquals("parked/retry", last.path("decision").asText());
    }

    @Test
    void manyAreTriedAgainAtOnceWhenTheyAreAsManyAsWereSeen() {
        String id = park(UUID.randomUUID().toString());
        String filter = "/api/parked/retry?operation=braze/createCoupon&deployment=sandbox";
        int count = manage("GET", filter, null).json().path("count").asInt();
        assertTrue(count > 0);
        assertEquals(
                0,
                manage("GET", filter + "&reason=nothing", null)
                        .json()
                        .path("count")
                        .asInt());
        String by = "{\"who\":\"anna\",\"why\":\"mended\",\"expected\":";
        Http.Answer more = manage("POST", filter, by + (count + 1) + "}");
        assertEquals(409, more.status(), more.text());
        assertEquals(200, manage("GET", "/api/parked/" + id, null).status(), "nothing was decided");
        Http.Answer retried = manage("POST", filter, by + count + "}");
        assertEquals(count, retried.json().path("retried").asInt(), retried.text());
        assertEquals(400, manage("POST", "/api/parked/retry", by + "0}").status(), "a filter is needed");
        assertEquals(
                400, manage("POST", "/api/parked/retry?what=ever", by + "0}").status());
    }

    private static String command(int exitCode, String... arguments) {
        Properties properties = new Properties();
        properties.setProperty("gateway.operator-port", "" + gateway.operator().port());
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        Settings settings = Settings.load(Path.of("application.properties"), Map.of(), properties);
        int code = Commands.run(settings, out, out, arguments);
        String text = printed.toString();
        assertEquals(exitCode, code, text);
        return text;
    }
}
