package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Creates coupons many at a time: three calls a second become up to a thousand coupons each (contract 6.1). Every row's
 * literal code is committed before the file that holds it is sent. A file is sent with {@code skipDuplicates=true}, so the
 * same rows can be sent again at any time; whose coupon it is that a list shows is told by the id of the import.
 */
final class CouponBatches {

    private static final int MOST_ROWS = 1000;
    private static final int MOST_WAITING = 5000;
    private static final int MOST_CODES = 5;
    private static final int MOST_BY_CODE = 3;

    /** From the moment a batch is put together until its callers know; a lease lasts longer. */
    private static final Duration PATIENCE = Duration.ofMillis(4500);

    /** A file that was not confirmed by then may have been taken all the same: the list tells. */
    private static final Duration FILE = Duration.ofSeconds(2);

    private static final Duration TURN = Duration.ofSeconds(5);
    private static final Duration LISTING_PAUSE = Duration.ofMillis(200);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration CALLER = PATIENCE.plus(Duration.ofMillis(300));

    private final TalonOne talonOne;
    private final CouponLookup lookup;
    private final Executor executor;
    private final UpstreamOperation create;
    private final UpstreamOperation send;
    private final MeterRegistry meters;
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();

    CouponBatches(TalonOne talonOne, CouponLookup lookup, Executor executor, MeterRegistry meters) {
        this.talonOne = talonOne;
        this.lookup = lookup;
        this.executor = executor;
        this.meters = meters;
        this.create = talonOne.contract().operation("createCoupons");
        this.send = talonOne.contract().operation("importCoupons");
    }

    private Desk desk(Deployment deployment) {
        return desks.computeIfAbsent(deployment.name(), name -> new Desk(deployment));
    }

    /**
     * Leave to create one coupon on its own right now, one call instead of two: when no batch waits and createCoupons
     * has a call left.
     *
     * @throws Refusal 501 or 503 when the deployment cannot be called at all
     */
    Optional<Turn> alone(Deployment deployment) {
        return desk(deployment).waiting() > 0 ? Optional.empty() : talonOne.turnNow(deployment, create);
    }

    /**
     * Creates a coupon in the next batch.
     *
     * @param fields body of createCoupons
     * @param code the literal code
     * @param doubtful whether the code was sent before, with an unknown outcome
     * @return the coupon
     * @throws Refusal 400 and others that Talon.One gives; 429 when no batch comes in time; 504 when it is not known in
     *     time what became of it
     */
    JsonNode create(Attempt attempt, ObjectNode fields, String code, boolean doubtful) {
        Desk desk = desk(attempt.deployment);
        BatchRow row = new BatchRow(attempt, fields, code, doubtful);
        Duration patience = attempt.patience.get();
        desk.enter(row, patience);
        try {
            return row.coupon.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (desk.withdraw(row)) {
                throw late(SOON);
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw failure(e);
        }
        // The partner is answered by now; what was sent is finished all the same, for the repeat.
        try {
            return row.coupon.get(CALLER.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            row.abandon();
            throw Refusal.unknown(504, "Talon.One did not answer in time; trying again is safe");
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static Refusal interrupted() {
        Thread.currentThread().interrupt();
        return Refusal.unknown(503, "The gateway is stopping: try again");
    }

    private static RuntimeException failure(ExecutionException e) {
        return e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
    }

    private static Refusal late(Duration retry) {
        return Refusal.retry(429, "More coupons are wanted than Talon.One allows to create: try again later", retry);
    }

    /** Coupons for one deployment. */
    private final class Desk {

        private final Deployment deployment;
        private final WaitingRows rows = new WaitingRows();
        private final DistributionSummary sizes;
        private boolean serving;

        Desk(Deployment deployment) {
            this.deployment = deployment;
            this.sizes = DistributionSummary.builder("gateway.coupon.batch.rows")
                    .tags("deployment", deployment.name())
                    .description("Coupons created by one call")
                    .serviceLevelObjectives(1, 10, 100, MOST_ROWS)
                    .register(meters);
            Gauge.builder("gateway.coupon.batch.waiting", this::waiting)
                    .tags("deployment", deployment.name())
                    .description("Coupons waiting for the next batch")
                    .register(meters);
        }

        synchronized int waiting() {
            return rows.size();
        }

        void enter(BatchRow row, Duration patience) {
            synchronized (this) {
                int ahead = rows.ahead(row.party, row.attempt.path, MOST_ROWS);
                Duration expected =
                        talonOne.budget().expected(deployment, send, ahead).plus(lookup.expected(deployment));
                if (rows.size() >= MOST_WAITING || expected.compareTo(patience) > 0) {
                    Duration retry = expected.minus(patience);
                    throw late(retry.compareTo(SOON) > 0 ? retry : SOON);
                }
                add(row);
            }
        }

        private synchronized void add(BatchRow row) {
            rows.add(row);
            if (!serving) {
                serving = true;
                executor.execute(this::serve);
            }
        }

        synchronized boolean withdraw(BatchRow row) {
            return rows.remove(row);
        }

        /** Takes a turn, then whatever waits by then, until nothing waits any more. */
        private void serve() {
            for (; ; ) {
                Turn turn;
                try {
                    turn = talonOne.turn(deployment, send, null, TURN);
                } catch (RuntimeException e) {
                    stop(e);
                    return;
                }
                List<BatchRow> batch = next();
                if (batch.isEmpty()) {
                    turn.unused();
                    return;
                }
                executor.execute(() -> carryOut(batch, turn, System.nanoTime() + PATIENCE.toNanos()));
            }
        }

        private synchronized List<BatchRow> next() {
            List<BatchRow> batch = rows.take(MOST_ROWS);
            serving = !batch.isEmpty();
            return batch;
        }

        private synchronized void stop(RuntimeException failure) {
            rows.clear().forEach(row -> row.fail(failure));
            serving = false;
        }

        private void carryOut(List<BatchRow> batch, Turn turn, long deadline) {
            try {
                List<BatchRow> written = writeDown(batch, turn);
                if (!written.isEmpty()) {
                    send(written, turn, deadline);
                }
            } catch (RuntimeException e) {
                // What is written down may have been sent: the rows stay unknown until they are looked at again.
                batch.forEach(row -> row.fail(e));
            }
        }

        /** Commits what is about to be sent, and gives every row a code of its own. */
        private List<BatchRow> writeDown(List<BatchRow> batch, Turn turn) {
            Set<String> codes = new HashSet<>();
            Map<Claim, ObjectNode> contents = new LinkedHashMap<>();
            List<BatchRow> written = new ArrayList<>();
            for (BatchRow row : batch) {
                if (!row.wanted()) {
                    continue;
                }
                if (!codes.add(caseless(row.code()))) {
                    if (row.doubtful()) {
                        add(row);
                        continue;
                    }
                    row.redraw();
                    if (!codes.add(caseless(row.code()))) {
                        add(row);
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
                        .forEach(row -> row.fail(
                                Refusal.retry(503, "Another gateway has taken this call over: try again", SOON)));
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

        private void send(List<BatchRow> batch, Turn turn, long deadline) {
            sizes.record(batch.size());
            long begun = System.currentTimeMillis();
            UpstreamAnswer answer;
            try {
                answer = talonOne.send(call(batch), turn);
            } catch (Unanswered e) {
                if (e.sent()) {
                    batch.forEach(BatchRow::doubt);
                    settle(batch, 0, begun, deadline, TalonOne.refusal(send, e));
                } else {
                    batch.forEach(row -> row.attempt.wasPostponed());
                    batch.forEach(row -> row.fail(TalonOne.refusal(send, e)));
                }
                return;
            } catch (Refusal e) {
                batch.forEach(row -> row.attempt.wasPostponed());
                batch.forEach(row -> row.fail(e));
                return;
            }
            if (answer.ok()) {
                long id = answer.body().path("id").asLong(0);
                settle(batch, id, begun, deadline, Refusal.unknown(503, "The coupon is not listed yet: try again"));
            } else if (answer.status() == 429) {
                batch.forEach(row -> row.attempt.wasPostponed());
                batch.stream().filter(BatchRow::wanted).forEach(this::add);
            } else if (answer.status() >= 400 && answer.status() < 500) {
                refused(batch, answer, deadline);
            } else {
                batch.forEach(BatchRow::doubt);
                settle(batch, 0, begun, deadline, TalonOne.refusal(send, answer));
            }
        }

        private UpstreamCall call(List<BatchRow> batch) {
            ObjectNode query = JsonNodeFactory.instance.objectNode().put("skipDuplicates", "true");
            return new UpstreamCall(
                    send,
                    deployment,
                    null,
                    batch.get(0).attempt.path,
                    query,
                    null,
                    CouponFile.write(batch.stream().map(BatchRow::body).toList()),
                    null,
                    FILE);
        }

        /** One bad row must not sink the rest: the batch is divided until the bad row stands alone (step 6). */
        private void refused(List<BatchRow> batch, UpstreamAnswer answer, long deadline) {
            boolean allAlike = answer.status() == 401 || answer.status() == 403 || answer.status() == 404;
            if (batch.size() == 1 || allAlike) {
                Refusal refusal = TalonOne.refusal(send, answer);
                batch.forEach(row -> row.attempt.wasRefused());
                batch.forEach(row -> row.fail(refusal));
                return;
            }
            batch.forEach(row -> row.attempt.wasPostponed());
            for (List<BatchRow> part : parts(batch, answer)) {
                executor.execute(() -> {
                    Turn turn;
                    try {
                        turn = talonOne.turn(deployment, send, null, left(deadline));
                    } catch (RuntimeException e) {
                        part.forEach(row -> row.fail(e));
                        return;
                    }
                    carryOut(part, turn, deadline);
                });
            }
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

        /**
         * Finds out which coupons there are (steps 4 and 5).
         *
         * @param importId id of the import that Talon.One confirmed; 0 = it is not known what became of it
         * @param begun when the file was sent, in milliseconds since 1970 UTC
         * @param otherwise what callers are told whose coupon is not found in time
         */
        private void settle(List<BatchRow> batch, long importId, long begun, long deadline, Refusal otherwise) {
            List<BatchRow> missing = batch;
            for (int round = 0; ; round++) {
                // What a list of new coupons does not show may be an old one with the same code.
                missing = ask(missing, importId, begun, round == 0 ? 0 : MOST_BY_CODE, deadline);
                if (missing.isEmpty()) {
                    return;
                }
                if (importId == 0 && round > 0) {
                    // Not there: the same rows are sent again, which is safe.
                    missing.stream().filter(BatchRow::wanted).forEach(this::add);
                    return;
                }
                if (left(deadline).compareTo(LISTING_PAUSE.multipliedBy(2)) < 0) {
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
        private List<BatchRow> ask(List<BatchRow> batch, long importId, long begun, int byCode, long deadline) {
            Map<BatchRow, CompletableFuture<Void>> judged = new IdentityHashMap<>();
            List<CouponLookup.Question> questions = new ArrayList<>();
            Set<BatchRow> missing = ConcurrentHashMap.newKeySet();
            for (BatchRow row : batch) {
                long since = row.doubtful() ? Math.min(begun, row.attempt.begun()) : begun;
                long after = questions.size() < byCode ? 0 : since;
                CouponLookup.Question question = new CouponLookup.Question(row.code(), after);
                questions.add(question);
                judged.put(row, question.answer.handle((coupon, failure) -> {
                    if (failure != null || coupon.isEmpty()) {
                        missing.add(row);
                    } else {
                        judge(row, coupon.get(), importId);
                    }
                    return null;
                }));
            }
            lookup.ask(deployment, batch.get(0).attempt.path, questions);
            try {
                CompletableFuture.allOf(judged.values().toArray(CompletableFuture[]::new))
                        .get(left(deadline).toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                questions.forEach(question -> question.answer.cancel(false));
            } catch (InterruptedException e) {
                throw interrupted();
            } catch (ExecutionException e) {
                throw failure(e);
            }
            return batch.stream().filter(missing::contains).toList();
        }

        private void judge(BatchRow row, JsonNode coupon, long importId) {
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
                add(row);
            }
        }

        private void pause() {
            try {
                Thread.sleep(LISTING_PAUSE.toMillis());
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    private static String caseless(String code) {
        return code.toLowerCase(Locale.ROOT);
    }
}
