package dev.partnergateway.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Access;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Timestamps;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * Carries out {@code talon-one:createAudienceV2}: takes {@code {body}} of createAudienceV2, gives the audience. The
 * partner's id is its natural key: when the outcome is not known, it is sent again, and an audience that is there then,
 * with this name and made since, is the answer (docs/behaviour.md#repeats). Another one that is there is refused with
 * 409, or with {@code "existing": "take"} beside {@code body} given back with an extra member {@code "existing": true};
 * where only the gateway's own map knows it, the answer holds no more than its ids. An audience that goes by the id
 * {@code "or"} beside {@code existing} is taken before one is created.
 */
public final class AudienceCreation implements UpstreamStep {

    private final TalonOne talonOne;
    private final UpstreamOperation create;
    private final Access access;
    private final AudienceTable table;
    private final AudienceListing listing;

    AudienceCreation(TalonOne talonOne, Access access, AudienceTable table, AudienceListing listing) {
        this.talonOne = talonOne;
        this.create = talonOne.contract().operation("createAudienceV2");
        this.access = access;
        this.table = table;
        this.listing = listing;
    }

    @Override
    public JsonNode run(Exchange exchange, ObjectNode request) {
        PartnerCall call = PartnerCall.of(exchange);
        boolean take = request.path("existing").asText().equals("take");
        if (take && request.has("or")) {
            Optional<ObjectNode> other = other(call, request);
            if (other.isPresent()) {
                return other.get().deepCopy().put("existing", true);
            }
        }
        Instant begun = Instant.now();
        Optional<UpstreamAnswer> first = first(call, request);
        UpstreamAnswer answer = first.orElseGet(() -> second(call, request));
        if (answer.status() != 409 || !answer.refuses(create)) {
            if (!answer.ok()) {
                throw TalonOne.refusal(create, answer);
            }
            return answer.body();
        }
        ExternalId external = ExternalId.of(request.path("body"));
        if (first.isEmpty() || take) {
            ObjectNode audience = existing(call, external).orElseThrow(() -> exists(external));
            if (first.isEmpty()
                    && ours(
                            audience,
                            request.path("body"),
                            call.deployment().clock().earliest(begun))) {
                return audience;
            }
            if (take) {
                return audience.deepCopy().put("existing", true);
            }
        }
        throw exists(external);
    }

    /** An audience that goes by another id; looked up with the operator's key, so the caller's is verified first. */
    private Optional<ObjectNode> other(PartnerCall call, ObjectNode request) {
        access.verify(call);
        ExternalId external = new ExternalId(
                request.path("body").path("integration").asText(),
                request.path("or").asText());
        Optional<ObjectNode> known = known(call, external);
        if (call.deployment().managementKey().isEmpty()) {
            return known;
        }
        ObjectNode listed = listing.recent(call).get(external);
        // The list does not have it yet, but this gateway has just created it.
        return listed == null && known.isPresent() ? existing(call, external) : Optional.ofNullable(listed);
    }

    /** The first answer, if it says what became of the call; leaves time for asking again. */
    private Optional<UpstreamAnswer> first(PartnerCall call, ObjectNode request) {
        try {
            UpstreamAnswer answer = send(call, request, call.upstreamWait().dividedBy(2));
            return answer.doubtful() ? Optional.empty() : Optional.of(answer);
        } catch (Unanswered e) {
            if (!e.sent()) {
                throw TalonOne.refusal(create, e);
            }
            return Optional.empty();
        }
    }

    private UpstreamAnswer second(PartnerCall call, ObjectNode request) {
        try {
            return send(call, request, call.upstreamWait());
        } catch (Unanswered e) {
            throw TalonOne.refusal(create, e);
        }
    }

    private UpstreamAnswer send(PartnerCall call, ObjectNode request, Duration patience) throws Unanswered {
        call.sends(PartnerCall.Phase.SENDING);
        return talonOne.send(UpstreamCall.of(create, call.deployment(), call.credential(), request, null, patience));
    }

    private Optional<ObjectNode> existing(PartnerCall call, ExternalId external) {
        if (call.deployment().managementKey().isPresent()) {
            ObjectNode audience = listing.recent(call).get(external);
            if (audience == null) {
                audience = listing.now(call).get(external);
            }
            if (audience != null) {
                return Optional.of(audience);
            }
        }
        return known(call, external);
    }

    private Optional<ObjectNode> known(PartnerCall call, ExternalId external) {
        return Optional.ofNullable(
                        table.find(call.deployment().name(), List.of(external)).get(external))
                .filter(id -> id != AudienceTable.GONE)
                .map(id -> JsonNodeFactory.instance
                        .objectNode()
                        .put("id", id)
                        .put("integration", external.integration())
                        .put("integrationId", external.id()));
    }

    private static boolean ours(JsonNode audience, JsonNode wanted, Instant earliest) {
        return audience.path("name").equals(wanted.path("name"))
                && !Timestamps.of(audience.path("created")).isBefore(earliest);
    }

    private static Refusal exists(ExternalId external) {
        return Refusal.of(409, "The audience with the ID '" + external.id() + "' already exists");
    }
}
