package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds out which coupons there are after a file was sent (contract 6.1, steps 4 and 5). */
final class Settlement {

    private static final int MOST_CODES = 5;
    private static final int MOST_BY_CODE = 3;
    private static final Duration LISTING_PAUSE = Duration.ofMillis(200);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final BatchDesk desk;
    private final long importId;
    private final long begun;
    private final long deadline;

    /**
     * Begins.
     *
     * @param importId id of the import that Talon.One confirmed; 0 = it is not known what became of it
     * @param begun when the file was sent, in milliseconds since 1970 UTC
     * @param deadline when callers have to know, as {@link System#nanoTime} counts
     */
    Settlement(BatchDesk desk, long importId, long begun, long deadline) {
        this.desk = desk;
        this.importId = importId;
        this.begun = begun;
        this.deadline = deadline;
    }

    /**
     * Tells every row what became of it.
     *
     * @param otherwise what callers are told whose coupon is not found in time
     */
    void settle(List<BatchRow> batch, Refusal otherwise) {
        List<BatchRow> missing = batch;
        for (int round = 0; ; round++) {
            // What a list of new coupons does not show may be an old one with the same code.
            missing = ask(missing, round == 0 ? 0 : MOST_BY_CODE);
            if (missing.isEmpty()) {
                return;
            }
            if (importId == 0 && round > 0) {
                // Not there: the same rows are sent again, which is safe.
                missing.stream().filter(BatchRow::wanted).forEach(desk::add);
                return;
            }
            if (BatchDesk.left(deadline).compareTo(LISTING_PAUSE.multipliedBy(2)) < 0) {
                missing.forEach(row -> row.attempt.note("not listed yet"));
                missing.forEach(row -> row.fail(otherwise));
                return;
            }
            pause();
        }
    }

    /**
     * Asks which coupons there are.
     *
     * @param byCode how many of the rows are asked for one by one
     * @return the rows that were not found
     */
    private List<BatchRow> ask(List<BatchRow> batch, int byCode) {
        Map<BatchRow, CompletableFuture<Void>> judged = new IdentityHashMap<>();
        List<Question> questions = new ArrayList<>();
        Set<BatchRow> missing = ConcurrentHashMap.newKeySet();
        for (BatchRow row : batch) {
            long since = row.doubtful() ? Math.min(begun, row.attempt.begun()) : begun;
            long after = questions.size() < byCode ? 0 : since;
            Question question = new Question(row.code(), after);
            questions.add(question);
            judged.put(row, question.answer.handle((coupon, failure) -> {
                if (failure != null || coupon.isEmpty()) {
                    missing.add(row);
                } else {
                    judge(row, coupon.get());
                }
                return null;
            }));
        }
        desk.lookup.ask(desk.deployment, batch.get(0).attempt.path, questions);
        try {
            CompletableFuture.allOf(judged.values().toArray(CompletableFuture[]::new))
                    .get(BatchDesk.left(deadline).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            questions.forEach(question -> question.answer.cancel(false));
        } catch (InterruptedException e) {
            throw CouponBatches.interrupted();
        } catch (ExecutionException e) {
            throw CouponBatches.failure(e);
        }
        return batch.stream().filter(missing::contains).toList();
    }

    private void judge(BatchRow row, JsonNode coupon) {
        boolean certain = importId != 0 && coupon.path("importId").asLong(0) == importId;
        boolean foreign =
                importId != 0 && !row.doubtful() && coupon.path("importId").asLong(0) != 0 && !certain;
        if (certain || !foreign && row.attempt.ours(coupon, row.body())) {
            row.coupon.complete(coupon);
            return;
        }
        row.attempt.wasRefused();
        row.attempt.note("the code was taken");
        if (row.drawn() == MOST_CODES) {
            row.fail(Refusal.retry(503, "No free coupon code was found: give a longer couponPattern", SOON));
        } else if (row.wanted()) {
            row.redraw();
            desk.add(row);
        }
    }

    private void pause() {
        try {
            Thread.sleep(LISTING_PAUSE.toMillis());
        } catch (InterruptedException e) {
            throw CouponBatches.interrupted();
        }
    }
}
