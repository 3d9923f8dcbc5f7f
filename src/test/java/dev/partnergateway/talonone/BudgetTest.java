package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.DeploymentClock;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.harness.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Turns where what counts them, a database, takes its time. */
class BudgetTest {

    private static final Deployment DEPLOYMENT = new Deployment(
            "d",
            URI.create("http://localhost:1"),
            Optional.empty(),
            Map.of(),
            false,
            List.of(),
            3,
            true,
            new DeploymentClock());

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger givenBack = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);

    /** Has no call at first; whoever asks next waits, and gets one. */
    private final Allowance slow = new Allowance() {
        @Override
        public Grant take(String endpoint, int perSecond) {
            if (asked.incrementAndGet() == 1) {
                return new Grant(Duration.ofMillis(10), null);
            }
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Grant(Duration.ZERO, made -> givenBack.addAndGet(made ? 0 : 1));
        }

        @Override
        public void pause(String endpoint, Duration pause) {
            throw new IllegalStateException();
        }

        @Override
        public int left(String endpoint, int perSecond) {
            return 0;
        }
    };

    @Test
    void aTurnThatComesWhenItsCallerHasGivenUpIsGivenBackAndNobodyElseWaitsForTheDatabase() throws Exception {
        UpstreamOperation create =
                UpstreamContract.read(Path.of("openapi/talon-one.yaml")).operation("createCoupons");
        try (Budget budget = new Budget(slow, new Meters(new SimpleMeterRegistry()))) {
            CompletableFuture<Refusal> impatient = CompletableFuture.supplyAsync(() -> assertThrows(
                    Refusal.class, () -> budget.take(DEPLOYMENT, create, "party", Duration.ofMillis(500))));
            Await.until(asked::get, () -> asked.get() == 2);
            CompletableFuture.supplyAsync(() -> budget.expected(DEPLOYMENT, create, 0))
                    .get(5, TimeUnit.SECONDS);
            assertEquals(429, impatient.get(10, TimeUnit.SECONDS).status());
            answers.countDown();
            Await.until(givenBack::get, () -> givenBack.get() == 1);
        }
    }
}
