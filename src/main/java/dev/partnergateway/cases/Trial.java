package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One call that somebody tries, on a sandbox that is as new.
 *
 * @param reply what the partner gets
 * @param calls what Talon.One got, proofs of keys included, each with its answer
 * @param violation what in the reply is not as its OpenAPI file says
 * @param took from sending the call to the end of the answer
 */
public record Trial(Reply reply, List<JsonNode> calls, Optional<String> violation, Duration took) {

    /**
     * Makes the call.
     *
     * @param call as cases write it
     * @param partnerPort of the gateway
     * @param sandboxPort of the sandbox that its deployments are
     * @param contracts the folder of OpenAPI files
     */
    public static Trial of(JsonNode call, int partnerPort, int sandboxPort, Path contracts) {
        SandboxPort sandbox = new SandboxPort(sandboxPort);
        sandbox.reset();
        long begun = System.nanoTime();
        Reply reply = new HttpPort(partnerPort).send(PartnerRequest.of(call));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        Optional<String> violation = new AnswerContract(contracts)
                .violation(call.path("method").asText(), call.path("path").asText(), reply);
        return new Trial(reply, sandbox.answeredCalls(), violation, took);
    }
}
