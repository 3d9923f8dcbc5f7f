package dev.partnergateway.attribute;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.RequestPreparation;
import dev.partnergateway.talonone.UpstreamOperation;
import java.util.regex.Pattern;

/** Refuses an event of a type that Talon.One can have none of, before anything is sent. */
public final class EventTypes implements RequestPreparation {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");

    @Override
    public void prepare(PartnerCall call, UpstreamOperation operation, ObjectNode request) {
        boolean event = operation.attributesOf().containsValue(AttributeObject.EVENT);
        if (event && !NAME.matcher(request.path("body").path("type").asText()).matches()) {
            throw Refusal.of(400, "The name of an event has letters, digits and underscores only");
        }
    }
}
