package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers for a thousand contacts: compressed on request, whole, and never larger than the contract allows. */
class LargeAnswerTest {

    private static final String KEY = "Basic "
            + Base64.getEncoder().encodeToString("ApiKey-v1:sandbox-key-demo-shop".getBytes(StandardCharsets.UTF_8));

    private final GatewayUnderTest gateway = GatewayUnderTest.shared();
    private final SandboxControl sandbox = gateway.sandbox();

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    private Http.Answer coupons(String parameters, String... headers) {
        String[] all = new String[headers.length + 4];
        all[0] = "Authorization";
        all[1] = KEY;
        all[2] = "Content-Type";
        all[3] = "application/json";
        System.arraycopy(headers, 0, all, 4, headers.length);
        return gateway.partner()
                .send(
                        "POST",
                        "/emarsys/customer_profiles/coupons?deployment=sandbox.example",
                        "{\"parameters\":" + parameters + ",\"fields\":[\"value\"],\"limit\":1000}",
                        all);
    }

    private static String contacts(int count, String more) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"campaignId\":\"10\",\"integrationId\":\"alice\",\"row\":" + i + more + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aThousandContactsAreAnsweredInTheirOrder() {
        Http.Answer answer = coupons(contacts(1000, ""));
        assertEquals(200, answer.status(), answer.text());
        List<Integer> rows = IntStream.range(0, 1000)
                .mapToObj(i -> answer.json().path("content").path(i).path("row").asInt(-1))
                .toList();
        assertEquals(IntStream.range(0, 1000).boxed().toList(), rows);
        assertEquals(1, sandbox.calls("getCustomerInventory").size(), "one profile is asked about once");
    }

    @Test
    void oneContactMoreIsRefusedBeforeAnythingIsAsked() {
        Http.Answer answer = coupons(contacts(1001, ""));
        assertEquals(400, answer.status());
        assertTrue(answer.text().contains("/parameters: expected an array of at most 1000 items"), answer.text());
        assertEquals(List.of(), sandbox.work());
    }

    @Test
    void anAnswerIsCompressedForACallerThatAsksForIt() throws IOException {
        Http.Answer plain = coupons(contacts(100, ""), "Accept-Encoding", "identity");
        Http.Answer packed = coupons(contacts(100, ""), "Accept-Encoding", "gzip");
        assertNull(plain.header("Content-Encoding"));
        assertEquals("gzip", packed.header("Content-Encoding"));
        assertTrue(packed.body().length < plain.body().length);
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertArrayEquals(plain.body(), unpacked.readAllBytes());
        }
    }

    @Test
    void anAnswerThatWouldBeTooLargeIsRefusedAndSaysWhatToAskLessOf() {
        String note = ",\"note\":\"" + "x".repeat(900) + "\"";
        assertEquals(200, coupons(contacts(1000, note)).status());
        for (int i = 0; i < 2; i++) {
            Http.Answer created = gateway.partner()
                    .send(
                            "POST",
                            "/braze/coupon",
                            "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,"
                                    + "\"integrationId\":\"alice\",\"identifier\":\"" + java.util.UUID.randomUUID()
                                    + "\"}",
                            "Authorization",
                            "ApiKey-v1 sandbox-key-demo-shop",
                            "Content-Type",
                            "application/json");
            assertEquals(200, created.status(), created.text());
        }
        Http.Answer answer = coupons(contacts(1000, note));
        assertEquals(400, answer.status());
        assertTrue(
                answer.text().contains("at most 2000000 are taken: ask for fewer parameters or fields"), answer.text());
    }
}
