package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Turn;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds coupons by their literal codes. Talon.One lists three times a second, so what is asked for at the same time is
 * answered from one list of what is new in a campaign.
 */
final class CouponLookup {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PAGE = 1000;

    /** What is not among so many pages of new coupons is asked for by its code. */
    private static final int MOST_PAGES = 5;

    private final TalonOne talonOne;
    private final Executor executor;
    private final UpstreamOperation list;
    private final Map<String, Asking> deployments = new ConcurrentHashMap<>();

    CouponLookup(TalonOne talonOne, Executor executor) {
        this.talonOne = talonOne;
        this.executor = executor;
        this.list = talonOne.contract().operation("getCouponsWithoutTotalCount");
    }

    /**
     * A code that is asked for.
     *
     * @param code without regard to case
     * @param after the coupon was not made earlier, by the deployment's clock; null = it may be any
     * @param coupon the coupon; empty = there is none that was not made earlier; or a refusal
     */
    record Question(String code, Instant after, CompletableFuture<Optional<JsonNode>> coupon) {

        Question(String code, Instant after) {
            this(CouponRequest.caseless(code), after, new CompletableFuture<>());
        }
    }

    /**
     * Looks for one coupon.
     *
     * @param path {@code {applicationId, campaignId}}
     * @param after it was not made earlier, by the deployment's clock; null = it may be any
     * @return the coupon with that code; empty = there is none that was not made earlier
     * @throws Refusal when Talon.One cannot be asked in time
     */
    Optional<JsonNode> find(Deployment deployment, Duration patience, JsonNode path, String code, Instant after) {
        Question question = new Question(code, after);
        ask(deployment, path, List.of(question));
        try {
            return question.coupon.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            question.coupon.cancel(false);
            throw Refusal.retry(504, "Talon.One did not answer in time: try again", Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
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
        deployments
                .computeIfAbsent(deployment.name(), name -> new Asking(deployment))
                .ask(path, questions);
    }

    /** One deployment: in each turn as many questions of one campaign as one list can answer. */
    private final class Asking {

        private final Deployment deployment;
        private final Map<JsonNode, List<Question>> waiting = new LinkedHashMap<>();
        private boolean asking;

        Asking(Deployment deployment) {
            this.deployment = deployment;
        }

        void ask(JsonNode path, List<Question> questions) {
            synchronized (this) {
                waiting.computeIfAbsent(path, campaign -> new ArrayList<>()).addAll(questions);
                if (asking) {
                    return;
                }
                asking = true;
            }
            start(this::goOn);
        }

        private void start(Runnable work) {
            try {
                executor.execute(work);
            } catch (RuntimeException | Error e) {
                stop(e);
                throw e;
            }
        }

        /** Whatever happens, it ends with nobody waiting for it in vain. */
        private void goOn() {
            try {
                for (; ; ) {
                    Turn turn = talonOne.turn(deployment, list, null, PATIENCE);
                    Map.Entry<JsonNode, List<Question>> next = next();
                    if (next == null) {
                        turn.unused();
                        return;
                    }
                    executor.execute(() -> answer(next.getKey(), next.getValue(), turn));
                }
            } catch (RuntimeException | Error e) {
                stop(e);
                Fatal.look(e);
            }
        }

        private synchronized void stop(Throwable failure) {
            waiting.values().forEach(questions -> fail(questions, failure));
            waiting.clear();
            asking = false;
        }

        /** The questions of the next campaign: all that one list can answer, or one that it cannot. */
        private synchronized Map.Entry<JsonNode, List<Question>> next() {
            while (!waiting.isEmpty()) {
                JsonNode path = waiting.keySet().iterator().next();
                List<Question> open = new ArrayList<>(waiting.remove(path).stream()
                        .filter(question -> !question.coupon.isDone())
                        .toList());
                if (open.isEmpty()) {
                    continue;
                }
                List<Question> listed =
                        open.stream().filter(question -> question.after != null).toList();
                if (listed.isEmpty()) {
                    listed = List.of(open.remove(0));
                } else {
                    open.removeIf(question -> question.after != null);
                }
                if (!open.isEmpty()) {
                    waiting.put(path, open);
                }
                return Map.entry(path, listed);
            }
            asking = false;
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
            } catch (RuntimeException | Error e) {
                fail(questions, e);
                Fatal.look(e);
            }
        }

        private void exactly(JsonNode path, Question question, Turn turn) throws Unanswered {
            ObjectNode query = JsonNodeFactory.instance.objectNode();
            query.put("value", question.code).put("exactMatch", "true");
            for (JsonNode coupon : list(path, query, turn).path("data")) {
                if (CouponRequest.caseless(coupon.path("value").asText("")).equals(question.code)) {
                    question.coupon.complete(Optional.of(coupon));
                }
            }
            question.coupon.complete(Optional.empty());
        }

        private void among(JsonNode path, List<Question> questions, Turn first) throws Unanswered {
            Map<String, List<Question>> byCode = new HashMap<>();
            Instant after = Instant.MAX;
            for (Question question : questions) {
                byCode.computeIfAbsent(question.code, code -> new ArrayList<>()).add(question);
                after = question.after.isBefore(after) ? question.after : after;
            }
            Turn turn = first;
            for (int page = 0; page < MOST_PAGES; page++) {
                if (page > 0) {
                    turn = talonOne.turn(deployment, list, null, PATIENCE);
                }
                ObjectNode query = JsonNodeFactory.instance.objectNode();
                query.put("createdAfter", after.toString())
                        .put("sort", "-created")
                        .put("pageSize", Integer.toString(PAGE))
                        .put("skip", Integer.toString(page * PAGE));
                JsonNode listed = list(path, query, turn);
                for (JsonNode coupon : listed.path("data")) {
                    List<Question> about = byCode.remove(
                            CouponRequest.caseless(coupon.path("value").asText("")));
                    if (about != null) {
                        about.forEach(question -> question.coupon.complete(Optional.of(coupon)));
                    }
                }
                boolean more = listed.has("hasMore")
                        ? listed.path("hasMore").asBoolean()
                        : listed.path("data").size() == PAGE;
                if (byCode.isEmpty() || !more) {
                    byCode.values().forEach(rest -> rest.forEach(q -> q.coupon.complete(Optional.empty())));
                    return;
                }
            }
            ask(
                    path,
                    byCode.values().stream()
                            .flatMap(List::stream)
                            .map(question -> new Question(question.code, null, question.coupon))
                            .toList());
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

    private static void fail(List<Question> questions, Throwable failure) {
        questions.forEach(question -> question.coupon.completeExceptionally(failure));
    }
}
