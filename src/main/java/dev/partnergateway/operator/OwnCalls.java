package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.access.Deployments;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.KeptAnswer;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.PartnerCall.Phase;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.edge.Questions;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Tells partners what became of their own calls: only to a key of the same Application, or to the same key, and of others'
 * calls not even that there are any.
 */
public final class OwnCalls implements Questions {

    private static final String UNKNOWN =
            "No call of this id is known here: it is not of this key's Application, is still"
                    + " running, or was forgotten";

    private final CallsSeen calls;
    private final Access access;
    private final Deployments deployments;
    private final Function<String, Optional<KeptAnswer>> kept;
    private final Supplier<Collection<Operation>> operations;

    /**
     * Answers from what was seen, and from kept answers.
     *
     * @param kept what stands under a key
     */
    public OwnCalls(
            CallsSeen calls,
            Access access,
            Deployments deployments,
            Function<String, Optional<KeptAnswer>> kept,
            Supplier<Collection<Operation>> operations) {
        this.calls = calls;
        this.access = access;
        this.deployments = deployments;
        this.kept = kept;
        this.operations = operations;
    }

    @Override
    public JsonNode answer(PartnerCall call, String integration, String requestId, List<String> authorization) {
        Operation any = operations.get().stream()
                .filter(operation -> operation.path().startsWith('/' + integration.replace('-', '_') + '/')
                        || operation.path().equals('/' + integration.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> Refusal.of(404, UNKNOWN));
        // Without a key there is the same answer for every id.
        String hash = Access.shown(any, authorization).hash();
        SeenCall seen = calls.find(requestId)
                .filter(found -> found.proven()
                        && found.requestId().equals(requestId)
                        && found.integration().equals(integration))
                .orElseThrow(() -> Refusal.of(404, UNKNOWN));
        Deployment deployment = deployments.named(seen.deployment());
        if (deployment == null) {
            throw Refusal.of(404, UNKNOWN);
        }
        try {
            access.admitQuestion(call, any, deployment, authorization);
        } catch (Refusal refusal) {
            throw refusal.status() == 401 ? Refusal.of(404, UNKNOWN) : refusal;
        }
        boolean own = hash.equals(seen.keyHash())
                || seen.application() != 0 && seen.application() == call.life().application();
        if (!own) {
            throw Refusal.of(404, UNKNOWN);
        }
        return told(seen);
    }

    private ObjectNode told(SeenCall seen) {
        JsonNode life = calls.show(seen).path("life");
        Optional<KeptAnswer> answer = seen.claim() == null ? Optional.empty() : kept.apply(seen.claim());
        Phase reached = Phase.valueOf(life.path("reached").asText(Phase.CHECKING.name()));
        ObjectNode told = JsonNodeFactory.instance
                .objectNode()
                .put("RequestUUID", seen.requestId())
                .put("Operation", seen.operation())
                .put("Received", Instant.ofEpochMilli(seen.at()).toString())
                .put("StatusCode", seen.status());
        if (seen.callersId() != null) {
            told.put("CallersRequestId", seen.callersId());
        }
        boolean happened = seen.status() / 100 == 2;
        boolean open =
                life.path("effect").asText().equals("UNKNOWN") || seen.status() == 0 && reached != Phase.CHECKING;
        told.put("Outcome", outcome(answer, happened, open));
        // What is kept under a key is never done twice; what sets a state may be said again.
        told.put("RepeatIsSafe", answer.isPresent() || reached != Phase.SENDING_ONCE || !happened && !open);
        answer.ifPresent(stands -> told.put("Until", stands.until().toString()));
        return told;
    }

    /** What is known now, not what was known when it was answered. */
    private static String outcome(Optional<KeptAnswer> kept, boolean happened, boolean open) {
        if (kept.isPresent()) {
            return switch (kept.get().state()) {
                case ANSWERED -> "done";
                case PARKED -> "operator";
                default -> "unknown";
            };
        }
        if (happened) {
            return "done";
        }
        return open ? "unknown" : "nothing";
    }
}
