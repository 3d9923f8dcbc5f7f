package dev.partnergateway.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Something that a partner wants once.
 *
 * @param deployment one that creates coupons one by one, or one that creates them in files
 * @param operation operation of a contract
 * @param step what carries it out, as the route says
 * @param key what the route's idempotent consumer says of it
 * @param body what the partner says
 * @param request what the route makes of it
 * @param ledger where Talon.One shows what was made
 * @param mark member and value that show whose it is there, as {@code name=value}
 */
record Thing(
        String deployment,
        String operation,
        String step,
        String key,
        ObjectNode body,
        ObjectNode request,
        String ledger,
        String mark) {

    /** Points for a profile: Talon.One takes no key for them, and does the same again as often as it is asked. */
    static Thing points(String key, String name) {
        return new Thing(
                "model",
                "cep/addLoyaltyPoints",
                "addLoyaltyPoints",
                "{'key':['" + key + "']}",
                "{'loyaltyProgramId':1,'profileIntegrationId':'bob','points':7,'name':'" + name + "'}",
                "{'path':{'loyaltyProgramId':1,'integrationId':'bob'},'body':{'points':7,'name':'" + name + "'}}",
                "transactions",
                "name=" + name);
    }

    /** A referral: no key either, and a friend may be referred twice. */
    static Thing referral(String friend) {
        String fields = "{'campaignId':10,'advocateProfileIntegrationId':'advocate','friendProfileIntegrationId':'"
                + friend + "'}";
        return new Thing(
                "model",
                "braze/createReferral",
                "createReferral",
                "{'key':['" + friend + "'],'window':'15m'}",
                fields,
                "{'body':" + fields + "}",
                "referrals",
                "friendProfileIntegrationId=" + friend);
    }

    /** A coupon for one recipient, or for anybody where it is empty; those of one identifier share a place. */
    static Thing coupon(String identifier, String recipient) {
        return coupon("model", identifier, recipient);
    }

    /** As {@link #coupon}, where coupons are created in files. */
    static Thing couponInFile(String identifier, String recipient) {
        return coupon("files", identifier, recipient);
    }

    private static Thing coupon(String deployment, String identifier, String recipient) {
        String fields = "'usageLimit':1,'couponPattern':'MODEL-########'"
                + (recipient.isEmpty() ? "" : ",'recipientIntegrationId':'" + recipient + "'");
        return new Thing(
                deployment,
                "braze/createCoupon",
                "createCoupons",
                "{'key':['" + identifier + "'],'recipient':'" + recipient + "'}",
                "{'applicationId':1,'campaignId':10," + fields + "}",
                "{'path':{'applicationId':1,'campaignId':10},'body':{" + fields + "}}",
                "coupons",
                "recipientIntegrationId=" + recipient);
    }

    /** An event: Talon.One takes a key for it. */
    static Thing event(String profile) {
        return new Thing(
                "model",
                "braze/trackEvent",
                "trackEventV2",
                "{'key':['" + profile + "']}",
                "{'customerProfileId':'" + profile + "','eventType':'viewed_product'}",
                "{'query':{'silent':'no'},'body':{'profileId':'" + profile
                        + "','type':'viewed_product','attributes':{},'responseContent':['event']}}",
                "events",
                "profileId=" + profile);
    }

    private Thing(
            String deployment,
            String operation,
            String step,
            String key,
            String body,
            String request,
            String ledger,
            String mark) {
        this(deployment, operation, step, key.replace('\'', '"'), json(body), json(request), ledger, mark);
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(text, e);
        }
    }

    /** Whether Talon.One made something for it. */
    boolean made(JsonNode entry) {
        String[] sign = mark.split("=", 2);
        return entry.path(sign[0]).asText("").equals(sign[1]);
    }

    /** Whether an answer tells of what Talon.One made. */
    boolean tells(String answer, JsonNode entry) {
        return switch (ledger) {
            case "transactions" -> true;
            case "events" -> json(answer).path("event").path("id").equals(entry.path("id"));
            default -> json(answer).path("id").equals(entry.path("id"));
        };
    }

    @Override
    public String toString() {
        return step + " " + mark;
    }
}
