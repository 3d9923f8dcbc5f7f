package dev.partnergateway.harness;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Callers who all call at once. */
public final class Together {

    private Together() {}

    /** Makes as many calls at once, by their numbers from 0, and waits for all answers. */
    public static List<Http.Answer> call(int count, IntFunction<Http.Answer> call) {
        ExecutorService callers = Executors.newFixedThreadPool(count);
        try {
            List<CompletableFuture<Http.Answer>> calls = IntStream.range(0, count)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> call.apply(i), callers))
                    .toList();
            return calls.stream().map(CompletableFuture::join).toList();
        } finally {
            callers.shutdownNow();
        }
    }
}
