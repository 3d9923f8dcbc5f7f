package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a caller has to be proven to own before the operator's key does something for it ({@code x-proof}), by where the
 * call names it: JSON Pointers into {@code {path, query, headers, body}}. Null where the operation asks for no such proof.
 *
 * @param campaign id of the campaign that something is done in
 * @param loyaltyProgram id of the loyalty program that something is done in
 * @param application id of the Application; null = that of the caller's key
 */
public record Proof(JsonPointer campaign, JsonPointer loyaltyProgram, JsonPointer application) {

    static final String CAMPAIGN = "campaign";
    static final String LOYALTY_PROGRAM = "loyalty-program";
    static final String APPLICATION = "application";

    /** What can be proven, as contracts write it. */
    public static final List<String> KNOWN = List.of(CAMPAIGN, LOYALTY_PROGRAM, APPLICATION);

    static final Proof NONE = new Proof(null, null, null);

    /** Whether nothing is to be proven. */
    public boolean isNone() {
        return campaign == null && loyaltyProgram == null;
    }

    /** Reads {@code x-proof}; that its places are declared is looked at elsewhere. */
    static Proof read(JsonNode declared, String id) {
        if (declared.isMissingNode()) {
            return NONE;
        }
        String example = "such as {campaign: /body/campaignId, application: /body/applicationId}";
        if (!declared.isObject()) {
            throw wrong(id, "x-proof must say where the call names what is proven, " + example);
        }
        declared.fieldNames().forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
                String meant = Nearest.of(name, KNOWN);
                throw wrong(
                        id,
                        "x-proof knows no " + name + (meant == null ? "" : ": did you mean " + meant + "?")
                                + "; known are " + String.join(", ", KNOWN));
            }
        });
        Proof proof = new Proof(
                pointer(declared, CAMPAIGN, id),
                pointer(declared, LOYALTY_PROGRAM, id),
                pointer(declared, APPLICATION, id));
        if ((proof.campaign == null) == (proof.loyaltyProgram == null)) {
            throw wrong(id, "x-proof proves a campaign or a loyalty-program, one of them, " + example);
        }
        return proof;
    }

    private static JsonPointer pointer(JsonNode declared, String name, String id) {
        JsonNode value = declared.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isTextual() || !value.textValue().matches("/(path|query|headers|body)(/[^/]+)+")) {
            throw wrong(id, "x-proof: " + name + " must be a place in the call, such as /body/campaignId");
        }
        return JsonPointer.compile(value.textValue());
    }

    private static IllegalArgumentException wrong(String id, String sentence) {
        return new IllegalArgumentException(id + ": " + sentence);
    }
}
