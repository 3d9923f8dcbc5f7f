package dev.partnergateway.queue;

import dev.partnergateway.queue.Lanes.Taken;
import dev.partnergateway.queue.Letters.Arrival;
import dev.partnergateway.queue.Letters.Hold;
import dev.partnergateway.queue.Letters.Row;
import dev.partnergateway.settings.KafkaSettings;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition in this gateway's hands: takes over what comes out of it, and carries the letters out, the lines side by
 * side, each line in its order. It alone changes letters of the lane that wait, so that nothing has to be leased; once
 * another gateway has taken the lane, nothing that this one still does has an effect.
 */
final class Lane {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** Longer than a letter can be under way: until then nobody else takes the lane. */
    private static final Duration HOLD = Delivery.BUDGET.plusSeconds(2);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final long IDLE_MILLIS = 10_000;

    private final String id;
    private final Work work;

    /** Whoever ends letters of different lines does it side by side; whoever puts letters into lines is alone. */
    private final ReadWriteLock lines = new ReentrantReadWriteLock();

    private final Set<String> running = ConcurrentHashMap.newKeySet();

    /** Deployments whose letters found no room at the last look. */
    private final Set<String> blocked = new HashSet<>();

    private volatile Taken taken;
    private volatile long offset;
    private volatile boolean left;
    private volatile boolean stirred = true;
    private volatile boolean recalled;
    private volatile long looksAt = System.nanoTime();

    /**
     * What all lanes of a gateway share.
     *
     * @param wake has lanes looked at soon
     */
    record Work(
            Letters letters,
            Lanes lanes,
            Delivery delivery,
            Function<String, Pace> paces,
            KafkaSettings settings,
            Executor executor,
            Counter dead,
            Runnable wake) {}

    Lane(String id, Work work) {
        this.id = id;
        this.work = work;
    }

    String id() {
        return id;
    }

    /** Whether it is in this gateway's hands. */
    boolean isTaken() {
        return taken != null;
    }

    /**
     * Tries to take it.
     *
     * @param topic Kafka's id of the topic
     * @param first offset to begin with where nothing is known
     * @param begin offset of the partition's first record
     * @param end offset after its last record
     * @return how many records Kafka has forgotten before they were read; empty when somebody else still has the lane
     */
    Optional<Long> take(String topic, long first, long begin, long end) {
        Optional<Taken> mine = work.lanes().take(id, topic, first, end);
        mine.ifPresent(got -> {
            offset = Math.max(begin, got.offset());
            recalled = true;
            taken = got;
            stir();
        });
        return mine.map(got -> offset - got.offset());
    }

    /** Offset of the next record. */
    long offset() {
        return offset;
    }

    /**
     * Takes over what has come out of the partition.
     *
     * @param next offset of the record after them
     * @return false when somebody else has the lane
     */
    boolean arrived(List<Arrival> arrivals, long next) {
        Taken mine = taken;
        if (mine == null) {
            return false;
        }
        List<Arrival> placed = arrivals.stream()
                .map(arrival -> new Arrival(arrival.letter(), mine.base() + arrival.place(), arrival.accepted()))
                .toList();
        lines.writeLock().lock();
        try {
            work.letters().insert(mine.hold(), placed);
            if (!work.lanes().advance(mine.hold(), mine.base() + next)) {
                lost(mine);
                return false;
            }
        } finally {
            lines.writeLock().unlock();
        }
        offset = next;
        stir();
        return true;
    }

    /** An operator wants letters of it to be tried again. */
    void recalls() {
        recalled = true;
        stirred = true;
    }

    private void stir() {
        stirred = true;
        work.wake().run();
    }

    private void lost(Taken mine) {
        if (taken == mine) {
            LOG.warn("Lane {} is another gateway's: nothing more is sent for it here", id);
            taken = null;
        }
    }

    /**
     * Begins to carry out what is due. Only one thread looks.
     *
     * @return milliseconds until it is worth another look
     */
    long look() {
        Taken mine = taken;
        if (mine == null || left) {
            return IDLE_MILLIS;
        }
        long now = System.nanoTime();
        boolean roomAgain = blocked.stream()
                .anyMatch(deployment -> work.paces().apply(deployment).room() > 0);
        if (!stirred && !roomAgain && now - looksAt < 0) {
            return (looksAt - now) / 1_000_000 + 1;
        }
        stirred = false;
        blocked.clear();
        if (recalled) {
            putBack(mine);
        }
        long wait = IDLE_MILLIS;
        Optional<String> deployment = work.letters().nextDeployment(id, "");
        while (deployment.isPresent()) {
            wait = Math.min(wait, look(mine, deployment.get()));
            deployment = work.letters().nextDeployment(id, deployment.get());
        }
        looksAt = System.nanoTime() + wait * 1_000_000;
        return wait;
    }

    private void putBack(Taken mine) {
        lines.writeLock().lock();
        try {
            recalled = work.letters().putBack(mine.hold(), running::contains);
        } finally {
            lines.writeLock().unlock();
        }
        stirred |= recalled;
    }

    private long look(Taken mine, String deployment) {
        Pace pace = work.paces().apply(deployment);
        int room = pace.room();
        if (room == 0) {
            blocked.add(deployment);
            return pace.rests() == 0 ? IDLE_MILLIS : pace.rests();
        }
        // One that ends while the rows are read must not be taken for one that waits.
        Set<String> under = Set.copyOf(running);
        for (Row head : work.letters().heads(id, deployment, room + under.size())) {
            if (under.contains(head.letter().requestId())) {
                continue;
            }
            if (head.dueIn() > 0) {
                return head.dueIn();
            }
            if (room == 0) {
                break;
            }
            room--;
            begin(mine, head, pace);
        }
        if (room == 0) {
            blocked.add(deployment);
        }
        return IDLE_MILLIS;
    }

    private void begin(Taken mine, Row head, Pace pace) {
        String letter = head.letter().requestId();
        running.add(letter);
        pace.enter();
        try {
            work.executor().execute(() -> carryOut(mine, head, pace));
        } catch (RejectedExecutionException e) {
            // The gateway is stopping: the row stays for the next start.
            pace.leave();
            running.remove(letter);
        }
    }

    private void carryOut(Taken mine, Row head, Pace pace) {
        long begun = System.nanoTime();
        Outcome outcome = null;
        try {
            Optional<Outcome> tried = work.delivery()
                    .run(head, () -> taken == mine && !left && work.lanes().fence(mine.hold(), HOLD));
            if (tried.isPresent()) {
                outcome = tried.get();
                settle(mine.hold(), head, judged(head, outcome, pace, begun));
            } else if (!left) {
                lost(mine);
            }
        } catch (StoreException e) {
            LOG.warn("The store did not answer; {} is looked at again later", head.letter());
        } catch (RuntimeException e) {
            LOG.error("{} could not be tried; the next try comes soon", head.letter(), e);
        } finally {
            if (outcome == null) {
                pace.leave();
            } else {
                pace.leave(outcome, System.nanoTime() - begun);
            }
            running.remove(head.letter().requestId());
            letGoIfLeft(mine);
            stir();
        }
    }

    /** Whether a failure says anything of the letter: a deployment that answers nobody fails whatever is sent. */
    private Outcome judged(Row head, Outcome outcome, Pace pace, long begun) {
        boolean absent = outcome.kind() == Outcome.Kind.FAILED
                && !outcome.status().equals(Delivery.FAULT)
                && !pace.hasSucceededSince(begun)
                && !work.delivery().answers(head);
        return absent ? outcome.ofAnAbsentDeployment() : outcome;
    }

    private void settle(Hold hold, Row head, Outcome outcome) {
        lines.readLock().lock();
        try {
            switch (outcome.kind()) {
                case DONE -> work.letters().done(hold, head.letter());
                case REFUSED -> dead(hold, head, head.tries() + 1, outcome);
                case FAILED -> {
                    int tries = head.tries() + 1;
                    if (tries >= work.settings().attempts()) {
                        dead(hold, head, tries, outcome);
                    } else {
                        postpone(hold, head, tries, outcome, pause(tries, 4, LONGEST_PAUSE));
                    }
                }
                case KEY_REFUSED -> {
                    if (head.refusedFor() >= work.settings().keyPatience().toMillis()) {
                        dead(hold, head, head.tries() + 1, outcome);
                    } else {
                        postpone(hold, head, head.tries(), outcome, pause(head.rounds() + 1, 4, LONGEST_WAIT));
                    }
                }
                default -> postpone(hold, head, head.tries(), outcome, pause(head.rounds() + 1, 2, LONGEST_WAIT));
            }
        } finally {
            lines.readLock().unlock();
        }
    }

    private Duration pause(int number, int factor, Duration longest) {
        Duration pause = work.settings().pause();
        for (int i = 1; i < number && pause.compareTo(longest) < 0; i++) {
            pause = pause.multipliedBy(factor);
        }
        return pause.compareTo(longest) > 0 ? longest : pause;
    }

    private void dead(Hold hold, Row head, int tries, Outcome outcome) {
        if (work.letters().dead(hold, head.letter(), tries, outcome)) {
            work.dead().increment();
            LOG.warn("{} is a dead letter after {} tries: {}", head.letter(), tries, outcome.status());
        }
    }

    private void postpone(Hold hold, Row head, int tries, Outcome outcome, Duration pause) {
        Duration longer = pause.compareTo(outcome.pause()) < 0 ? outcome.pause() : pause;
        if (head.rounds() == 0 || !head.reason().equals(outcome.status())) {
            LOG.info("{} got {}; it is tried again", head.letter(), outcome.status());
        }
        work.letters().postpone(hold, head, tries, longer, outcome);
    }

    /** Begins nothing more; the lane is let go when what is under way has ended. */
    void leave() {
        left = true;
        Taken mine = taken;
        if (mine != null) {
            try {
                work.executor().execute(() -> letGoIfLeft(mine));
            } catch (RejectedExecutionException e) {
                letGoIfLeft(mine);
            }
        }
    }

    /** Whether nothing is under way. */
    boolean isIdle() {
        return running.isEmpty();
    }

    private void letGoIfLeft(Taken mine) {
        if (left && running.isEmpty()) {
            try {
                work.lanes().letGo(mine.hold());
            } catch (StoreException e) {
                LOG.debug("Lane {} is let go by itself in a while", id);
            }
        }
    }
}
