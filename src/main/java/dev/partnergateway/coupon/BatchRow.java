package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One coupon on its way through batches. It belongs to the queue, then to one batch at a time; its caller waits for
 * {@link #coupon}, and may give up waiting.
 */
final class BatchRow {

    final Attempt attempt;
    final String party;
    final CompletableFuture<JsonNode> coupon = new CompletableFuture<>();

    private final long begun = System.nanoTime();
    private ObjectNode body;
    private int drawn = 1;

    /** Whether its code was sent before and it is not known what became of it. */
    private boolean doubtful;

    private volatile boolean abandoned;

    private volatile String offer;

    /**
     * Makes a row.
     *
     * @param fields body of createCoupons
     * @param code the literal code
     * @param doubtful whether the code was sent before, with an unknown outcome
     */
    BatchRow(Attempt attempt, ObjectNode fields, String code, boolean doubtful) {
        this.attempt = attempt;
        this.party = attempt.party == null ? "" : attempt.party.hash();
        this.body = fields.deepCopy().put("couponPattern", code);
        this.doubtful = doubtful;
    }

    /** Time since it was asked for. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /**
     * A row that waits at another gateway.
     *
     * @param written what {@link #write} gave there
     * @param claims acts for a claim that was handed over
     */
    static BatchRow read(ObjectNode written, Deployment deployment, Function<ObjectNode, Claim> claims) {
        BatchRow row =
                new BatchRow(Attempt.read(written, deployment, claims), (ObjectNode) written.get("body"), "", false);
        row.readState(written);
        return row;
    }

    /** What another gateway needs to send it, and what its own needs to go on with it afterwards. */
    ObjectNode write() {
        return attempt.handOver(body).put("drawn", drawn).put("doubtful", doubtful);
    }

    /** Goes on from where another gateway has brought it. */
    void goOn(ObjectNode written) {
        attempt.goOn(written);
        readState(written);
    }

    private void readState(ObjectNode written) {
        body = (ObjectNode) written.get("body");
        drawn = written.path("drawn").asInt();
        doubtful = written.path("doubtful").asBoolean();
    }

    /** Its id in the table where other gateways find it; null = it is not there. */
    String offer() {
        return offer;
    }

    void offer(String id) {
        offer = id;
    }

    ObjectNode body() {
        return body;
    }

    String code() {
        return body.path("couponPattern").asText();
    }

    String caselessCode() {
        return LookupDesk.caseless(code());
    }

    boolean doubtful() {
        return doubtful;
    }

    void doubt() {
        doubtful = true;
    }

    /** How many codes it has had. */
    int drawn() {
        return drawn;
    }

    /** Gives it another code: the first one is somebody else's. */
    void redraw() {
        drawn++;
        doubtful = false;
        body = body.deepCopy().put("couponPattern", attempt.pattern.draw());
    }

    /** Talon.One had no time for it: nothing is on its way any more, unless it may be there from an earlier file. */
    void postpone() {
        if (!doubtful) {
            attempt.wasPostponed();
        }
    }

    /** Talon.One refused it, which says nothing about an earlier file that it may be there from. */
    void refuse(Refusal refusal) {
        if (doubtful) {
            fail(Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon"));
        } else {
            attempt.wasRefused();
            fail(refusal);
        }
    }

    /** Nobody waits any more, and the claim has been given back: what was written down is for the sweeper. */
    void abandon() {
        abandoned = true;
    }

    /** Whether somebody still waits. */
    boolean wanted() {
        return !abandoned && !coupon.isDone();
    }

    void fail(RuntimeException failure) {
        coupon.completeExceptionally(failure);
    }
}
