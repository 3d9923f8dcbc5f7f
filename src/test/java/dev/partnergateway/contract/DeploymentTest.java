package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a call says which deployment it is for (docs/behaviour.md#addresses), and its key when the body holds one. */
class DeploymentTest {
    private static final String MISSING = "No Deployment URL specified";

    @Test
    void theDeploymentIsFoundInBodyHeaderAndQuery() throws ContractViolation {
        assertEquals("shop.example", Given.coupon("").passes().deployment());
        assertEquals("shop.example", Given.query("").passes().deployment());
        assertEquals(
                " https://shop.example/ ",
                Given.call("shop/putProfile")
                        .path("profileId", "a")
                        .path("audienceId", "1")
                        .rawQuery("Deployment=+https://shop.example/+")
                        .passes()
                        .deployment());
        assertNull(Given.values("{}").passes().deployment());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"deploymentUrl\":\"\"}",
                "{\"deploymentUrl\":\"  \"}",
                "{\"deploymentUrl\":null,\"x\":1}"
            })
    void aMissingDeploymentInABodyIsTheWholeViolation(String body) {
        assertEquals(MISSING, Given.call("shop/createCoupon").body(body).fails());
    }

    @Test
    void aMissingDeploymentInAHeaderOrQueryIsTheWholeViolation() {
        assertEquals(
                MISSING,
                Given.query("usageLimit=x").without("destination-hostname").fails());
        assertEquals(
                MISSING,
                Given.query("")
                        .without("destination-hostname")
                        .header("destination-hostname", " ")
                        .fails());
        assertEquals(
                MISSING,
                Given.call("shop/putProfile")
                        .path("profileId", "a")
                        .path("audienceId", "x")
                        .rawQuery("deployment=")
                        .fails());
    }

    @Test
    void severalDeploymentsAreRefused() {
        assertEquals(
                "header destination-hostname: expected once, found it several times",
                Given.query("").header("Destination-Hostname", "other.example").fails());
        assertEquals(
                "query parameter deployment: expected once, found it several times",
                Given.call("shop/putProfile")
                        .path("profileId", "a")
                        .path("audienceId", "1")
                        .rawQuery("deployment=a&deployment=b")
                        .fails());
    }

    @Test
    void aDeploymentOfAnotherKindIsAnOrdinaryProblem() {
        assertEquals(
                "/deploymentUrl: expected a string of at most 300 characters, got an object",
                Given.call("shop/createCoupon")
                        .body("{\"deploymentUrl\":{},\"campaignId\":1,\"identifier\":\"i\"}")
                        .fails());
    }

    private static Given membership(String settings) {
        return Given.call("shop/message")
                .body("{\"type\":\"membership_request\",\"account\":{\"settings\":" + settings + "}}");
    }

    @Test
    void deploymentAndCredentialMayBeDeepInABody() throws ContractViolation {
        Checked checked = membership(
                        "{\"apiKey\":\"k1\",\"deploymentURL\":\"shop.example\",\"runRuleEngine\":\"False\"}")
                .passes();
        assertEquals("shop.example", checked.deployment());
        assertEquals("k1", checked.credential());
        assertEquals("k1", checked.call().at("/body/account/settings/apiKey").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"apiKey\":\"k1\"}", "\"\"", "null"})
    void aMissingParentOfTheDeploymentIsAMissingDeployment(String settings) {
        assertEquals(MISSING, membership(settings).fails());
        assertEquals(
                MISSING,
                Given.call("shop/message")
                        .body("{\"type\":\"membership_request\"}")
                        .fails());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"apiKey\":\"\"", ",\"apiKey\":null"})
    void aMissingCredentialIsLeftToTheStepThatVerifiesIt(String apiKey) throws ContractViolation {
        assertNull(
                membership("{\"deploymentURL\":\"d\"" + apiKey + "}").passes().credential());
    }

    @Test
    void theDiscriminatorChoosesWhatIsRequired() throws ContractViolation {
        assertEquals(
                "{\"id\":\"1\",\"type\":\"registration_request\"}",
                Given.call("shop/message")
                        .body("{\"type\":\"registration_request\",\"id\":\"1\",\"account\":7}")
                        .body());
        assertEquals(
                "/type: expected one of registration_request, membership_request",
                Given.call("shop/message").body("{\"type\":\"other\"}").fails());
        assertEquals(
                "/type: is required: expected one of registration_request, membership_request",
                Given.call("shop/message").body("{}").fails());
        assertEquals(
                "/type: expected one of registration_request, membership_request, got an integer",
                Given.call("shop/message").body("{\"type\":1}").fails());
        assertEquals(
                "/profiles/1/id: expected a 64-bit integer, got a string",
                Given.call("shop/message")
                        .body("{\"type\":\"membership_request\",\"profiles\":[{\"id\":\"1\"},{\"id\":\"x\"}],"
                                + "\"account\":{\"settings\":{\"apiKey\":\"k\",\"deploymentURL\":\"d\"}}}")
                        .fails());
    }
}
