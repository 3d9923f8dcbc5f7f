package dev.partnergateway.loyalty;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Timestamps;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Finds out among a profile's transactions whether points were added (docs/behaviour.md#points). */
final class PointsLookup {

    /** Talon.One may carry out a call this long after it was written down, at the latest. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(65);

    private static final String PAGE = "1000";

    private final TalonOne talonOne;
    private final UpstreamOperation transactions;
    private final Duration settleTime;

    PointsLookup(TalonOne talonOne, Duration settleTime) {
        this.talonOne = talonOne;
        this.settleTime = settleTime;
        this.transactions = talonOne.contract().operation("getLoyaltyProgramProfileTransactions");
    }

    /**
     * What was found: a transaction that must be the one, none, or several of which one may be it.
     *
     * @param transaction null when there is none, or it cannot be told which
     * @param soon whether more can be told when Talon.One has had time to list what it has done for others
     */
    record Found(boolean none, JsonNode transaction, boolean soon) {

        boolean certain() {
            return transaction != null;
        }

        boolean several() {
            return !none && transaction == null && !soon;
        }
    }

    /**
     * Looks for the points of a claim. Equal points that other claims stand for are set against the transactions that
     * might be theirs: only what nobody else can have made is taken for the claim's own, and only what Talon.One must
     * have listed by now is taken for theirs.
     *
     * @throws Refusal when Talon.One cannot be asked
     */
    Found find(Deployment deployment, Credential key, Claim claim, Points points, Duration patience) {
        long asked = System.nanoTime();
        Instant earliest = deployment.clock().earliest(Instant.now().minus(claim.age()));
        JsonNode page = list(deployment, key, points, earliest, patience);
        List<JsonNode> free = new ArrayList<>();
        for (JsonNode transaction : page.path("data")) {
            if (same(transaction, points)
                    && !Timestamps.of(transaction.path("created")).isBefore(earliest)
                    && !claim.belongsToAnother(deployment.name(), transaction)) {
                free.add(transaction);
            }
        }
        if (page.path("hasMore").asBoolean()) {
            return new Found(false, null, false);
        }
        Duration age = claim.age();
        Duration unsettled = settleTime.plusNanos(System.nanoTime() - asked);
        int made = 0;
        int perhaps = 0;
        boolean soon = false;
        for (Claim.Other other : claim.others(deployment.name(), points.nameOfMatching(), age.plus(LONGEST_CALL))) {
            boolean recent = other.sent().compareTo(unsettled) < 0;
            if (other.carriedOut() && other.sent().compareTo(age) <= 0 && !recent) {
                made++;
            } else {
                perhaps++;
                soon |= other.carriedOut() && recent;
            }
        }
        int left = free.size() - made;
        if (left <= 0) {
            return new Found(true, null, false);
        }
        return new Found(false, left == 1 + perhaps ? free.get(0) : null, soon);
    }

    private JsonNode list(Deployment deployment, Credential key, Points points, Instant earliest, Duration patience) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.set("path", points.path());
        ObjectNode query = request.putObject("query");
        query.put("loyaltyTransactionType", "manual");
        query.put("startDate", earliest.toString());
        query.put("pageSize", PAGE);
        if (!points.subledger().isEmpty()) {
            query.put("subledgerId", points.subledger());
        }
        try {
            return talonOne.call(UpstreamCall.of(transactions, deployment, key, request, null, patience));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                // A profile that is not there has no points.
                return MissingNode.getInstance();
            }
            throw refusal;
        }
    }

    private static boolean same(JsonNode transaction, Points points) {
        return transaction.path("type").asText().equals("addition")
                && transaction.path("subledgerId").asText("").equals(points.subledger())
                && (points.label().isEmpty()
                        || transaction.path("name").asText("").equals(points.label()))
                && Points.rounded(transaction.path("amount")).compareTo(points.amount()) == 0;
    }
}
