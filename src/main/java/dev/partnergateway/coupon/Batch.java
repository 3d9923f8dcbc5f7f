package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Coupons that are created with one file (contract 6.1, steps 3 to 6). */
final class Batch {

    /** A file that was not confirmed by then may have been taken all the same: the list tells. */
    private static final Duration FILE = Duration.ofSeconds(2);

    private static final Duration SOON = Duration.ofSeconds(1);

    private final BatchDesk desk;
    private final List<BatchRow> rows;
    private final long deadline;

    /**
     * Puts a batch together.
     *
     * @param rows all of one campaign
     * @param deadline when callers have to know, as {@link System#nanoTime} counts
     */
    Batch(BatchDesk desk, List<BatchRow> rows, long deadline) {
        this.desk = desk;
        this.rows = rows;
        this.deadline = deadline;
    }

    /** Writes the rows down, sends them and finds out what became of them. Never throws; every row is told. */
    void carryOut(Turn turn) {
        try {
            List<BatchRow> written = writeDown(turn);
            if (!written.isEmpty()) {
                send(written, turn);
            }
        } catch (RuntimeException e) {
            // What is written down may have been sent: the rows stay unknown until they are looked at again.
            rows.forEach(row -> row.fail(e));
        }
    }

    /** Commits what is about to be sent, and gives every row a code of its own. */
    private List<BatchRow> writeDown(Turn turn) {
        Set<String> codes = new HashSet<>();
        Map<Claim, ObjectNode> contents = new LinkedHashMap<>();
        List<BatchRow> written = new ArrayList<>();
        for (BatchRow row : rows) {
            if (!row.wanted()) {
                continue;
            }
            if (!codes.add(row.caselessCode())) {
                if (row.doubtful()) {
                    desk.add(row);
                    continue;
                }
                row.redraw();
                if (!codes.add(row.caselessCode())) {
                    desk.add(row);
                    continue;
                }
            }
            if (row.attempt.claim != null) {
                contents.put(row.attempt.claim, row.attempt.importContent(row.body()));
            }
            written.add(row);
        }
        try {
            Set<Claim> lost = Claim.sending(contents);
            written.stream()
                    .filter(row -> lost.contains(row.attempt.claim))
                    .forEach(row ->
                            row.fail(Refusal.retry(503, "Another gateway has taken this call over: try again", SOON)));
            written.removeIf(row -> lost.contains(row.attempt.claim));
        } catch (RuntimeException e) {
            turn.unused();
            throw e;
        }
        if (written.isEmpty()) {
            turn.unused();
        }
        return written;
    }

    private void send(List<BatchRow> batch, Turn turn) {
        desk.sent(batch);
        long begun = System.currentTimeMillis();
        UpstreamAnswer answer;
        try {
            answer = desk.talonOne.send(call(batch), turn);
        } catch (Unanswered e) {
            if (e.sent()) {
                batch.forEach(BatchRow::doubt);
                settle(batch, 0, begun, TalonOne.refusal(desk.send, e));
            } else {
                batch.forEach(BatchRow::postpone);
                batch.forEach(row -> row.fail(TalonOne.refusal(desk.send, e)));
            }
            return;
        } catch (Refusal e) {
            batch.forEach(BatchRow::postpone);
            batch.forEach(row -> row.fail(e));
            return;
        }
        if (answer.ok()) {
            long id = answer.body().path("id").asLong(0);
            settle(batch, id, begun, Refusal.unknown(503, "The coupon is not listed yet"));
        } else if (answer.status() == 429) {
            batch.forEach(BatchRow::postpone);
            batch.stream().filter(BatchRow::wanted).forEach(desk::add);
        } else if (!answer.doubtful()) {
            refused(batch, answer);
        } else {
            batch.forEach(BatchRow::doubt);
            settle(batch, 0, begun, TalonOne.refusal(desk.send, answer));
        }
    }

    private UpstreamCall call(List<BatchRow> batch) {
        ObjectNode query = JsonNodeFactory.instance.objectNode().put("skipDuplicates", "true");
        return new UpstreamCall(
                desk.send,
                desk.deployment,
                null,
                batch.get(0).attempt.path,
                query,
                null,
                CouponFile.write(batch.stream().map(BatchRow::body).toList()),
                null,
                FILE);
    }

    /** One bad row must not sink the rest: the batch is divided until the bad row stands alone (step 6). */
    private void refused(List<BatchRow> batch, UpstreamAnswer answer) {
        boolean allAlike = answer.status() != 400 || !answer.refuses(desk.send);
        if (batch.size() == 1 || allAlike) {
            Refusal refusal = TalonOne.refusal(desk.send, answer);
            batch.forEach(row -> row.refuse(refusal));
            return;
        }
        batch.forEach(BatchRow::postpone);
        parts(batch, answer).forEach(part -> desk.divided(part, deadline));
    }

    /** Rows on lines that Talon.One names, and the others; two halves when it names none. Nobody is refused by it. */
    private static List<List<BatchRow>> parts(List<BatchRow> batch, UpstreamAnswer answer) {
        Set<Integer> named = new HashSet<>();
        for (JsonNode error : answer.body().path("errors")) {
            named.add(error.path("source").path("line").asInt(0) - CouponFile.FIRST_LINE);
        }
        List<BatchRow> suspects = new ArrayList<>();
        List<BatchRow> others = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            (named.contains(i) ? suspects : others).add(batch.get(i));
        }
        return suspects.isEmpty() || others.isEmpty()
                ? List.of(batch.subList(0, batch.size() / 2), batch.subList(batch.size() / 2, batch.size()))
                : List.of(others, suspects);
    }

    private void settle(List<BatchRow> batch, long importId, long begun, Refusal otherwise) {
        new Settlement(desk, importId, begun, deadline).settle(batch, otherwise);
    }
}
