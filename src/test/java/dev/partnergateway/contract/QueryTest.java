package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Query parameters (docs/behaviour.md#coercion) and attributes among them (docs/behaviour.md#attributes). */
class QueryTest {

    @Test
    void theValuesHaveTheirDeclaredNamesAndTypesAndDefaults() throws ContractViolation {
        assertEquals(
                "{\"campaignId\":5,\"usageLimit\":1,\"skip\":false}",
                Given.query("").query().toString());
        assertEquals(
                "{\"campaignId\":5,\"recipientIntegrationId\":\"a b\",\"usageLimit\":0,\"skip\":true,\"discountLimit\":1.50}",
                Given.query("recipientIntegrationID=a+b&skip=True&USAGELIMIT=0&discountLimit=1.50&other=%zz")
                        .query()
                        .toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            startDate=2026-01-31T09:30:00%2B02:00 | 2026-01-31T09:30:00+02:00
            startDate=2026-01-31T09:30:00+02:00   | 2026-01-31T09:30:00+02:00
            startDate=2026-01-31T09:30:00.5Z      | 2026-01-31T09:30:00.5Z
            startDate=2026-01-31T09%3A30%3A00Z    | 2026-01-31T09:30:00Z
            """)
    void anUnescapedPlusInADateIsRepaired(String query, String expected) throws ContractViolation {
        assertEquals(expected, Given.query(query).query().get("startDate").textValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            usageLimit=1.0                          | query parameter usageLimit: expected a 64-bit integer, got a string
            skip=1                                  | query parameter skip: expected true or false, got a string
            startDate=2026-02-30T00:00:00Z          | query parameter startDate: expected an RFC 3339 date-time such as 2026-01-31T09:30:00Z
            recipientIntegrationId=%ff              | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            recipientIntegrationId=%c0%80           | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            recipientIntegrationId=%ed%a0%80        | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            recipientIntegrationId=a%00b            | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            recipientIntegrationId=%4               | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            recipientIntegrationId=%-1              | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            recipientIntegrationId=100%             | query parameter recipientIntegrationId: expected percent-encoded UTF-8 without NUL
            %zz=1                                   | the query string: expected percent-encoded UTF-8 without NUL
            campaignId=6                            | query parameter campaignId: expected once, found it several times
            CampaignID=5                            | query parameter campaignId: expected once, found it several times
            skip=true&SKIP=true&Skip=true           | query parameter skip: expected once, found it several times
            """)
    void whatDoesNotFitIsNamed(String query, String expected) {
        assertEquals(expected, Given.query(query).fails());
    }

    @Test
    void aMissingOrBlankRequiredParameterIsNamed() {
        assertEquals(
                "query parameter campaignId: is required: expected an integer of at least 1",
                Given.query("").rawQuery(null).fails());
        assertEquals(
                "query parameter campaignId: is required: expected an integer of at least 1, got a blank string",
                Given.query("").rawQuery("campaignId=").fails());
    }

    @ParameterizedTest
    @ValueSource(strings = {"recipientIntegrationId", "recipientIntegrationId=", "recipientIntegrationId=+", "&&=&=x"})
    void aBlankOptionalTextIsAbsent(String query) throws ContractViolation {
        assertFalse(Given.query(query).query().has("recipientIntegrationId"));
    }

    @Test
    void aValueMayHoldAnEqualsSignAndAnyCharacter() throws ContractViolation {
        assertEquals(
                "a=b&é😀/",
                Given.query("recipientIntegrationId=a=b%26%C3%A9%F0%9F%98%80/")
                        .query()
                        .get("recipientIntegrationId")
                        .textValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            .firstName=john            | {"firstName":"john"}
            _age=31                    | {"age":31}
            .note="31"                 | {"note":"31"}
            .tags=["a","b"]            | {"tags":["a","b"]}
            .list=[1,2.50]             | {"list":[1,2.50]}
            .list=[]                   | {"list":[]}
            .mixed=[1,"a"]             | {"mixed":"[1,\\"a\\"]"}
            .nulls=[null]              | {"nulls":"[null]"}
            .broken=[1                 | {"broken":"[1"}
            .broken={a}                | {"broken":"{a}"}
            .broken="                  | {"broken":"\\""}
            .broken="a"b"              | {"broken":"\\"a\\"b\\""}
            .place={"lat":1.0}         | {"place":{"lat":1.0}}
            .yes=true&.no=false        | {"yes":true,"no":false}
            .big=12345678901234567890  | {"big":12345678901234567890}
            .exact=0.10                | {"exact":0.10}
            .exact=-1.5E3              | {"exact":-1.5E+3}
            .negative=-7               | {"negative":-7}
            .text=null                 | {"text":"null"}
            .text=007                  | {"text":"007"}
            .text=TRUE                 | {"text":"TRUE"}
            .text=1,5                  | {"text":"1,5"}
            .text=%2B5                 | {"text":"+5"}
            .text=.5                   | {"text":".5"}
            .text=1.                   | {"text":"1."}
            .text=-                    | {"text":"-"}
            .text=0x1F                 | {"text":"0x1F"}
            .text=2026-01-31T09:30:00Z | {"text":"2026-01-31T09:30:00Z"}
            .text=                     | {"text":""}
            .text                      | {"text":""}
            .text=+5                   | {"text":" 5"}
            %2Ename=a+b                | {"name":"a b"}
            ._x=1&.y=2&_=123&.=4       | none
            """)
    void anAttributeIsTypedByItsText(String query, String expected) throws ContractViolation {
        if (expected.equals("none")) {
            assertEquals(
                    "query parameter attributes at /._x: expected an attribute name of a letter followed by letters,"
                            + " digits or underscores",
                    Given.query(query).fails());
        } else {
            assertEquals(expected, Given.query(query).query().get("attributes").toString());
        }
    }

    @Test
    void anEmptyAttributeNameIsWhatClientsAddToGetPastCaches() throws ContractViolation {
        assertFalse(Given.query("_=123&.=1").query().has("attributes"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            .age=1&.age=1      | query parameter attributes at /.age: expected the attribute age once, with one prefix or as a member of the object
            .age=1&_age=2      | query parameter attributes at /_age: expected the attribute age once, with one prefix or as a member of the object
            .1st=1             | query parameter attributes at /.1st: expected an attribute name of a letter followed by letters, digits or underscores
            .a-b=1             | query parameter attributes at /.a-b: expected an attribute name of a letter followed by letters, digits or underscores
            .%C3%A9=1          | query parameter attributes at /.é: expected an attribute name of a letter followed by letters, digits or underscores
            .age=%ff           | query parameter attributes at /.age: expected percent-encoded UTF-8 without NUL
            .age="\\u0000"     | query parameter attributes at /.age: expected text without NUL characters
            .age=1e999999999   | query parameter attributes at /.age: expected a number of at most 400 digits whose power of ten is from -308 to 308
            """)
    void anAttributeThatCannotBeMeantIsRefused(String query, String expected) {
        assertEquals(expected, Given.query(query).fails());
    }
}
