package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON; Charset=\"UTF-8\"; v=1",
                "application/vnd.shop+json",
                "application/json;charset=utf8",
                "text/json",
                "application/json; charset='utf-8'",
                "application/json;",
                ""
            })
    void jsonHasManyNames(String type) throws ContractViolation {
        assertEquals(
                "{\"small\":1,\"list\":[7]}",
                Given.values("{\"small\":1}").header("content-type", type).body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/+json",
                "application/json, application/json",
                "application/jsonx",
                "text/html; charset=\"utf-8\"",
                "nonsense",
                FORM
            })
    void whatLooksLikeJsonIsJsonWhateverItsTypeSaysAndNothingElseIs(String type) throws ContractViolation {
        for (String json : List.of("{\"small\":1}", " \r\n{\"small\":1}", "\uFEFF{\"small\":1}")) {
            assertEquals(
                    "{\"small\":1,\"list\":[7]}",
                    Given.values(json).header("Content-Type", type).body());
        }
        for (String other : List.of("", "<a/>", "small=1", "\"{}\"")) {
            assertEquals(
                    "header Content-Type: expected application/json in UTF-8",
                    Given.values(other).header("Content-Type", type).fails(415));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=koi8-r", "text/plain;charset=\"utf-16\"", FORM + "; charset=x"})
    void anotherEncodingIsRefused(String type) {
        assertEquals(
                "header Content-Type: expected application/json in UTF-8",
                Given.values("{}").header("Content-Type", type).fails(415));
    }

    @Test
    void severalTypesAreRefused() {
        assertEquals(
                "header Content-Type: expected once",
                Given.values("{}")
                        .header("Content-Type", "application/json")
                        .header("Content-Type", "application/json")
                        .fails());
    }

    @Test
    void anOperationWithoutABodyIgnoresOneAndItsType() throws ContractViolation {
        assertEquals(
                "{}",
                Given.query("").body("<a/>").header("Content-Type", "text/xml").body());
    }

    @Test
    void aFormIsReadWhereTheFileListsIt() throws ContractViolation {
        assertEquals(
                "{\"deploymentUrl\":\"shop.example\",\"campaignId\":5,\"identifier\":\"é b\",\"usageLimit\":2,"
                        + "\"validCharacters\":[\"A\"],\"attributes\":{\"zip\":\"0123\",\"age\":31}}",
                Given.call("shop/createCoupon")
                        .header("Content-Type", FORM + ";charset=utf-8")
                        .body("deploymentUrl=shop.example&campaignID=5&identifier=%C3%A9+b&usageLimit=2&integrationId="
                                + "&validCharacters=A&attributes=%7B%22zip%22%3A%220123%22%7D&_age=31")
                        .body());
        assertEquals(
                "header Content-Type: expected application/json or application/x-www-form-urlencoded in UTF-8",
                Given.call("shop/createCoupon")
                        .header("Content-Type", "text/plain")
                        .body("a=b")
                        .fails(415));
    }

    @Test
    void aFormFieldMustNotBeGivenTwiceOrBadlyEncoded() {
        assertEquals(
                "/identifier: expected once, found it several times",
                Given.call("shop/createCoupon")
                        .header("Content-Type", FORM)
                        .body("deploymentUrl=d&campaignId=5&identifier=a&identifier=a")
                        .fails());
        assertEquals(
                "the body: expected percent-encoded UTF-8 without NUL",
                Given.call("shop/createCoupon")
                        .header("Content-Type", FORM)
                        .body("deploymentUrl=d&campaignId=5&identifier=%ff")
                        .fails());
    }
}
