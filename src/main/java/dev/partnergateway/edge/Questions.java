package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.PartnerCall;
import java.util.List;

/** Answers what a partner asks about one of its calls: {@code GET /<integration>/calls/<RequestUUID>}. */
@FunctionalInterface
public interface Questions {

    /**
     * What became of a call.
     *
     * @param call the question, which is a call itself
     * @param integration where it was asked
     * @param requestId of the earlier call
     * @param authorization values of the {@code Authorization} header
     * @throws dev.partnergateway.call.Refusal 404 when nothing is known of it, or it is not the asker's; as well as what
     *     refuses a key
     */
    JsonNode answer(PartnerCall call, String integration, String requestId, List<String> authorization);
}
