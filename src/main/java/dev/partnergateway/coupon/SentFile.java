package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.coupon.CouponLookup.Question;
import dev.partnergateway.idempotency.Claim;
import dev.partnergateway.idempotency.WaitingClaims.Back;
import dev.partnergateway.idempotency.WaitingClaims.Taken;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coupons of one campaign that are created with one file, and what becomes of each. A file is sent with
 * {@code skipDuplicates=true}, so the same rows can be sent again at any time; whose coupon it is that a list shows is told
 * by the id of the import, else by what it holds.
 */
final class SentFile {

    private static final Logger LOG = LoggerFactory.getLogger(SentFile.class);

    /** A file that was not confirmed by then may have been taken all the same: the list tells. */
    private static final Duration FILE = Duration.ofSeconds(2);

    private static final Duration LISTING_PAUSE = Duration.ofMillis(200);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MOST_CODES = 5;
    private static final int MOST_BY_CODE = 3;

    private final FileSender sender;
    private final List<FileRow> all;
    private final long deadline;
    private final Set<FileRow> open = new HashSet<>();

    /**
     * Puts one together.
     *
     * @param deadline when it has to be known what became of it, as {@link System#nanoTime} counts
     */
    SentFile(FileSender sender, List<FileRow> rows, long deadline) {
        this.sender = sender;
        this.all = rows;
        this.deadline = deadline;
        open.addAll(rows);
    }

    /** Waits for a turn and does as {@link #send(Turn)}. */
    void send() {
        Turn turn;
        try {
            turn = sender.talonOne.turn(sender.deployment, sender.send, null, left());
        } catch (Refusal e) {
            letGo(all, Refusal.unknown(503, e.getMessage()));
            return;
        }
        send(turn);
    }

    /** Sends it and finds out what became of it. Never throws; every row is told, and every caller. */
    void send(Turn turn) {
        try {
            send(all, turn);
        } catch (Refusal e) {
            letGo(List.copyOf(open), e);
        } catch (RuntimeException | Error e) {
            LOG.error("A file of coupons was not finished; they are looked for", e);
            letGo(List.copyOf(open), unknown());
            Fatal.look(e);
        }
    }

    private static Refusal unknown() {
        return Refusal.unknown(503, "It is not known yet whether Talon.One created the coupon");
    }

    private void send(List<FileRow> rows, Turn turn) {
        Instant begun = Instant.now();
        UpstreamCall call;
        try {
            call = call(rows);
        } catch (RuntimeException | Error e) {
            turn.unused();
            throw e;
        }
        sender.sent(rows);
        UpstreamAnswer answer;
        try {
            answer = sender.talonOne.send(call, turn);
        } catch (Unanswered e) {
            if (e.sent()) {
                rows.forEach(FileRow::doubt);
                settle(rows, 0, begun, TalonOne.refusal(sender.send, e));
            } else {
                waitOn(rows);
            }
            return;
        } catch (Refusal e) {
            waitOn(rows);
            return;
        }
        if (answer.ok()) {
            long id = answer.body().path("id").asLong(0);
            settle(rows, id, begun, Refusal.unknown(503, "The coupon is not listed yet"));
        } else if (answer.status() == 429) {
            waitOn(rows);
        } else if (!answer.doubtful()) {
            refused(rows, answer);
        } else {
            rows.forEach(FileRow::doubt);
            settle(rows, 0, begun, TalonOne.refusal(sender.send, answer));
        }
    }

    private UpstreamCall call(List<FileRow> rows) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.set("path", rows.get(0).request.path());
        request.putObject("query").put("skipDuplicates", "true");
        return UpstreamCall.of(sender.send, sender.deployment, null, request, null, FILE)
                .withFile(CouponFile.write(
                        rows.stream().map(row -> row.request.body()).toList()))
                .sentBy(rows.get(0).taken.claim().leaseEnds());
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    /**
     * One bad row must not sink the rest: the file is divided until the bad row stands alone. That a part of it was taken
     * all the same is not expected, and not ruled out.
     */
    private void refused(List<FileRow> rows, UpstreamAnswer answer) {
        boolean allAlike = answer.status() != 400 || !answer.refuses(sender.send);
        if (rows.size() == 1 || allAlike) {
            Refusal refusal = TalonOne.refusal(sender.send, answer);
            for (FileRow row : rows) {
                refuse(row, refusal);
            }
            return;
        }
        rows.forEach(FileRow::divide);
        for (List<FileRow> part : parts(rows, answer)) {
            sender.start(new SentFile(sender, part, deadline)::send);
            part.forEach(open::remove);
        }
    }

    /**
     * A row that may be there from before is not refused before it was looked for. What is refused alone was not taken among
     * others.
     */
    private void refuse(FileRow row, Refusal refusal) {
        if (row.doubtful()) {
            Optional<JsonNode> there;
            try {
                there = sender.lookup.find(sender.deployment, left(), row.request.path(), row.request.code(), null);
            } catch (Refusal e) {
                letGo(List.of(row), unknown());
                return;
            }
            if (there.isPresent()) {
                judge(row, there.get(), 0);
                return;
            }
            // Talon.One may carry out an earlier file still: the sweeper looks when it cannot any more.
            letGo(List.of(row), unknown());
            return;
        }
        none(row, refusal);
    }

    /** Rows on lines that Talon.One names, and the others; two halves when it names none. Nobody is refused by it. */
    private static List<List<FileRow>> parts(List<FileRow> rows, UpstreamAnswer answer) {
        Set<Integer> named = new HashSet<>();
        for (JsonNode error : answer.body().path("errors")) {
            named.add(error.path("source").path("line").asInt(0) - CouponFile.FIRST_LINE);
        }
        List<FileRow> suspects = new ArrayList<>();
        List<FileRow> others = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            (named.contains(i) ? suspects : others).add(rows.get(i));
        }
        return suspects.isEmpty() || others.isEmpty()
                ? List.of(rows.subList(0, rows.size() / 2), rows.subList(rows.size() / 2, rows.size()))
                : List.of(others, suspects);
    }

    /**
     * Finds out which coupons there are after a file was sent.
     *
     * @param importId id of the import that Talon.One confirmed; 0 = it is not known what became of it
     * @param begun when the file was sent, by the gateway's clock
     * @param otherwise what callers are told whose coupon is not found in time
     */
    private void settle(List<FileRow> rows, long importId, Instant begun, Refusal otherwise) {
        List<FileRow> missing = rows;
        for (int round = 0; ; round++) {
            // What a list of new coupons does not show may be an old one with the same code.
            missing = find(missing, importId, begun, round == 0 ? 0 : MOST_BY_CODE);
            if (missing.isEmpty()) {
                return;
            }
            if (importId == 0 && round > 0) {
                // Not there: the same rows are sent again, which is safe.
                waitOn(missing);
                return;
            }
            if (left().compareTo(LISTING_PAUSE.multipliedBy(2)) < 0) {
                letGo(missing, otherwise);
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
    private List<FileRow> find(List<FileRow> rows, long importId, Instant begun, int byCode) {
        List<Question> questions = new ArrayList<>();
        for (FileRow row : rows) {
            Instant since = !row.firstTime()
                    ? CouponMatch.earliest(row.taken.claim(), sender.deployment)
                    : sender.deployment.clock().earliest(begun);
            questions.add(new Question(row.request.code(), questions.size() < byCode ? null : since));
        }
        sender.lookup.ask(sender.deployment, rows.get(0).request.path(), questions);
        await(questions);
        List<FileRow> missing = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Optional<JsonNode> coupon = found(questions.get(i));
            if (coupon.isPresent()) {
                judge(rows.get(i), coupon.get(), importId);
            } else {
                missing.add(rows.get(i));
            }
        }
        return missing;
    }

    private void await(List<Question> questions) {
        try {
            CompletableFuture.allOf(questions.stream().map(Question::coupon).toArray(CompletableFuture[]::new))
                    .get(left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            questions.forEach(question -> question.coupon().cancel(false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unknown(503, "The gateway is stopping");
        } catch (ExecutionException e) {
            // Those that could not be asked for count as not found.
            return;
        }
    }

    private static Optional<JsonNode> found(Question question) {
        return question.coupon().isDone() && !question.coupon().isCompletedExceptionally()
                ? question.coupon().join()
                : Optional.empty();
    }

    private void judge(FileRow row, JsonNode coupon, long importId) {
        long imported = coupon.path("importId").asLong(0);
        boolean certain = importId != 0 && imported == importId;
        boolean foreign = importId != 0 && row.firstTime() && imported != 0 && !certain;
        Claim claim = row.taken.claim();
        CouponMatch match = certain
                ? CouponMatch.OURS
                : foreign ? CouponMatch.ANOTHERS : CouponMatch.of(coupon, row.request, claim, sender.deployment);
        if (match == CouponMatch.OURS) {
            made(row, coupon);
            return;
        }
        if (match == CouponMatch.OLDER && !row.firstTime()) {
            letGo(List.of(row), unknown());
            return;
        }
        claim.note("the code was taken");
        if (row.request.drawn() >= MOST_CODES) {
            none(row, Refusal.retry(503, "No free coupon code was found: give a longer couponPattern", SOON));
        } else if (row.taken.wanted()) {
            open.remove(row);
            sender.queue.putBack(
                    List.of(new Back(row.taken, row.request.redrawn().content())), false);
            waitsAgain(row);
        } else {
            none(row, CouponFiles.late(SOON));
        }
    }

    private void made(FileRow row, JsonNode coupon) {
        open.remove(row);
        if (!tell(row, FileOutcome.made(coupon))) {
            sender.queue.made(row.taken, coupon);
        }
    }

    /** Nothing was made for it, and nothing is under way. */
    private void none(FileRow row, Refusal refusal) {
        open.remove(row);
        if (!tell(row, FileOutcome.none(refusal))) {
            sender.queue.refused(row.taken, refusal);
        }
    }

    /** Nothing of them is known to be there: they wait for the next file, as long as somebody wants them. */
    private void waitOn(List<FileRow> rows) {
        for (boolean firstTime : new boolean[] {true, false}) {
            List<FileRow> back = rows.stream()
                    .filter(row -> row.firstTime() == firstTime && row.taken.wanted())
                    .toList();
            open.removeAll(back);
            sender.queue.putBack(
                    back.stream()
                            .map(row -> new Back(row.taken, row.request.content()))
                            .toList(),
                    !firstTime);
            back.forEach(this::waitsAgain);
        }
        List<FileRow> left = rows.stream().filter(open::contains).toList();
        letGo(left.stream().filter(row -> !row.firstTime()).toList(), unknown());
        left.stream().filter(FileRow::firstTime).forEach(row -> none(row, CouponFiles.late(SOON)));
    }

    private void waitsAgain(FileRow row) {
        sender.callers.taken(row.taken.claim().hold(), false);
        sender.wake();
    }

    /** It is not known what became of them: the sweeper, or a repeat, finds out. */
    private void letGo(List<FileRow> rows, Refusal refusal) {
        if (rows.isEmpty()) {
            return;
        }
        rows.forEach(open::remove);
        try {
            sender.queue.unknown(rows.stream().map(row -> row.taken).toList());
        } catch (StoreException e) {
            LOG.debug("What is not known is looked for when its lease is over", e);
        }
        rows.forEach(row -> tell(row, FileOutcome.unknown(refusal)));
    }

    private boolean tell(FileRow row, FileOutcome outcome) {
        Taken taken = row.taken;
        WaitingCallers.Caller caller =
                taken.ofThisGateway() ? sender.callers.of(taken.claim().hold()) : null;
        return caller != null && caller.tell(outcome);
    }

    private static void pause() {
        try {
            Thread.sleep(LISTING_PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unknown(503, "The gateway is stopping");
        }
    }
}
