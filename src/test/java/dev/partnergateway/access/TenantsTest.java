package dev.partnergateway.access;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.fuzz.GoodCalls;
import dev.partnergateway.fuzz.GoodCalls.Good;
import dev.partnergateway.fuzz.GoodCalls.Pair;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.sandbox.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A tenant neither sees nor touches what is stored for another, however alike their calls are: another Application,
 * another deployment, another key. The calls are those of the cases, of every operation of every contract.
 */
@BesideOthers
class TenantsTest {

    /** Answered from what is stored (docs/behaviour.md#repeats). */
    private static final Set<String> STORED = Set.of(
            "braze/createCoupon",
            "braze/createReferral",
            "braze/trackEvent",
            "cdp/updateCustomerProfile",
            "cep/addLoyaltyPoints",
            "cep/createCoupon",
            "cep/createReferral",
            "iterable/createCoupon",
            "iterable/createReferral",
            "mparticle/sendevent",
            "segment/trackEvent",
            "segment/trackEventV2",
            "segment/updateCustomerProfile",
            "segment/updateCustomerProfileV2",
            "segment/updateCustomerSession",
            "segment/v2/updateCustomerProfile",
            "segment/v2/updateCustomerSession");

    /** Members and parameters that name what belongs to an Application, and what the other one has. */
    private static final Map<String, Integer> OTHER_SHOPS = Map.of(
            "applicationid", Seed.OTHER_SHOP,
            "campaignid", Seed.OTHER_CAMPAIGN,
            "loyaltyprogramid", Seed.OTHER_PROGRAM);

    /** A code that is written out can be made only once; audiences and other campaigns are not there for everybody. */
    private static final Pattern NOT_FOR_ALL = Pattern.compile(
            "couponPattern|t1AudienceID|\"audiences\"|(?i)campaignid[^0-9]{1,12}" + Seed.DISABLED_CAMPAIGN + "\\b");

    private static GatewayUnderTest gateway;
    /** Calls of one operation that are tried for all tenants. */
    private static final int ENOUGH = 2;

    /** The Talon.One that does not tell Applications: what needs one is refused there. */
    private static final int UNTOLD = 2;

    private static final List<Sandbox> SANDBOXES = new ArrayList<>();
    private static final List<SandboxControl> CONTROLS = new ArrayList<>();

    /** Who calls; the first two are in one Talon.One, and so are the last two, which tells nobody their Application. */
    private enum Tenant {
        DEMO("one.example", Seed.DEMO_SHOP_KEY, 0),
        OTHER_APPLICATION("one.example", Seed.OTHER_SHOP_KEY, 0),
        OTHER_DEPLOYMENT("two.example", Seed.DEMO_SHOP_KEY, 1),
        UNKNOWN("three.example", Seed.DEMO_SHOP_KEY, TenantsTest.UNTOLD),
        OTHER_UNKNOWN("three.example", Seed.OTHER_SHOP_KEY, TenantsTest.UNTOLD);

        private final String host;
        private final String key;
        private final int talonOne;

        Tenant(String host, String key, int talonOne) {
            this.host = host;
            this.key = key;
            this.talonOne = talonOne;
        }

        boolean otherShop() {
            return key.equals(Seed.OTHER_SHOP_KEY);
        }
    }

    @BeforeAll
    static void start() {
        Map<String, String> settings = new HashMap<>();
        for (String name : List.of("one", "two", "three")) {
            Sandbox sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi", "talon-one.yaml"));
            SANDBOXES.add(sandbox);
            CONTROLS.add(new SandboxControl(new Http(sandbox.port())));
            String deployment = "gateway.deployments." + name;
            settings.put(deployment + ".host", name + ".example");
            settings.put(deployment + ".base-url", "http://127.0.0.1:" + sandbox.port());
            settings.put(deployment + ".management-key", Seed.MANAGEMENT_KEY);
            settings.put(deployment + ".management-rate", "0");
            settings.put(deployment + ".callback-hosts", name + ".callbacks.example");
        }
        settings.put("gateway.sandbox", "false");
        settings.put("gateway.deadline", "30000");
        settings.put("gateway.deadline.braze", "30000");
        settings.put("gateway.sweep-interval", "999999999");
        gateway = GatewayUnderTest.start(settings);
        CONTROLS.forEach(control -> control.limits("{\"managementPerSecond\":0}"));
        CONTROLS.get(UNTOLD)
                .fault("{\"operation\":\"integrationGetAllCampaigns\",\"kind\":\"status\",\"status\":404,\"times\":0}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        SANDBOXES.forEach(Sandbox::close);
    }

    /** What became of a call, and what was written at each Talon.One for it. */
    private record Outcome(Http.Answer answer, List<List<JsonNode>> writes) {

        boolean wrote() {
            return writes.stream().anyMatch(each -> !each.isEmpty());
        }

        Set<String> keys() {
            Set<String> keys = new TreeSet<>();
            writes.forEach(each ->
                    each.forEach(call -> keys.add(call.path("idempotencyKey").asText())));
            keys.remove("");
            return keys;
        }
    }

    @Test
    void theSameCallOfAnotherTenantHasItsOwnResult() throws IOException {
        Set<String> stored = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("openapi"))) {
            for (Path file : files.sorted().toList()) {
                String integration = file.getFileName().toString().replace(".yaml", "");
                if (integration.equals("talon-one")) {
                    continue;
                }
                for (Operation operation : Contract.read(file).operations()) {
                    int told = 0;
                    for (Good good : GoodCalls.of(integration, operation)) {
                        if (told < ENOUGH && tell(operation, good, stored)) {
                            told++;
                        }
                    }
                }
            }
        }
        assertEquals(new TreeSet<>(STORED), stored);
    }

    private static boolean tell(Operation operation, Good good, Set<String> stored) throws IOException {
        if (NOT_FOR_ALL.matcher(good.toString()).find()) {
            return false;
        }
        Outcome first = send(good, Tenant.DEMO);
        Outcome again = send(good, Tenant.DEMO);
        if (first.answer().status() / 100 != 2 || !first.wrote()) {
            return false;
        }
        Map<Tenant, Outcome> outcomes = new LinkedHashMap<>();
        outcomes.put(Tenant.DEMO, first);
        if (!again.wrote()
                && Arrays.equals(first.answer().body(), again.answer().body())) {
            stored.add(operation.id());
            others(operation, good, outcomes, true);
            return true;
        } else if (!first.keys().isEmpty() && first.keys().equals(again.keys())) {
            others(operation, good, outcomes, false);
            return true;
        }
        return false;
    }

    private static void others(Operation operation, Good good, Map<Tenant, Outcome> outcomes, boolean stored)
            throws IOException {
        for (Tenant tenant : Tenant.values()) {
            if (tenant != Tenant.DEMO) {
                Outcome outcome = send(good, tenant);
                String at = operation.id() + " of " + tenant + ": "
                        + outcome.answer().text();
                boolean refused = tenant.talonOne == UNTOLD && outcome.answer().status() == 401;
                assertTrue(refused || operation.proof().isNone() || tenant.talonOne != UNTOLD, at);
                if (!refused) {
                    assertEquals(2, outcome.answer().status() / 100, at);
                    assertTrue(!outcome.writes().get(tenant.talonOne).isEmpty(), at);
                }
                outcomes.put(tenant, outcome);
            }
        }
        Set<String> keys = new TreeSet<>();
        int each = 0;
        for (Map.Entry<Tenant, Outcome> entry : outcomes.entrySet()) {
            Outcome outcome = entry.getValue();
            for (int i = 0; i < CONTROLS.size(); i++) {
                assertTrue(
                        i == entry.getKey().talonOne || outcome.writes().get(i).isEmpty(), operation.id());
            }
            keys.addAll(outcome.keys());
            each += outcome.keys().size();
        }
        assertEquals(each, keys.size(), operation.id() + ": no two tenants share a key at Talon.One");
        for (Map.Entry<Tenant, Outcome> entry : outcomes.entrySet()) {
            Outcome outcome = entry.getValue();
            if (outcome.answer().status() == 200 && stored) {
                Outcome repeat = send(good, entry.getKey());
                assertArrayEquals(
                        outcome.answer().body(), repeat.answer().body(), operation.id() + " " + entry.getKey());
                assertTrue(!repeat.wrote(), operation.id() + " " + entry.getKey());
                made(outcome)
                        .forEach(code -> outcomes.forEach((other, otherOutcome) -> assertTrue(
                                other == entry.getKey()
                                        || other.talonOne != entry.getKey().talonOne
                                        || !otherOutcome.answer().text().contains(code),
                                operation.id() + ": " + other + " sees what " + entry.getKey() + " has")));
            }
        }
    }

    /** Codes that were made for a call; those of referrals begin anew in each Talon.One. */
    private static List<String> made(Outcome outcome) {
        JsonNode answer = outcome.answer().json();
        return Stream.of("Value", "code")
                .map(name -> "\"" + answer.path(name).asText() + "\"")
                .filter(code -> code.length() > 2)
                .toList();
    }

    private static Outcome send(Good good, Tenant tenant) throws IOException {
        CONTROLS.forEach(SandboxControl::forgetCalls);
        List<String> headers = new ArrayList<>(List.of("Idempotency-Key", "call-" + good.hashCode()));
        for (Pair header : good.headers()) {
            headers.add(header.name());
            headers.add(text(header.value(), tenant));
        }
        List<Pair> query = good.query().stream()
                .map(pair -> new Pair(pair.name(), id(pair.name(), text(pair.value(), tenant), tenant)))
                .toList();
        byte[] body = null;
        if (good.body() != null) {
            JsonNode copy = good.body().deepCopy();
            ids(copy, tenant);
            body = text(copy.toString(), tenant).getBytes(StandardCharsets.UTF_8);
        }
        byte[] sent = body;
        AtomicReference<Http.Answer> told = new AtomicReference<>();
        // Some files allow so many calls a second.
        Await.until(() -> told.get().text(), () -> {
            told.set(gateway.partner()
                    .send(
                            good.operation().method(),
                            GoodCalls.target(good.path(), query),
                            sent,
                            headers.toArray(String[]::new)));
            return told.get().status() != 429;
        });
        Http.Answer answer = told.get();
        List<List<JsonNode>> writes = new ArrayList<>();
        for (SandboxControl control : CONTROLS) {
            writes.add(control.calls().stream()
                    .filter(call -> !call.path("method").asText().equals("GET")
                            && !call.path("operation").asText().startsWith("search"))
                    .toList());
        }
        return new Outcome(answer, writes);
    }

    private static String text(String text, Tenant tenant) {
        if (text.startsWith("Basic ")) {
            String decoded = new String(Base64.getDecoder().decode(text.substring(6)), StandardCharsets.UTF_8);
            return "Basic "
                    + Base64.getEncoder().encodeToString(text(decoded, tenant).getBytes(StandardCharsets.UTF_8));
        }
        return text.replace(Seed.HOST, tenant.host)
                .replace(Seed.OTHER_SHOP_KEY, Seed.DEMO_SHOP_KEY)
                .replace(Seed.DEMO_SHOP_KEY, tenant.key);
    }

    private static String id(String name, String value, Tenant tenant) {
        Integer others = OTHER_SHOPS.get(name.toLowerCase(Locale.ROOT));
        return others == null || !tenant.otherShop() ? value : others.toString();
    }

    private static void ids(JsonNode node, Tenant tenant) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(member -> {
                JsonNode value = member.getValue();
                if (value.isValueNode() && !value.isNull()) {
                    String changed = id(member.getKey(), value.asText(), tenant);
                    if (value.isNumber() && !changed.equals(value.asText())) {
                        object.put(member.getKey(), Integer.parseInt(changed));
                    } else if (!changed.equals(value.asText())) {
                        object.put(member.getKey(), changed);
                    }
                }
                ids(value, tenant);
            });
        } else if (node instanceof ArrayNode array) {
            array.forEach(each -> ids(each, tenant));
        }
    }

    private static Http.Answer audience(Tenant tenant, String platform, String method, String id, String body) {
        return gateway.partner()
                .send(
                        method,
                        "/cdp/audiences" + id,
                        body,
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + tenant.key,
                        "destination-hostname",
                        tenant.host,
                        "customer-data-platform-name",
                        platform);
    }

    @Test
    void anAudienceIsFoundOnlyInItsOwnDeploymentAndPlatform() {
        String create = "{\"audienceId\":\"theirs\",\"audienceName\":\"A\"}";
        String rename = "{\"audienceName\":\"B\"}";
        Http.Answer one = audience(Tenant.DEMO, "platform", "POST", "", create);
        assertEquals(201, one.status(), one.text());
        assertEquals(
                404,
                audience(Tenant.OTHER_DEPLOYMENT, "platform", "PUT", "/theirs", rename)
                        .status());
        assertEquals(
                404,
                audience(Tenant.OTHER_DEPLOYMENT, "platform", "DELETE", "/theirs", null)
                        .status());
        assertEquals(
                404, audience(Tenant.DEMO, "another", "PUT", "/theirs", rename).status());
        assertEquals(
                404, audience(Tenant.DEMO, "another", "DELETE", "/theirs", null).status());

        audience(Tenant.OTHER_DEPLOYMENT, "platform", "POST", "", create.replace("theirs", "one-more"));
        Http.Answer two = audience(Tenant.OTHER_DEPLOYMENT, "platform", "POST", "", create);
        assertNotEquals(one.json().path("id"), two.json().path("id"), "the ids of two Talon.Ones differ");
        Http.Answer renamed = audience(Tenant.DEMO, "platform", "PUT", "/theirs", rename);
        assertEquals(one.json().path("id"), renamed.json().path("id"));
        assertEquals(
                204,
                audience(Tenant.OTHER_DEPLOYMENT, "platform", "DELETE", "/theirs", null)
                        .status());
        assertEquals(
                200, audience(Tenant.DEMO, "platform", "PUT", "/theirs", rename).status(), "one's is still there");
    }

    @Test
    void aCallbackGoesOnlyWhereItsOwnDeploymentAllows() {
        for (Tenant tenant : List.of(Tenant.DEMO, Tenant.OTHER_DEPLOYMENT)) {
            for (String host : List.of("one", "two")) {
                Http.Answer answer = gateway.partner()
                        .send(
                                "PUT",
                                "/segment/v2/customer_sessions/callback",
                                "{\"profileId\":\"bob\"}",
                                "Content-Type",
                                "application/json",
                                "Authorization",
                                "ApiKey-v1 " + tenant.key,
                                "destination-hostname",
                                tenant.host,
                                "X-Callback-Destination-URI",
                                "https://" + host + ".callbacks.example/");
                assertEquals(tenant.host.startsWith(host) ? 200 : 400, answer.status(), answer.text());
            }
        }
    }

    private static Http.Answer coupon(Tenant tenant) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"" + tenant.host + "\",\"applicationId\":" + (tenant.otherShop() ? 2 : 1)
                                + ",\"campaignId\":" + (tenant.otherShop() ? 20 : 10)
                                + ",\"identifier\":\"unfinished\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + tenant.key);
    }

    @Test
    void aCallThatIsNotFinishedHoldsUpNobodyElse() {
        CONTROLS.get(0).fault("{\"operation\":\"createCoupons\",\"kind\":\"reset\",\"times\":1}");
        CONTROLS.get(0)
                .fault(
                        "{\"operation\":\"getCouponsWithoutTotalCount\",\"kind\":\"status\",\"status\":503,\"times\":0}");
        try {
            assertEquals(504, coupon(Tenant.DEMO).status(), "nobody can tell what became of it");
            for (Tenant tenant : List.of(Tenant.OTHER_APPLICATION, Tenant.OTHER_DEPLOYMENT)) {
                Http.Answer answer = coupon(tenant);
                assertEquals(200, answer.status(), answer.text());
            }
        } finally {
            CONTROLS.get(0).endFaults();
        }
    }
}
