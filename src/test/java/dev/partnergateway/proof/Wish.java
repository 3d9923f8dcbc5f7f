package dev.partnergateway.proof;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One thing that a partner wants once, however often it asks: the same call for every repeat, and every success that
 * any of them got. What it makes at Talon.One carries its name, so that the ledger shows whose it is.
 */
final class Wish {

    /** What is asked for. */
    enum Kind {
        COUPON("/braze/coupon"),
        REFERRAL("/braze/referral"),
        EVENT("/braze/event"),
        RESERVATION("/braze/coupon_reservation"),
        POINTS("/customer_engagement/add_loyalty_points");

        final String path;

        Kind(String path) {
            this.path = path;
        }
    }

    final Kind kind;
    final String name;
    final String body;

    /** Value of the header Idempotency-Key; null = the body says whose repeat a call is. */
    final String key;

    final long begun = System.nanoTime();
    final Queue<String> answers = new ConcurrentLinkedQueue<>();
    volatile boolean answered;

    /** The gateway said that only its operator can tell what became of it. */
    volatile boolean parked;

    /** Nobody asks for it any more, because it may be forgotten. */
    volatile boolean abandoned;

    volatile String refused;

    private Wish(Kind kind, String name, String body) {
        this(kind, name, body, null);
    }

    private Wish(Kind kind, String name, String body, String key) {
        this.kind = kind;
        this.name = name;
        this.body = body;
        this.key = key;
    }

    /** A coupon for one recipient; ten recipients share one identifier, as in a scheduled send of Braze. */
    static Wish couponFor(int number) {
        String name = "customer-" + number;
        return new Wish(
                Kind.COUPON,
                name,
                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"dispatch-"
                        + number / 10 + "\",\"integrationId\":\"" + name + "\"}");
    }

    /** A coupon for anybody; its code begins with its name. Every other one has no random part at all. */
    static Wish couponForAnybody(int number) {
        String name = "C" + number + "C";
        return new Wish(
                Kind.COUPON,
                name,
                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"message-"
                        + number + "\",\"couponPattern\":\"" + name + (number % 2 == 0 ? "####" : "") + "\"}");
    }

    /** A referral; ten friends share one advocate. */
    static Wish referral(int number) {
        String name = "friend-" + number;
        return new Wish(
                Kind.REFERRAL,
                name,
                "{\"deploymentUrl\":\"sandbox.example\",\"campaignId\":10,\"advocateProfileIntegrationId\":\"advocate-"
                        + number / 10 + "\",\"friendProfileIntegrationId\":\"" + name + "\"}");
    }

    /** An event of a profile. */
    static Wish event(int number) {
        String name = "visitor-" + number;
        return new Wish(
                Kind.EVENT,
                name,
                "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + name
                        + "\",\"identifier\":\"message-" + number / 10
                        + "\",\"eventAttributes\":{\"product\":\"shoe\"}}");
    }

    /** The reservation of a coupon that a partner was given. */
    static Wish reservation(int number, String code) {
        String name = "holder-" + number + ' ' + code;
        return new Wish(
                Kind.RESERVATION,
                name,
                "{\"deploymentUrl\":\"sandbox.example\",\"couponValue\":\"" + code + "\",\"integrationId\":\"holder-"
                        + number + "\"}");
    }

    /**
     * Points for a profile. Talon.One takes no key for them and shows no id: only their label tells whose they are, and
     * every other time a few wishes share one.
     */
    static Wish points(int number) {
        String name = number % 2 == 0 ? "gift-" + number : "gift-of-many-" + number / 40;
        return new Wish(
                Kind.POINTS,
                name,
                "{\"loyaltyProgramId\":1,\"profileIntegrationId\":\"bob\",\"points\":7,\"name\":\"" + name + "\"}",
                "wish-" + number);
    }

    boolean isOlderThan(Duration age) {
        return System.nanoTime() - begun > age.toNanos();
    }

    void answered(String answer) {
        answers.add(answer);
        answered = true;
        abandoned = false;
    }

    /** Headers as name, value, name, value. */
    String[] headers() {
        Map<String, String> headers = new HashMap<>(Map.of(
                "Authorization",
                "ApiKey-v1 sandbox-key-demo-shop",
                "Content-Type",
                "application/json",
                "customer-engagement-platform-name",
                "proof",
                "destination-hostname",
                "sandbox.example"));
        if (key != null) {
            headers.put("Idempotency-Key", key);
        }
        return headers.entrySet().stream()
                .flatMap(header -> List.of(header.getKey(), header.getValue()).stream())
                .toArray(String[]::new);
    }
}
