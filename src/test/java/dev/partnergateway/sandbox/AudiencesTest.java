package dev.partnergateway.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AudiencesTest {

    private static SandboxClient sandbox;

    @BeforeAll
    static void start() {
        sandbox = new SandboxClient();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    private static Reply create(String integration, String integrationId) {
        return sandbox.shop(
                "POST",
                "/v2/audiences",
                "{\"name\":\"New\",\"integration\":\"" + integration + "\",\"integrationId\":\"" + integrationId
                        + "\"}");
    }

    @Test
    void anAudienceIsUniqueByIntegrationAndIntegrationId() {
        assertEquals(409, create("demo-cdp", "newsletter").status());
        Reply created = create("another", "newsletter");
        assertEquals(201, created.status());
        assertEquals(3, created.json().path("id").asInt());
    }

    @Test
    void onlyTheNameChangesAndUnknownAudiencesAreNotFound() {
        Reply renamed = sandbox.shop("PUT", "/v2/audiences/1", "{\"name\":\"Letter\"}");
        assertEquals("Letter", renamed.json().path("name").asText());
        assertEquals("newsletter", renamed.json().path("integrationId").asText());
        assertEquals(
                404, sandbox.shop("PUT", "/v2/audiences/99", "{\"name\":\"x\"}").status());
        assertEquals(404, sandbox.shop("DELETE", "/v2/audiences/99", null).status());
        assertEquals(
                400, sandbox.shop("DELETE", "/v2/audiences/newsletter", null).status());
    }

    @Test
    void deletingAnAudienceDropsItsMemberships() {
        assertEquals(
                1,
                sandbox.ledger("profiles").path(0).path("audienceMemberships").size());
        assertEquals(204, sandbox.shop("DELETE", "/v2/audiences/1", null).status());
        assertEquals(
                0,
                sandbox.ledger("profiles").path(0).path("audienceMemberships").size());
        assertEquals(1, sandbox.ledger("audiences").size());
    }

    @Test
    void membershipsAreChangedTogetherOrNotAtAll() {
        String add = "{\"action\":\"add\",\"profileIntegrationId\":\"new\",\"audienceId\":2}";
        String unknown = "{\"action\":\"add\",\"profileIntegrationId\":\"new\",\"audienceId\":99}";
        String path = "/v2/customer_audiences";
        assertEquals(
                404,
                sandbox.shop("POST", path, "{\"data\":[" + add + "," + unknown + "]}")
                        .status());
        assertEquals(2, sandbox.ledger("profiles").size());
        assertEquals(204, sandbox.shop("POST", path, "{\"data\":[" + add + "]}").status());
        assertEquals(
                2, sandbox.ledger("profiles").at("/2/audienceMemberships/0/id").asInt());
        String tooMany = IntStream.range(0, 1001).mapToObj(i -> add).collect(Collectors.joining(","));
        assertEquals(
                400, sandbox.shop("POST", path, "{\"data\":[" + tooMany + "]}").status());
    }

    @Test
    void audiencesAreListedInPages() {
        JsonNode page =
                sandbox.operator("GET", "/v1/audiences?pageSize=1&skip=1", null).json();
        assertEquals("VIP", page.path("data").path(0).path("name").asText());
        assertEquals(false, page.path("hasMore").asBoolean());
        assertTrue(sandbox.operator("GET", "/v1/audiences?pageSize=1", null)
                .json()
                .path("hasMore")
                .asBoolean());
    }

    @Test
    void attributesAreListedByEntityAndCreatedOnce() {
        JsonNode events =
                sandbox.operator("GET", "/v1/attributes?entity=Event", null).json();
        assertEquals(
                "[product, amount, tags]",
                events.path("data").findValuesAsText("name").toString());
        assertEquals(3, events.path("totalResultSize").asInt());
        String body = "{\"entity\":\"Event\",\"name\":\"color\",\"title\":\"color\",\"type\":\"string\","
                + "\"description\":\"\",\"suggestions\":[],\"editable\":true}";
        assertEquals(201, sandbox.operator("POST", "/v1/attributes", body).status());
        assertEquals(409, sandbox.operator("POST", "/v1/attributes", body).status());
        String event = "{\"profileId\":\"alice\",\"type\":\"greeted\",\"attributes\":{\"color\":\"red\"}}";
        assertEquals(204, sandbox.shop("POST", "/v2/events", event).status());
        String bad = body.replace("\"name\":\"color\"", "\"name\":\"1color\"");
        assertEquals(
                "Invalid /name", sandbox.operator("POST", "/v1/attributes", bad).error(0));
    }
}
