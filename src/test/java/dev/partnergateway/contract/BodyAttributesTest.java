package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attributes among the members of a body (docs/behaviour.md#coercion). */
class BodyAttributesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            ".firstName":"john","_age":"31"                  | {"firstName":"john","age":31}
            ".age":31,"attributes":{"zip":"0123"}            | {"zip":"0123","age":31}
            "_age":true,"attributes":"{\\"zip\\":\\"0123\\"}" | {"zip":"0123","age":true}
            ".list":["a",1],"attributes":""                  | {"list":["a",1]}
            ".gone":null,"_":"1"                             | {"gone":null}
            ".text":""                                       | {"text":""}
            """)
    void prefixedMembersJoinTheObject(String members, String expected) throws ContractViolation {
        assertEquals(
                expected,
                Given.coupon(members).passes().call().at("/body/attributes").toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            ".age":1,"_age":1                 | /_age: expected the attribute age once, with one prefix or as a member of the object
            ".age":1,"attributes":{"age":1}   | /.age: expected the attribute age once, with one prefix or as a member of the object
            ".a b":1                          | /.a b: expected an attribute name of a letter followed by letters, digits or underscores
            ".age":1,"attributes":[1]         | /attributes: expected a JSON object, got an array
            ".age":1,"attributes":"x"         | /attributes: expected a JSON object, got a string
            ".age":["\\u0000"]                | /.age/0: expected text without NUL characters
            """)
    void whatCannotBeMeantIsRefused(String members, String expected) {
        assertEquals(expected, Given.coupon(members).fails());
    }
}
