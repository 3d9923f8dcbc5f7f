package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds coupons by their literal codes (contract 6, step 5). Talon.One lists three times a second, so questions that
 * come together are answered from one list of what is new in their campaign (contract 6.1, step 4).
 */
final class CouponLookup {

    /** Clocks of gateway and Talon.One may differ by this much. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PAGE = 1000;

    /** What is not among so many pages of new coupons is asked for by its code. */
    private static final int MOST_PAGES = 5;

    private static final List<String> NUMBERS = List.of("usageLimit", "discountLimit", "reservationLimit");
    private static final List<String> DATES = List.of("startDate", "expiryDate");

    private final TalonOne talonOne;
    private final Executor executor;
    private final UpstreamOperation list;
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();

    CouponLookup(TalonOne talonOne, Executor executor) {
        this.talonOne = talonOne;
        this.executor = executor;
        this.list = talonOne.contract().operation("getCouponsWithoutTotalCount");
    }

    /**
     * Looks for one coupon.
     *
     * @param path {@code {applicationId, campaignId}}
     * @param after the coupon is not older than this, in milliseconds since 1970 UTC; 0 = it may be any
     * @return the coupon with that code; empty = there is none that is not older
     * @throws Refusal when Talon.One cannot be asked in time
     */
    Optional<JsonNode> find(Deployment deployment, Duration patience, JsonNode path, String code, long after) {
        Question question = new Question(code, after);
        ask(deployment, path, List.of(question));
        try {
            return question.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            question.answer.cancel(false);
            throw Refusal.retry(504, "Talon.One did not answer in time: try again", Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.retry(503, "The gateway is stopping: try again", Duration.ofSeconds(1));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : new IllegalStateException(e.getCause());
        }
    }

    /** How long an answer takes that is asked for now. */
    Duration expected(Deployment deployment) {
        return talonOne.budget().expected(deployment, list, 0);
    }

    /** Asks for many coupons of one campaign; their answers come in time. */
    void ask(Deployment deployment, JsonNode path, List<Question> questions) {
        desks.computeIfAbsent(deployment.name(), name -> new Desk(deployment)).ask(path, questions);
    }

    /** What became of one code. */
    static final class Question {

        private final String code;
        private final long after;

        /** The coupon; empty = there is none that is not older than asked for; or a {@link Refusal}. */
        final CompletableFuture<Optional<JsonNode>> answer = new CompletableFuture<>();

        /**
         * Asks.
         *
         * @param after the coupon is not older than this, in milliseconds since 1970 UTC; 0 = it may be any
         */
        Question(String code, long after) {
            this.code = code;
            this.after = after;
        }

        private boolean open() {
            return !answer.isDone();
        }
    }

    /** Asks one deployment, one campaign after the other. */
    private final class Desk {

        private final Deployment deployment;
        private final Map<JsonNode, List<Question>> waiting = new LinkedHashMap<>();
        private boolean serving;

        Desk(Deployment deployment) {
            this.deployment = deployment;
        }

        void ask(JsonNode path, List<Question> questions) {
            synchronized (this) {
                waiting.computeIfAbsent(path, campaign -> new ArrayList<>()).addAll(questions);
                if (serving) {
                    return;
                }
                serving = true;
            }
            executor.execute(this::serve);
        }

        private void serve() {
            for (; ; ) {
                Turn turn;
                try {
                    turn = talonOne.turn(deployment, list, null, PATIENCE);
                } catch (RuntimeException e) {
                    stop(e);
                    return;
                }
                Map.Entry<JsonNode, List<Question>> next = next();
                if (next == null) {
                    turn.unused();
                    return;
                }
                executor.execute(() -> answer(next.getKey(), next.getValue(), turn));
            }
        }

        private synchronized void stop(RuntimeException failure) {
            waiting.values().forEach(questions -> fail(questions, failure));
            waiting.clear();
            serving = false;
        }

        /** The questions of the next campaign: all that one list can answer, or one that it cannot. */
        private synchronized Map.Entry<JsonNode, List<Question>> next() {
            while (!waiting.isEmpty()) {
                JsonNode path = waiting.keySet().iterator().next();
                List<Question> open = new ArrayList<>(
                        waiting.remove(path).stream().filter(Question::open).toList());
                if (open.isEmpty()) {
                    continue;
                }
                List<Question> listed = new ArrayList<>(
                        open.stream().filter(question -> question.after > 0).toList());
                if (listed.isEmpty()) {
                    listed.add(open.get(0));
                }
                open.removeAll(listed);
                if (!open.isEmpty()) {
                    waiting.put(path, open);
                }
                return Map.entry(path, listed);
            }
            serving = false;
            return null;
        }

        private void answer(JsonNode path, List<Question> questions, Turn turn) {
            try {
                if (questions.size() == 1) {
                    exactly(path, questions.get(0), turn);
                } else {
                    among(path, questions, turn);
                }
            } catch (Unanswered e) {
                fail(questions, TalonOne.refusal(list, e));
            } catch (RuntimeException e) {
                fail(questions, e);
            }
        }

        private void exactly(JsonNode path, Question question, Turn turn) throws Unanswered {
            ObjectNode query = JsonNodeFactory.instance.objectNode();
            query.put("value", question.code).put("exactMatch", "true");
            JsonNode page = list(path, query, turn);
            for (JsonNode coupon : page.path("data")) {
                if (coupon.path("value").asText("").equalsIgnoreCase(question.code)) {
                    question.answer.complete(Optional.of(coupon));
                }
            }
            question.answer.complete(Optional.empty());
        }

        private void among(JsonNode path, List<Question> questions, Turn first) throws Unanswered {
            Map<String, List<Question>> byCode = new HashMap<>();
            long after = Long.MAX_VALUE;
            for (Question question : questions) {
                byCode.computeIfAbsent(caseless(question.code), code -> new ArrayList<>())
                        .add(question);
                after = Math.min(after, question.after);
            }
            Turn turn = first;
            for (int page = 0; page < MOST_PAGES; page++) {
                if (page > 0) {
                    turn = talonOne.turn(deployment, list, null, PATIENCE);
                }
                ObjectNode query = JsonNodeFactory.instance.objectNode();
                query.put(
                                "createdAfter",
                                Instant.ofEpochMilli(after).minus(CLOCKS).toString())
                        .put("sort", "-created")
                        .put("pageSize", Integer.toString(PAGE))
                        .put("skip", Integer.toString(page * PAGE));
                JsonNode listed = list(path, query, turn);
                for (JsonNode coupon : listed.path("data")) {
                    List<Question> about =
                            byCode.remove(caseless(coupon.path("value").asText("")));
                    if (about != null) {
                        about.forEach(question -> question.answer.complete(Optional.of(coupon)));
                    }
                }
                boolean more = listed.has("hasMore")
                        ? listed.path("hasMore").asBoolean()
                        : listed.path("data").size() == PAGE;
                if (byCode.isEmpty() || !more) {
                    byCode.values().forEach(rest -> rest.forEach(q -> q.answer.complete(Optional.empty())));
                    return;
                }
            }
            List<Question> rest = byCode.values().stream().flatMap(List::stream).toList();
            askOneByOne(path, rest);
        }

        private void askOneByOne(JsonNode path, List<Question> questions) {
            List<Question> exact = new ArrayList<>();
            for (Question question : questions) {
                Question other = new Question(question.code, 0);
                other.answer.whenComplete((coupon, failure) -> {
                    if (failure == null) {
                        question.answer.complete(coupon);
                    } else {
                        question.answer.completeExceptionally(failure);
                    }
                });
                exact.add(other);
            }
            ask(path, exact);
        }

        private JsonNode list(JsonNode path, ObjectNode query, Turn turn) throws Unanswered {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.set("path", path);
            request.set("query", query);
            UpstreamAnswer answer =
                    talonOne.send(UpstreamCall.of(list, deployment, null, request, null, PATIENCE), turn);
            if (!answer.ok()) {
                throw TalonOne.refusal(list, answer);
            }
            return answer.body();
        }
    }

    private static void fail(List<Question> questions, RuntimeException failure) {
        questions.forEach(question -> question.answer.completeExceptionally(failure));
    }

    private static String caseless(String code) {
        return code.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether a coupon is the one that was asked for: same recipient, limits and dates, and not older than the request.
     *
     * @param body what was sent for it
     * @param begun when the request began, in milliseconds since 1970 UTC
     */
    static boolean ours(JsonNode coupon, JsonNode body, long begun) {
        String wanted = body.path("recipientIntegrationId").asText("");
        if (!coupon.path("recipientIntegrationId").asText("").equals(wanted)) {
            return false;
        }
        long created = instant(coupon.path("created").asText(""));
        if (created < begun - CLOCKS.toMillis()) {
            return false;
        }
        for (String name : NUMBERS) {
            if (body.has(name) && body.get(name).asDouble() != coupon.path(name).asDouble()) {
                return false;
            }
        }
        for (String name : DATES) {
            if (body.has(name)
                    && instant(body.get(name).asText())
                            != instant(coupon.path(name).asText(""))) {
                return false;
            }
        }
        return true;
    }

    private static long instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
