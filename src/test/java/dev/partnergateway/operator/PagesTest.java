package dev.partnergateway.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.harness.Browser;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The operator's pages in a real browser. With {@code -Dpictures=<folder>} it leaves pictures of every page there, wide and
 * narrow, light and dark.
 */
class PagesTest {

    private static final String KEY = "ApiKey-v1 sandbox-key-demo-shop";
    private static final String TOKEN = "a-token-for-the-pages-test";

    /** It would be noticed if a browser took it for anything but text. */
    private static final String SCRIPT = "\"><img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

    private static final String RIGHT_TO_LEFT = "לקוח מספר 7 عميل";
    private static final List<String> PAGES = List.of("/", "/calls", "/decisions", "/integrations", "/deployments");

    private static GatewayUnderTest gateway;
    private static Browser browser;
    private static String origin;

    @BeforeAll
    static void start() {
        boolean there = Browser.onThePath().isPresent();
        if (!there) {
            System.out.println("PagesTest is skipped: there is no chromium on the PATH");
        }
        assumeTrue(there, "a chromium on the PATH");
        gateway = GatewayUnderTest.start(Map.of(
                "gateway.sandbox.management-rate", "0", "gateway.deadline.braze", "20000", "gateway.calls.slow", "1"));
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
        browser = Browser.start();
        origin = "http://localhost:" + gateway.operator().port();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
            gateway.close();
        }
    }

    private static Http.Answer coupon(String identifier, String recipient, String... headers) {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("deploymentUrl", "sandbox.example")
                .put("applicationId", 1)
                .put("campaignId", 10)
                .put("identifier", identifier)
                .put("integrationId", recipient)
                .toString();
        String[] all = new String[headers.length + 4];
        all[0] = "Authorization";
        all[1] = KEY;
        all[2] = "Content-Type";
        all[3] = "application/json";
        System.arraycopy(headers, 0, all, 4, headers.length);
        return gateway.partner().send("POST", "/braze/coupon", body, all);
    }

    private static void isQuiet() {
        assertEquals(List.of(), browser.complaints());
        assertTrue(browser.evaluate("window.hacked === undefined").asBoolean(), "no text of a caller was run");
        for (String request : browser.requests()) {
            assertTrue(request.startsWith(origin) || request.startsWith("data:"), request);
        }
    }

    private static void picture(String name) {
        Optional.ofNullable(System.getProperty("pictures"))
                .ifPresent(folder -> browser.picture(Path.of(folder, name + ".png")));
    }

    private static String named(String page) {
        return page.equals("/") ? "Now" : page.substring(1, 2).toUpperCase(java.util.Locale.ROOT) + page.substring(2);
    }

    @Test
    void everyPageIsShownWideAndNarrowLightAndDarkAndAsksNobodyElse() {
        coupon("message-" + UUID.randomUUID(), "ida");
        coupon("", "ida");
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1280, 390}) {
                browser.screen(width, dark, "Europe/Berlin");
                for (String page : PAGES) {
                    browser.forget();
                    browser.open(
                            origin + page,
                            "document.querySelector('h1')?.textContent === '" + named(page)
                                    + "' && document.querySelector('main .card, main table, main .empty')");
                    assertTrue(
                            browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                                    .asBoolean(),
                            page + " fits into " + width);
                    isQuiet();
                    picture(named(page) + '-' + width + (dark ? "-dark" : "-light"));
                }
            }
        }
        assertTrue(
                browser.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                                .asDouble()
                        < 1000,
                "it is there at once");
    }

    @Test
    void aCallIsFoundOpenedAndUnderstoodWithTheKeyboardAlone() {
        String identifier = "message-" + UUID.randomUUID();
        coupon(identifier, "jan");
        coupon(identifier, "jan");
        browser.screen(1280, false, "Asia/Tokyo");
        browser.forget();
        browser.open(origin + "/calls", "document.querySelector('form.filter input')");
        browser.evaluate("document.querySelector('form.filter input').focus()");
        browser.type(identifier);
        browser.press("Enter");
        browser.await("document.querySelectorAll('main tbody tr').length === 2");
        assertFalse(browser.evaluate("location.href").asText().contains(identifier), "no id in the history");
        for (int i = 0;
                i < 30
                        && !browser.evaluate("document.activeElement.matches('tbody a')")
                                .asBoolean();
                i++) {
            browser.press("Tab");
        }
        browser.press("Enter");
        browser.await("document.querySelectorAll('ol.life li').length > 2");
        String text =
                browser.evaluate("document.querySelector('main').innerText").asText();
        assertTrue(text.contains("Answered 200"), text);
        assertTrue(text.contains("It keeps its contract"), text);
        assertEquals(
                "MAIN",
                browser.evaluate("document.activeElement.tagName").asText(),
                "whoever hears the page is at its beginning");
        String shown = browser.evaluate("document.querySelector('time').title").asText();
        assertTrue(shown.matches(".*(GMT\\+9|JST).*"), "the reader's own time: " + shown);
        isQuiet();
        picture("Call");
    }

    @Test
    void amongTenThousandCallsOneIsFoundAtOnce() {
        String customer = "customer-" + UUID.randomUUID();
        coupon("message-" + UUID.randomUUID(), customer);
        IntStream.range(0, Integer.getInteger("pages.calls", 500)).parallel().forEach(i -> gateway.partner()
                .send(
                        "GET",
                        "/iterable/loyalty?deployment=sandbox.example&loyaltyProgramId=1&profileIntegrationId=bob",
                        (String) null,
                        "Authorization",
                        KEY));
        browser.screen(1280, false, "Europe/Berlin");
        browser.forget();
        browser.open(origin + "/calls", "document.querySelectorAll('main tbody tr').length === 50");
        picture("Calls-many");
        browser.evaluate("document.querySelector('main .buttons button[type=button]').click()");
        browser.await("document.querySelectorAll('main tbody tr').length === 200");
        browser.evaluate("document.querySelector('form.filter input').focus()");
        browser.type(customer);
        browser.press("Enter");
        browser.await("document.querySelectorAll('main tbody tr').length === 1");
        isQuiet();
    }

    @Test
    void whateverACallerOrAnOperatorWritesIsText() {
        String id = coupon(SCRIPT + UUID.randomUUID(), RIGHT_TO_LEFT + SCRIPT, "X-Request-Id", SCRIPT)
                .header("X-Request-Id");
        String longName = "n".repeat(200) + SCRIPT;
        coupon(longName, longName);
        gateway.partner().send("GET", "/braze/%3Cscript%3E?x=" + "%3Cimg%20src=x%3E", (String) null);
        gateway.operator()
                .send(
                        "POST",
                        "/api/parked/retry?operation=" + "%22%3E%3Cscript%3Ewindow.hacked=1%3C/script%3E",
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("who", SCRIPT.substring(0, 60) + RIGHT_TO_LEFT)
                                .put("why", longName)
                                .toString(),
                        "Content-Type",
                        "application/json");
        browser.screen(390, false, "Europe/Berlin");
        browser.forget();
        browser.open(origin + "/calls/" + id, "document.querySelector('ol.life') && document.querySelector('pre')");
        assertTrue(
                browser.evaluate("document.querySelector('main').textContent.includes('onerror')")
                        .asBoolean(),
                "it is shown as it is");
        assertTrue(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                .asBoolean());
        isQuiet();
        picture("Call-hostile");
        browser.open(origin + "/decisions", "document.querySelector('main table')");
        assertTrue(browser.evaluate("document.querySelector('main').textContent.includes('onerror')")
                .asBoolean());
        assertTrue(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                .asBoolean());
        isQuiet();
        picture("Decisions-hostile");
        browser.open(
                origin + "/calls?status=" + "%22%3E%3Cscript%3Ewindow.hacked=1%3C/script%3E",
                "document.querySelector('main table, main .failed, main .empty')");
        browser.open(
                origin + "/calls/%3Cimg%20src=x%20onerror=window.hacked=1%3E", "document.querySelector('.failed')");
        assertTrue(browser.evaluate("window.hacked === undefined").asBoolean());
    }

    @Test
    void theTokenIsAskedForAndKeptByTheTabAlone() {
        try (GatewayUnderTest own =
                GatewayUnderTest.start(Map.of("gateway.operator-host", "0.0.0.0", "gateway.operator-token", TOKEN))) {
            String place = "http://localhost:" + own.operator().port();
            browser.screen(1280, false, "Europe/Berlin");
            browser.open(place + "/deployments", "document.querySelector('dialog[open] input')");
            assertFalse(
                    browser.evaluate("document.body.innerText").asText().contains("sandbox"),
                    "nothing is shown before");
            picture("Login");
            browser.type("a-wrong-token-0123456789");
            browser.press("Enter");
            browser.await("document.querySelector('dialog[open]')?.innerText.includes('That was not it')");
            browser.type(TOKEN);
            browser.press("Enter");
            browser.await("document.querySelector('main h2')?.textContent === 'sandbox'");
            assertEquals("", browser.evaluate("document.cookie").asText());
            assertEquals("0", browser.evaluate("String(localStorage.length)").asText());
            browser.open(place + "/calls", "document.querySelector('form.filter')");
            assertTrue(browser.evaluate("!document.querySelector('dialog')").asBoolean(), "it is kept by the tab");
        }
    }

    @Test
    void contractsAreReadHereAndTriedWherePartnersCall() {
        browser.screen(1280, false, "Europe/Berlin");
        browser.forget();
        browser.open(origin + "/contract/braze", "document.querySelectorAll('.opblock').length === 4");
        assertTrue(browser.evaluate("!document.querySelector('.try-out')").asBoolean(), "only to read");
        isQuiet();
        picture("Contract");
        browser.forget();
        String partners = "http://localhost:" + gateway.partner().port();
        browser.open(partners + "/docs", "document.querySelectorAll('.opblock').length === 4");
        assertEquals(partners + "/docs/", browser.evaluate("location.href").asText());
        assertEquals(List.of(), browser.complaints());
        picture("Docs");
        browser.evaluate("[...document.querySelectorAll('.opblock')].find(one => one.innerText.includes('/coupon')"
                + ").querySelector('button').click()");
        browser.await("document.querySelector('.opblock .execute')");
        browser.evaluate("document.querySelector('.opblock .execute').click()");
        browser.await("document.querySelector('.opblock .live-responses-table .response .response-col_status')");
        String answered = browser.evaluate("document.querySelector("
                        + "'.opblock .live-responses-table .response .response-col_status').innerText")
                .asText();
        assertTrue(answered.startsWith("200"), "the example of the contract is answered: " + answered);
        picture("Docs-tried");
        for (String request : browser.requests()) {
            assertTrue(request.startsWith(partners) || request.startsWith("data:"), request);
        }
        JsonNode list =
                gateway.partner().send("GET", "/docs/list.json", (String) null).json();
        assertEquals(7, list.path("contracts").size(), list.toString());
    }
}
