package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A message with more memberships than Talon.One takes in one call (docs/behaviour.md#mparticle), too long for a case.
 */
class LargeMembershipTest {

    @Test
    void moreThanAThousandMembershipsGoInSlicesOfAThousand() {
        GatewayUnderTest gateway = GatewayUnderTest.shared();
        SandboxControl sandbox = gateway.sandbox();
        sandbox.reset();
        String users = IntStream.rangeClosed(1, 1001)
                .mapToObj(i -> "{\"mpid\":\"" + i + "\",\"audiences\":[{\"audience_id\":1,\"audience_name\":\"A\","
                        + "\"audience_subscription_settings\":{\"t1AudienceID\":\"2\"},\"action\":\"add\"}]}")
                .collect(Collectors.joining(","));
        Http.Answer answer = gateway.partner()
                .send(
                        "POST",
                        "/mparticle",
                        "{\"type\":\"audience_membership_change_request\",\"id\":\"" + UUID.randomUUID()
                                + "\",\"timestamp_ms\":1685499524620,\"firehose_version\":\"2.8.1\",\"account\":"
                                + "{\"account_id\":1,\"account_settings\":{\"apiKey\":\"sandbox-key-demo-shop\","
                                + "\"deploymentURL\":\"sandbox.example\",\"userIdField\":\"mpid\","
                                + "\"runRuleEngine\":\"false\"}},\"user_profiles\":[" + users + "]}",
                        "Content-Type",
                        "application/json");
        assertEquals(200, answer.status(), answer.text());
        assertEquals(List.of(1, 1000), sizes(sandbox, "updateCustomerProfileAudiences", "data"));
        assertEquals(List.of(1, 1000), sizes(sandbox, "updateCustomerProfilesV2", "customerProfiles"));
        long members = sandbox.ledger("profiles").stream()
                .filter(profile -> profile.path("integrationId").asText().matches("[0-9]+"))
                .filter(profile -> profile.path("audienceMemberships")
                        .findValuesAsText("id")
                        .contains("2"))
                .count();
        assertEquals(1001, members, "everybody is in the audience");
    }

    private static List<Integer> sizes(SandboxControl sandbox, String operation, String list) {
        return sandbox.calls(operation).stream()
                .map((JsonNode call) -> call.path("body").path(list).size())
                .sorted()
                .toList();
    }
}
