package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A call of which only as much is known as is needed to ask whether its key is good: path, query and headers are checked,
 * its body is a tree whose texts nobody has looked into.
 */
public final class Opened {
    final Check check;
    final ObjectNode call;
    final Body.Content content;

    Opened(Check check, ObjectNode call, Body.Content content) {
        this.check = check;
        this.call = call;
        this.content = content;
    }

    /** Text of the member marked {@code x-deployment}; null when there is none that fits its schema. */
    public String deployment() {
        return check.deployment();
    }

    /** Where that is in the call, as its caller named it; empty when there is none. */
    public String deploymentPlace() {
        return check.deploymentPlace();
    }

    /** Text of the member marked {@code x-credential}; null when there is none that fits its schema. */
    public String credential() {
        return check.credential();
    }

    /** The call with its body as its sender wrote it, for a person who looks for what is wrong with it. */
    public ObjectNode asSent() {
        ObjectNode sent = call.objectNode();
        sent.setAll(call);
        if (content != null && content.value() != null) {
            sent.set("body", content.value());
        }
        return sent;
    }

    /** Names no value: a call is personal data and may hold a key. */
    @Override
    public String toString() {
        return "Opened";
    }
}
