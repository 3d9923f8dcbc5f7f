package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an OpenAPI file says about its operations, and which files are refused. */
class ContractTest {
    private static final String FILE = """
            openapi: 3.0.3
            info: {title: t, version: '1'}
            paths:
              /a/{id}:
                post:
                  operationId: a
                  parameters:
                    - {name: id, in: path, required: true, schema: {type: string, maxLength: 9}}
                    - {name: h, in: header, schema: {type: string, maxLength: 9}}
                    - {name: q, in: query, schema: {type: string, maxLength: 9}}
                  requestBody:
                    content:
                      application/json:
                        schema: {$ref: '#/components/schemas/A'}
                  responses: {'200': {description: ok}}
            components:
              securitySchemes:
                token: {type: http, scheme: bearer}
              schemas:
                A: {type: object, properties: {m: {type: string, maxLength: 9}, n: {type: integer}}}
            """;

    @TempDir
    Path directory;

    @Test
    void anOperationTellsWhatTheFileSaysAboutIt() {
        Operation operation = Given.contract().operation("shop/createCoupon");
        assertEquals("shop/createCoupon", operation.id());
        assertEquals("POST", operation.method());
        assertEquals("/shop/coupon", operation.path());
        assertEquals(200, operation.successStatus());
        assertEquals(List.of(201, 200, 400), List.copyOf(operation.statuses()));
        assertEquals(Authentication.API_KEY, operation.authentication());
        assertEquals("/body/campaignId", operation.proof().campaign().toString());
        assertEquals("/body/applicationId", operation.proof().application().toString());
    }

    @Test
    void theCallerProvesItselfAsTheFileSays() {
        assertEquals(
                Authentication.BASIC,
                Given.contract().operation("shop/putProfile").authentication());
        assertEquals(
                Authentication.BODY, Given.contract().operation("shop/message").authentication());
        assertEquals(
                Authentication.NONE, Given.contract().operation("shop/values").authentication());
        assertTrue(Given.contract().operation("shop/values").proof().isNone());
    }

    @Test
    void operationsAreGivenInTheOrderOfTheFile() {
        assertEquals(
                List.of("shop/getCoupon", "shop/createCoupon", "shop/putProfile", "shop/message", "shop/values"),
                Given.contract().operations().stream().map(Operation::id).toList());
        assertThrows(
                UnsupportedOperationException.class,
                () -> Given.contract().operations().clear());
    }

    @Test
    void anUnknownOperationIsNamed() {
        NoSuchElementException missing = assertThrows(
                NoSuchElementException.class, () -> Given.contract().operation("shop/nothing"));
        assertEquals("no operation shop/nothing in this contract", missing.getMessage());
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertTrue(assertThrows(UncheckedIOException.class, () -> Contract.read(directory.resolve("none.yaml")))
                .getMessage()
                .contains("none.yaml"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            openapi: 3.0.3 | openapi: 3.1.0 | openapi: expected version 3.0.x
            operationId: a | summary: a | POST /a/{id}: an operationId is missing
            n: {type: integer} | n: {type: integer, multipleOf: 2} | a body/n: multipleOf is not supported
            n: {type: integer} | n: {not: {type: string}} | a body/n: not, other than with an enum, is not supported
            n: {type: integer} | n: {type: array, uniqueItems: true, items: {}} | a body/n: uniqueItems is not supported
            n: {type: integer} | n: {type: object, minProperties: 1} | a body/n: minProperties is not supported
            n: {type: integer} | n: {type: integer, if: {}} | attribute components.schemas.A.if is unexpected
            n: {type: integer} | n: {type: integer, maxLength: 2} | a body/n: minLength, maxLength and pattern can be used for strings that are no date-times only
            n: {type: integer} | n: {type: string, pattern: '('} | a body/n: the pattern ( cannot be read: missing closing )
            n: {type: integer} | n: {type: string, maxLength: 9, pattern: '(?!a)'} | a body/n: the pattern (?!a) cannot be read: invalid or unsupported Perl syntax
            n: {type: integer} | n: {type: string, maxLength: 9, pattern: '(a)\\1'} | cannot be read: invalid escape sequence
            n: {type: integer} | n: {type: string, not: {pattern: a}} | a body/n: not, other than with an enum, is not supported
            n: {type: integer} | n: {type: integer, not: {enum: [1]}} | a body/n: not can be used for strings that are no date-times only
            n: {type: integer} | n: {type: array, maxItems: 2, maxProperties: 1, items: {}} | a body/n: maxProperties can be used for objects only
            n: {type: integer} | n: {type: string} | /components/schemas/A/properties/n: maxLength is missing: what callers send must be bounded
            n: {type: integer} | n: {type: array, items: {}} | /components/schemas/A/properties/n: maxItems is missing
            n: {type: integer} | n: {type: array, maxItems: 2, items: {type: string}} | /components/schemas/A/properties/n/items: maxLength is missing
            n: {type: integer} | n: {type: object} | /components/schemas/A/properties/n: maxProperties is missing
            n: {type: integer} | n: {type: object, properties: {a: {type: integer}}, additionalProperties: true} | /components/schemas/A/properties/n: maxProperties is missing
            n: {type: integer} | n: {type: object, maxProperties: 2, additionalProperties: {type: string}} | /components/schemas/A/properties/n/additionalProperties: maxLength is missing
            n: {type: integer} | 'n/~o': {oneOf: [{type: integer}, {type: string}]} | /components/schemas/A/properties/n~1~0o/oneOf/1: maxLength is missing
            n: {type: integer} | n: {allOf: [{type: string}, {maxLength: 2}]} | /components/schemas/A/properties/n/allOf/0: maxLength is missing
            in: header, schema: {type: string, maxLength: 9} | in: header, schema: {type: string} | /paths/~1a~1{id}/post/parameters/1/schema: maxLength is missing
            n: {type: integer} | n: {type: integer, default: 0, minimum: 1} | a body/n: the default does not fit its own schema: the body: expected an integer of at least 1
            n: {type: integer} | n: {type: array, x-characters: true, items: {type: integer}} | a body/n: x-characters can be used for arrays of strings only
            n: {type: integer} | n: {type: integer, x-deployment: true} | a body/n: x-deployment can be used for strings only
            n: {type: integer} | n: {type: integer, x-credential: true} | a body/n: x-credential can be used for strings only
            n: {type: integer} | n: {type: integer, x-attributes: true} | a body/n: x-attributes can be used for objects only
            n: {type: integer} | n: {type: boolean, x-dry-run: true} | a body/n: x-dry-run can be used for header parameters only
            n: {type: integer} | n: {type: string, x-credential: yes please} | a body/n: x-credential must be true or false
            n: {type: integer} | n: {type: integer, x-most-changes: 2} | a body/n: x-most-changes can be used for objects and arrays only
            n: {type: integer} | n: {type: integer, x-member-names: a} | a body/n: x-member-names can be used for objects only
            n: {type: integer} | n: {type: object, x-member-names: '['} | a body/n: x-member-names cannot be read
            n: {type: integer} | n: {type: object, x-most-in-total: {n: 2}} | a body/n: x-most-in-total can be used for arrays only
            n: {type: integer} | n: {type: array, x-most-in-total: 2, items: {type: object}} | a body/n: x-most-in-total must be an object of names and numbers
            n: {type: integer} | n: {type: object, x-most-changes: 0} | a body/n: x-most-changes must be a whole number of at least 1
            n: {type: integer} | n: {type: string, x-aliases: m2} | a body/n: x-aliases must be a list of names
            n: {type: integer} | n: {type: string, x-aliases: [m]} | a body: the alias m already stands for m
            n: {type: integer} | n: {type: string, x-deploymnet: true} | a body/n: the extension x-deploymnet is unknown; known are
            n: {type: integer} | n: {type: array, items: {type: string, x-credential: true}} | a body/n/items: vendor extensions belong to a parameter or to a property of an object
            n: {type: integer} | n: {$ref: '#/components/schemas/None'} | attribute components.schemas.A.None is not of type `schema`
            n: {type: integer} | n: {$ref: '#/components/schemas/A', x-credential: true} | /components/schemas/A/properties/n: OpenAPI ignores x-credential beside a $ref; put the $ref into allOf, or the keyword where the $ref leads
            n: {type: integer} | n: {allOf: [{type: integer}, {type: string}]} | a body/n: allOf joins the types integer and string
            n: {type: integer} | n: {type: boolean, enum: [true]} | a body/n: enum can be used for strings and integers that are no date-times only
            {type: object, properties | {type: object, required: [o], properties | a body: required names o, which is no property
            in: header, schema | in: cookie, schema | a cookie parameter h: only path, query and header parameters are supported
            name: h, in: header | name: Authorization, in: header | a header parameter Authorization: OpenAPI ignores header parameters of this name
            in: header, schema | in: header, x-dry-run: true, schema | a header parameter h: x-dry-run belongs to a boolean header parameter
            in: query, schema | in: query, x-attributes: true, schema | a query parameter q: x-attributes belongs to a query parameter of type object, style form, explode true
            in: query, schema: {type: string, maxLength: 9} | in: query, schema: {type: object} | a query parameter q: a parameter must be a string, an integer, a number or a boolean
            in: query, schema | in: query, x-credential: true, schema | a query parameter q: x-credential, x-characters, x-apart, x-most-changes, x-member-names and x-most-in-total belong to properties of a body
            in: path, required: true, schema | in: path, required: true, x-aliases: [di], schema | a path parameter id: x-aliases belongs to query and header parameters and to properties of a body
            in: query, schema | in: query, x-aliases: [Q], schema | a query parameter q: another parameter has the name Q, perhaps in another letter case
            operationId: a | operationId: a, x-proof: campaign | a: x-proof must say where the call names what is proven, such as {campaign: /body/campaignId, application: /body/applicationId}
            operationId: a | operationId: a, x-proof: {campagin: /body/n} | a: x-proof knows no campagin: did you mean campaign?; known are campaign, loyalty-program, application
            operationId: a | operationId: a, x-proof: {application: /body/n} | a: x-proof proves a campaign or a loyalty-program, one of them
            operationId: a | operationId: a, x-proof: {campaign: n} | a: x-proof: campaign must be a place in the call, such as /body/campaignId
            operationId: a | operationId: a, x-proof: {campaign: /body/o} | a: x-proof: the operation declares no integer at /body/o
            operationId: a | operationId: a, x-proof: {campaign: /body/m} | a: x-proof: the operation declares no integer at /body/m
            operationId: a | operationId: a, x-proof: {loyalty-program: /query/n} | a: x-proof: the operation declares no integer at /query/n
            operationId: a | operationId: a, x-proof: {loyalty-program: /body/n} | a: x-proof: what is at /body/n must be required
            application/json | text/plain | a body: the media type text/plain is not supported
            {'200': | {'404': | a: a documented status from 200 to 299 is missing
            {'200': | {'2XX': | a: the response 2XX is not a status from 100 to 599
            operationId: a | {operationId: a, security: [{token: []}]} | skip
            """)
    void aFileThatWouldPromiseWhatDoesNotHoldIsRefused(String from, String to, String expected) throws IOException {
        String changed = expected.equals("skip")
                ? FILE.replace("operationId: a", "operationId: a\n      security: [{token: []}]")
                : FILE.replace(from, to.replace(", x-proof", "\n      x-proof"));
        Path file = Files.writeString(directory.resolve("changed.yaml"), changed);
        String message = assertThrows(IllegalArgumentException.class, () -> Contract.read(file))
                .getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertTrue(
                message.contains(
                        expected.equals("skip")
                                ? "a: the security scheme token is neither an apiKey in Authorization nor http basic"
                                : expected),
                message);
    }

    @Test
    void whatWasSentUnderAnotherNameIsToldUnderThatName() throws ContractViolation {
        Checked checked = Given.coupon("\"applicationID\":1").passes();
        assertEquals("applicationID", checked.nameOf(JsonPointer.compile("/body/applicationId")));
        assertEquals("campaignId", checked.nameOf(JsonPointer.compile("/body/campaignId")));
        assertEquals(
                "/applicationID: expected an integer of at least 1, got a string",
                Given.coupon("\"applicationID\":\"one\"").fails());
    }

    @Test
    void parametersHaveOtherNamesToo() throws IOException {
        Contract contract = Contract.read(Files.writeString(
                directory.resolve("aliases.yaml"),
                FILE.replace("name: h, in: header,", "name: h, in: header, x-aliases: [X-H],")
                        .replace("name: q, in: query,", "name: q, in: query, x-aliases: [search, s],")));
        assertEquals("{\"q\":\"1\"}", query(contract, "Search=1"));
        assertEquals("{\"q\":\"1\"}", query(contract, "q=1"));
        assertEquals("query parameter s: expected once, found it several times", query(contract, "q=1&s=1"));
        assertEquals(
                "query parameter search: expected a string of at most 9 characters",
                query(contract, "search=0123456789"));
        assertEquals("{\"h\":\"1\"}", header(contract, Map.of("X-H", "1")));
        assertEquals(
                "header X-H: expected a string of at most 9 characters", header(contract, Map.of("X-H", "0123456789")));
        assertEquals("header h: expected once, found it several times", header(contract, Map.of("X-H", "1", "h", "1")));
    }

    private static String query(Contract contract, String query) {
        return part(contract, "query", query, Map.of());
    }

    private static String header(Contract contract, Map<String, String> headers) {
        return part(contract, "headers", null, headers);
    }

    private static String part(Contract contract, String part, String query, Map<String, String> headers) {
        RawCall call = new RawCall(
                Map.of("id", "1"),
                query,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                new byte[0]);
        try {
            return Given.check(contract.operation("a"), call).call().get(part).toString();
        } catch (ContractViolation violation) {
            return violation.getMessage();
        }
    }

    @Test
    void whatNeedsNoBoundHasNone() throws IOException {
        String free =
                "n: {oneOf: [{type: string, format: date-time}, {type: string, enum: [a]}, {type: number}]}, o: {},"
                        + " p: {type: string, readOnly: true}, q: {type: object, additionalProperties: false}";
        Path file = Files.writeString(directory.resolve("free.yaml"), FILE.replace("n: {type: integer}", free));
        assertEquals("/a/{id}", Contract.read(file).operation("a").path());
    }

    private static final String BRANCHES = FILE.replace(
                    "schema: {$ref: '#/components/schemas/A'}",
                    "schema: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}],"
                            + " discriminator: {propertyName: m}}")
            + "    B: {type: object, required: [o], properties: {m: {type: string, enum: [b1, b2]}, o: {type: integer}}}\n";

    private static String check(Contract contract, String body) {
        RawCall call = new RawCall(Map.of("id", "1"), null, name -> List.of(), body.getBytes(StandardCharsets.UTF_8));
        try {
            return Given.check(contract.operation("a"), call).call().get("body").toString();
        } catch (ContractViolation violation) {
            return violation.getMessage();
        }
    }

    @Test
    void aBranchIsNamedByItsEnumOrElseByItsSchema() throws IOException {
        Contract contract = Contract.read(Files.writeString(directory.resolve("branches.yaml"), BRANCHES));
        assertEquals("{\"m\":\"A\",\"n\":1}", check(contract, "{\"m\":\"A\",\"n\":\"1\",\"o\":2}"));
        assertEquals("{\"m\":\"b2\",\"o\":2}", check(contract, "{\"m\":\"b2\",\"n\":\"1\",\"o\":2}"));
        assertEquals("/o: is required: expected a 64-bit integer", check(contract, "{\"m\":\"b1\"}"));
        assertEquals("/m: expected one of A, b1, b2", check(contract, "{\"m\":\"B\"}"));
    }

    @Test
    void aBranchThatAParserLeftWithoutANameIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("branches.yaml"), BRANCHES);
        assertEquals(
                "a body: a branch has neither an entry in the discriminator's mapping nor an enum for m",
                assertThrows(IllegalArgumentException.class, () -> Given.inlined(file))
                        .getMessage());
    }

    @Test
    void theFileOfTheseTestsIsFineAsLongAsItIsNotChanged() throws IOException {
        Path file = Files.writeString(directory.resolve("fine.yaml"), FILE);
        assertEquals("/a/{id}", Contract.read(file).operation("a").path());
        assertEquals("/a/{id}", Given.inlined(file).operation("a").path());
    }
}
