package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.partnergateway.call.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Carries out a list of calls, a few at a time, and gives the answers in the order of the calls. One that fails
 * fails the whole list; nothing more is begun then.
 */
final class SideBySide {

    /** One partner call never takes more of a deployment's connections than this. */
    private static final int AT_ONCE = 16;

    private final Executor executor;

    SideBySide(Executor executor) {
        this.executor = executor;
    }

    /**
     * Runs the list.
     *
     * @throws Refusal of the failure with the highest status: what may be tried again goes before what may not
     */
    ArrayNode run(List<Supplier<JsonNode>> calls) {
        JsonNode[] answers = new JsonNode[calls.size()];
        AtomicInteger next = new AtomicInteger();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int lane = 0; lane < Math.min(AT_ONCE, calls.size()); lane++) {
            lanes.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = next.getAndIncrement();
                                i < answers.length && failure.get() == null;
                                i = next.getAndIncrement()) {
                            try {
                                answers[i] = calls.get(i).get();
                            } catch (RuntimeException e) {
                                failure.accumulateAndGet(e, SideBySide::worse);
                            }
                        }
                    },
                    executor));
        }
        try {
            lanes.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new IllegalStateException("a list of calls could not be carried out", e.getCause());
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode(answers.length);
        List.of(answers).forEach(all::add);
        return all;
    }

    private static RuntimeException worse(RuntimeException one, RuntimeException other) {
        if (one == null) {
            return other;
        }
        Comparator<RuntimeException> byStatus = Comparator.comparingInt(SideBySide::status);
        return byStatus.compare(one, other) >= 0 ? one : other;
    }

    /** A fault of the gateway itself goes before everything. */
    private static int status(RuntimeException failure) {
        return failure instanceof Refusal refusal ? refusal.status() : Integer.MAX_VALUE;
    }
}
