import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.contract.RawCall;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * CPU time of one contract check, in microseconds, beside plain Jackson reading the same bytes.
 *
 * <p>Method: one thread, 5 rounds of warm-up, then the median of 15 rounds of 50,000 calls each, CPU time of the thread
 * by ThreadMXBean. The target for a body of 10 members is 25 µs.
 *
 * <p>Run after {@code mvn -DskipTests package}:
 * {@code java -cp target/partner-gateway.jar bench/ContractBench.java}
 */
public final class ContractBench {
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 15;
    private static final int CALLS = 50_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final String OPENAPI = """
            openapi: 3.0.3
            info: {title: bench, version: '1'}
            paths:
              /coupon:
                post:
                  operationId: post
                  requestBody:
                    content:
                      application/json: {schema: {$ref: '#/components/schemas/Coupon'}}
                  responses: {'200': {description: ok}}
                get:
                  operationId: get
                  parameters:
                    - {name: destination-hostname, in: header, required: true, x-deployment: true, schema: {type: string}}
                    - {name: applicationId, in: query, required: true, schema: {type: integer, format: int64}}
                    - {name: campaignId, in: query, required: true, schema: {type: integer, format: int64}}
                    - {name: expiryDate, in: query, schema: {type: string, format: date-time}}
                    - {name: recipientIntegrationId, in: query, schema: {type: string}}
                    - {name: attributes, in: query, x-attributes: true, style: form, explode: true, schema: {type: object}}
                  responses: {'200': {description: ok}}
            components:
              schemas:
                Coupon:
                  type: object
                  required: [deploymentUrl, applicationId, campaignId, identifier]
                  properties:
                    deploymentUrl: {type: string, x-deployment: true}
                    applicationId: {type: integer, format: int64, minimum: 1, x-aliases: [applicationID]}
                    campaignId: {type: integer, format: int64, minimum: 1, x-aliases: [campaignID]}
                    identifier: {type: string, minLength: 1}
                    usageLimit: {type: integer, minimum: 0, maximum: 999999, default: 1}
                    discountLimit: {type: number, minimum: 0, maximum: 999999}
                    isReservationMandatory: {type: boolean}
                    integrationId: {type: string, maxLength: 1000}
                    startDate: {type: string, format: date-time}
                    expiryDate: {type: string, format: date-time}
                    couponPattern: {type: string, minLength: 3, maxLength: 100}
                    attributes: {type: object, x-attributes: true}
            """;

    private static final byte[] BODY = """
            {"deploymentUrl":"mycompany.europe-west1.talon.one","applicationId":"398","campaignId":"3485",
            "identifier":"5f3b6c1e-1c7b-4c1b-9a51-0b6f1d1f5c11","usageLimit":"1","discountLimit":"12.50",
            "isReservationMandatory":"false","integrationId":"URN-GV8294NV","startDate":"2026-01-31T09:30:00Z",
            "expiryDate":"2026-12-31T23:59:59+01:00"}
            """.getBytes(StandardCharsets.UTF_8);

    private static final String QUERY = "applicationId=398&campaignId=3485&expiryDate=2026-12-31T23%3A59%3A59%2B01%3A00"
            + "&recipientIntegrationId=URN-GV8294NV&.firstName=john&_age=31&.tags=%5B%22a%22%2C%22b%22%5D";

    private static volatile Object last;

    private ContractBench() {}

    /**
     * Prints the measurements.
     *
     * @param arguments not used
     * @throws Exception when a check fails, which it must not
     */
    public static void main(String[] arguments) throws Exception {
        Path file = Files.writeString(Files.createTempFile("bench", ".yaml"), OPENAPI);
        Contract contract = Contract.read(file);
        Files.delete(file);
        Operation post = contract.operation("post");
        Operation get = contract.operation("get");
        Map<String, List<String>> headers = Map.of(
                "Content-Type", List.of("application/json"), "destination-hostname", List.of("mycompany.talon.one"));
        RawCall body = new RawCall(Map.of(), null, name -> headers.getOrDefault(name, List.of()), BODY);
        RawCall query = new RawCall(Map.of(), QUERY, name -> headers.getOrDefault(name, List.of()), new byte[0]);
        ObjectMapper mapper = new ObjectMapper();

        System.out.printf("body of 10 members, %d bytes; query of 7 parameters%n", BODY.length);
        double plain = measure("Jackson readTree", () -> mapper.readTree(BODY));
        double checked = measure("check of the body", () -> post.check(body));
        double queried = measure("check of the query", () -> get.check(query));
        System.out.printf("body against readTree: %.1f times; query: %.1f times%n", checked / plain, queried / plain);
        JsonNode proof = post.check(body).call();
        System.out.println("checked body: " + proof.get("body"));
    }

    private static double measure(String name, Callable<?> call) throws Exception {
        double[] rounds = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < CALLS; i++) {
                last = call.call();
            }
            double micros = (THREADS.getCurrentThreadCpuTime() - start) / 1000.0 / CALLS;
            if (round >= 0) {
                rounds[round] = micros;
            }
        }
        Arrays.sort(rounds);
        System.out.printf("%-20s %6.2f µs CPU a call (best %.2f)%n", name, rounds[ROUNDS / 2], rounds[0]);
        return rounds[ROUNDS / 2];
    }
}
