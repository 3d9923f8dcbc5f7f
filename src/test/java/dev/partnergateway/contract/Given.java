package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A call in the making. Every check runs against the file as it stands and as Camel inlines it, with one result. */
final class Given {
    private static final Path SHOP = Path.of("src/test/resources/contract/shop.yaml");
    private static final Contract AS_IT_STANDS = Contract.read(SHOP);
    private static final Contract INLINED = inlined(SHOP);

    private final String operationId;
    private final Map<String, String> path = new HashMap<>();
    private final Map<String, List<String>> headers = new HashMap<>();
    private String query;
    private byte[] body = new byte[0];

    private Given(String operationId) {
        this.operationId = operationId;
    }

    static Given call(String operationId) {
        return new Given(operationId);
    }

    /** A call of an operation whose members are all optional. */
    static Given values(String body) {
        return call("shop/values").body(body);
    }

    /** A call with the required members of a coupon and more of them: {@code "limits":"[]"}. */
    static Given coupon(String members) {
        return call("shop/createCoupon")
                .body("{\"deploymentUrl\":\"shop.example\",\"campaignId\":5,\"identifier\":\"i\""
                        + (members.isEmpty() ? "" : "," + members) + "}");
    }

    /** A call with the required headers and query parameters, and more of these. */
    static Given query(String more) {
        return call("shop/getCoupon")
                .header("destination-hostname", "shop.example")
                .header("platform-name", "Shop")
                .rawQuery(more.isEmpty() ? "campaignId=5" : "campaignId=5&" + more);
    }

    static Contract contract() {
        return AS_IT_STANDS;
    }

    /** The file as Camel's endpoint parses it. */
    static Contract inlined(Path file) {
        try {
            ParseOptions options = new ParseOptions();
            options.setResolveFully(true);
            return Contract.of(new OpenAPIV3Parser()
                    .readContents(Files.readString(file), null, options)
                    .getOpenAPI());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Given body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    Given body(byte[] bytes) {
        body = bytes;
        return this;
    }

    Given rawQuery(String text) {
        query = text;
        return this;
    }

    Given header(String name, String value) {
        headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                .add(value);
        return this;
    }

    Given without(String header) {
        headers.remove(header);
        return this;
    }

    Given path(String name, String value) {
        path.put(name, value);
        return this;
    }

    Checked passes() throws ContractViolation {
        Checked checked = check(AS_IT_STANDS);
        assertEquals(checked, check(INLINED));
        return checked;
    }

    /** The checked body as JSON text. */
    String body() throws ContractViolation {
        return passes().call().get("body").toString();
    }

    JsonNode query() throws ContractViolation {
        return passes().call().get("query");
    }

    JsonNode headers() throws ContractViolation {
        return passes().call().get("headers");
    }

    JsonNode path() throws ContractViolation {
        return passes().call().get("path");
    }

    /** The text of the violation, whose status is 400. */
    String fails() {
        return fails(400);
    }

    String fails(int status) {
        ContractViolation violation = assertThrows(ContractViolation.class, () -> check(AS_IT_STANDS));
        ContractViolation again = assertThrows(ContractViolation.class, () -> check(INLINED));
        assertEquals(violation.getMessage(), again.getMessage());
        assertEquals(status, violation.status());
        assertEquals(status, again.status());
        return violation.getMessage();
    }

    private Checked check(Contract contract) throws ContractViolation {
        return check(contract.operation(operationId), raw());
    }

    /** What becomes of a call whose key is good. */
    static Checked check(Operation operation, RawCall raw) throws ContractViolation {
        return operation.check(operation.open(raw, Budget.ofItsOwn()), true);
    }

    private RawCall raw() {
        return new RawCall(path, query, name -> headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()), body);
    }
}
