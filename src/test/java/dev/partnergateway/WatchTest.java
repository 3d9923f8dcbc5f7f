package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the process looks at itself, and what becomes of it. */
@SuppressWarnings("try")
class WatchTest {

    private static final Duration OFTEN = Duration.ofMillis(20);

    private final List<String> gone = new CopyOnWriteArrayList<>();

    private void awaitGone(String what) {
        Await.until(gone::toString, () -> gone.contains(what));
    }

    @Test
    void aPortThatNobodyListensOnAnyMoreIsReported() throws IOException {
        ServerSocket socket = new ServerSocket(0);
        int port = socket.getLocalPort();
        try (Watch watch =
                new Watch(OFTEN, 3, gone::add).onPort("0.0.0.0", port).begin()) {
            for (int i = 0; i < 5; i++) {
                socket.accept().close();
            }
            assertEquals(List.of(), gone);
            socket.close();
            awaitGone("nobody listens on port " + port);
        }
    }

    @Test
    void aThreadThatIsStuckOrHasEndedIsReported() {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        CountDownLatch stuck = new CountDownLatch(1);
        try (Watch watch = new Watch(OFTEN, 3, gone::add).onLoop(loop).begin()) {
            loop.execute(() -> {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            awaitGone("a thread that serves connections is stuck");
            stuck.countDown();
            loop.shutdown();
            awaitGone("a thread that serves connections has ended");
        }
    }

    @Test
    void aPartThatNeverWorksAgainIsReported() {
        AtomicBoolean works = new AtomicBoolean(true);
        try (Watch watch = new Watch(OFTEN, 3, gone::add)
                .on("the client is closed", works::get)
                .begin()) {
            works.set(false);
            awaitGone("the client is closed");
        }
    }

    @Test
    void aChoreComesAgainWhateverItThrows() {
        AtomicInteger times = new AtomicInteger();
        try (Chores chores = new Chores(Duration.ofMinutes(1))) {
            chores.begin("test", OFTEN, () -> {
                switch (times.incrementAndGet()) {
                    case 1 -> throw new IllegalStateException("a row");
                    case 2 -> throw new StackOverflowError();
                    case 3 -> throw new NoClassDefFoundError("a/Row");
                    default -> {}
                }
            });
            Await.until(times::toString, () -> times.get() > 5);
            assertTrue(chores.dead().isEmpty());
        }
    }

    @Test
    void aChoreThatDoesNotComeToItsEndIsNoticedAndHoldsNoOtherUp() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger others = new AtomicInteger();
        try (Chores chores = new Chores(Duration.ofMillis(300))) {
            chores.begin("stuck one", OFTEN, () -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            chores.begin("other", OFTEN, others::incrementAndGet);
            Await.until(
                    () -> chores.dead().toString(),
                    () -> chores.dead().filter("stuck one"::equals).isPresent());
            int before = others.get();
            Await.until(others::toString, () -> others.get() > before);
        }
    }
}
