package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing of Talon.One's Third-party API is left out. */
class EveryOperationTest {

    /** Every operation of the Third-party API, by the integration that serves it. */
    private static final Map<String, List<String>> OPERATIONS = Map.of(
            "braze",
                    List.of(
                            "braze/createReferral",
                            "braze/createCoupon",
                            "braze/createCouponReservation",
                            "braze/trackEvent"),
            "cdp",
                    List.of(
                            "cdp/updateCustomerProfile",
                            "cdp/updateCustomerProfilesAudiences",
                            "cdp/createAudience",
                            "cdp/updateAudience",
                            "cdp/deleteAudience",
                            "cdp/updateCustomerProfileAudiences",
                            "cdp/v2/updateCustomerProfilesAudiences"),
            "customer-engagement",
                    List.of("cep/createCoupon", "cep/createReferral", "cep/loyalty", "cep/addLoyaltyPoints"),
            "emarsys",
                    List.of(
                            "emarsys/getCoupon",
                            "emarsys/getLoyaltyProgramBalance",
                            "emarsys/v2/updateCustomerProfilesAudiences"),
            "iterable", List.of("iterable/createCoupon", "iterable/createReferral", "iterable/loyalty"),
            "mparticle", List.of("mparticle/sendevent"),
            "segment",
                    List.of(
                            "segment/updateCustomerProfile",
                            "segment/updateCustomerProfileV2",
                            "segment/v2/updateCustomerProfile",
                            "segment/updateCustomerProfilesAudiences",
                            "segment/trackEvent",
                            "segment/trackEventV2",
                            "segment/updateCustomerProfileAudiences",
                            "segment/v2/updateCustomerProfilesAudiences",
                            "segment/createAudience",
                            "segment/updateAudience",
                            "segment/deleteAudience",
                            "segment/updateCustomerSession",
                            "segment/v2/updateCustomerSession"));

    private static final int ALL = 35;

    private static TreeSet<String> integrations() {
        return new TreeSet<>(OPERATIONS.keySet());
    }

    @ParameterizedTest
    @MethodSource("integrations")
    void anIntegrationServesAllOfItsOperations(String integration) {
        assertEquals(new TreeSet<>(OPERATIONS.get(integration)), operations(integration));
    }

    @Test
    void allOperationsOfTheThirdPartyApiAreServed() {
        assertEquals(ALL, OPERATIONS.values().stream().mapToInt(List::size).sum());
        assertEquals(
                ALL,
                integrations().stream()
                        .mapToInt(each -> operations(each).size())
                        .sum());
    }

    private static TreeSet<String> operations(String integration) {
        TreeSet<String> ids = new TreeSet<>();
        Contract.read(Path.of("openapi", integration + ".yaml"))
                .operations()
                .forEach((Operation operation) -> ids.add(operation.id()));
        return ids;
    }
}
