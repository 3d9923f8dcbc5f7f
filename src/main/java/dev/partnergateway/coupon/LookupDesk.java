package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Deployment;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Asks one deployment for coupons: in each turn as many questions of one campaign as one list can answer. */
final class LookupDesk {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PAGE = 1000;

    /** What is not among so many pages of new coupons is asked for by its code. */
    private static final int MOST_PAGES = 5;

    private final Deployment deployment;
    private final TalonOne talonOne;
    private final UpstreamOperation list;
    private final Executor executor;
    private final Map<JsonNode, List<Question>> waiting = new LinkedHashMap<>();
    private boolean serving;

    LookupDesk(Deployment deployment, TalonOne talonOne, UpstreamOperation list, Executor executor) {
        this.deployment = deployment;
        this.talonOne = talonOne;
        this.list = list;
        this.executor = executor;
    }

    /** Asks; the answers come in time. */
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
            List<Question> listed =
                    open.stream().filter(question -> question.after > 0).toList();
            if (listed.isEmpty()) {
                listed = List.of(open.remove(0));
            } else {
                open.removeIf(question -> question.after > 0);
            }
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
            Instant earliest = deployment.clock().earliest(Instant.ofEpochMilli(after));
            query.put("createdAfter", earliest.toString())
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
        UpstreamAnswer answer = talonOne.send(UpstreamCall.of(list, deployment, null, request, null, PATIENCE), turn);
        if (!answer.ok()) {
            throw TalonOne.refusal(list, answer);
        }
        return answer.body();
    }

    private static void fail(List<Question> questions, RuntimeException failure) {
        questions.forEach(question -> question.answer.completeExceptionally(failure));
    }

    /** Talon.One tells codes apart regardless of case. */
    static String caseless(String code) {
        return code.toLowerCase(Locale.ROOT);
    }
}
