package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * A coupon to be created, as it is written down for its claim: {@code {operation, path, body, pattern, characters, drawn,
 * again, file, before}}. The body is that of createCoupons; its {@code couponPattern} is the literal code.
 */
final class CouponRequest {

    private static final String OPERATION = "createCoupons";

    private final ObjectNode content;

    private CouponRequest(ObjectNode content) {
        this.content = content;
    }

    /**
     * A new one.
     *
     * @param path {@code {applicationId, campaignId}}
     * @param fields body of createCoupons; it belongs to this from now on
     * @param code the literal code
     * @param again whether its caller gets the same coupon when it asks again: else none is made for it later
     */
    static CouponRequest of(JsonNode path, ObjectNode fields, CouponPattern pattern, String code, boolean again) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.put("operation", OPERATION);
        content.set("path", path);
        content.set("body", fields.put("couponPattern", code));
        pattern.write(content);
        return new CouponRequest(content.put("drawn", 1).put("again", again));
    }

    /** One that was written down. */
    static CouponRequest read(ObjectNode content) {
        return new CouponRequest(content);
    }

    /** What is written down before it is sent with createCoupons. */
    ObjectNode content() {
        return content;
    }

    /** What is written down before it is sent in a file, which can be done again at any time. */
    CouponRequest inFile() {
        content.put("before", wasInFile()).put("file", true);
        return this;
    }

    /** Whether its code was in another file before, of which it could not be told what became. */
    boolean wasInFileBefore() {
        return content.path("before").asBoolean();
    }

    boolean wasInFile() {
        return content.path("file").asBoolean();
    }

    boolean again() {
        return content.path("again").asBoolean();
    }

    JsonNode path() {
        return content.path("path");
    }

    ObjectNode body() {
        return (ObjectNode) content.get("body");
    }

    String code() {
        return content.path("body").path("couponPattern").asText();
    }

    /** Talon.One tells codes apart regardless of case. */
    String caselessCode() {
        return caseless(code());
    }

    static String caseless(String code) {
        return code.toLowerCase(Locale.ROOT);
    }

    /** Names its campaign. */
    String campaign() {
        return path().path("applicationId").asText()
                + '/'
                + path().path("campaignId").asText();
    }

    CouponPattern pattern() {
        return CouponPattern.read(content);
    }

    /** How many codes it has had. */
    int drawn() {
        return content.path("drawn").asInt();
    }

    /** The same with another code, because somebody else's coupon has the one before. */
    CouponRequest redrawn() {
        ObjectNode other = content.deepCopy().put("drawn", drawn() + 1).put("before", false);
        ((ObjectNode) other.get("body")).put("couponPattern", pattern().draw());
        return new CouponRequest(other);
    }

    /** A fixed code gives one coupon ever, and only createCoupons says for certain whose it is. */
    boolean fitsFile() {
        return content.path("pattern").asText().indexOf('#') >= 0
                && CouponFile.takes(body(), content.path("pattern").asText());
    }
}
