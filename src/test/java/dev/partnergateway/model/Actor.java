package dev.partnergateway.model;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Somebody who does one step after the other, each when the scheduler lets it: a call, a sweeper, an operator. */
final class Actor {

    /** Nobody's pause is told apart by its length, which gateways draw by lot. */
    private static final long PAUSE = 2_000;

    /** Whoever waits in these waits for no other actor. */
    private static final List<String> ANSWER_BY_THEMSELVES =
            List.of("dev.partnergateway.store.", "dev.partnergateway.harness.", "org.apache.hc.");

    private static final int LOOK_MICROS = 500;
    private static final int MOST_LOOKS = 20;

    private static final ThreadLocal<Actor> MINE = new ThreadLocal<>();

    enum State {
        NEW,
        RUNNING,
        AT_A_STEP,
        ASLEEP,
        OVER
    }

    final String name;
    final int number;
    private final long skew;
    private final Runnable work;
    private final Semaphore go = new Semaphore(0);
    private final Semaphore back = new Semaphore(0);
    private volatile State state = State.NEW;
    private volatile String step = "begins";
    private volatile boolean crashed;
    private volatile Throwable failure;
    private volatile Thread thread;
    private boolean waiting;
    private boolean frozen;
    private long wakes;

    /** All that it has seen and done so far. */
    long past;

    Actor(String name, int number, long skew, Runnable work) {
        this.name = name;
        this.number = number;
        this.skew = skew;
        this.work = work;
    }

    /** How wrong the clock is of the gateway that the current thread belongs to, in milliseconds. */
    static long skew() {
        Actor actor = MINE.get();
        return actor == null ? 0 : actor.skew;
    }

    /** The current thread is about to do something that others see, or that shows what others have done. */
    static void step(String what) {
        Actor actor = MINE.get();
        if (actor != null) {
            actor.stop(what, State.AT_A_STEP);
        }
    }

    /** The current thread waits; outside the model's play the time passes at once. */
    static void sleeps(long pause) {
        Actor actor = MINE.get();
        if (actor == null) {
            ModelTime.set(ModelTime.right() + Math.max(pause, 1));
        } else {
            actor.wakes = ModelTime.right() + PAUSE;
            actor.stop("sleeps", State.ASLEEP);
        }
    }

    private void stop(String what, State how) {
        if (crashed) {
            throw new Crash();
        }
        step = what;
        state = how;
        back.release();
        go.acquireUninterruptibly();
        if (crashed) {
            throw new Crash();
        }
    }

    private void run() {
        MINE.set(this);
        try {
            work.run();
        } catch (Crash ended) {
            step = "crashed";
        } catch (Throwable e) {
            failure = e;
        } finally {
            MINE.remove();
            state = State.OVER;
            back.release();
        }
    }

    /** Lets it do the step it stands before, and all up to the next one. */
    void goOn() {
        boolean first = state == State.NEW;
        state = State.RUNNING;
        if (first) {
            thread = new Thread(this::run, name);
            thread.setContextClassLoader(Actor.class.getClassLoader());
            thread.setDaemon(true);
            thread.start();
        } else {
            go.release();
        }
        come();
    }

    /** Until it is at its next step, or waits for somebody else. */
    private void come() {
        try {
            for (int looks = 0; !back.tryAcquire(LOOK_MICROS, TimeUnit.MICROSECONDS); looks = waits() ? looks + 1 : 0) {
                if (looks == MOST_LOOKS) {
                    waiting = true;
                    return;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For what other actors bring about; the store and Talon.One answer by themselves. */
    private boolean waits() {
        Thread.State now = thread.getState();
        return (now == Thread.State.WAITING || now == Thread.State.TIMED_WAITING)
                && Arrays.stream(thread.getStackTrace()).noneMatch(frame -> ANSWER_BY_THEMSELVES.stream()
                        .anyMatch(name -> frame.getClassName().startsWith(name)));
    }

    /** Whether it still waits for somebody else. */
    boolean isWaiting() {
        if (waiting && back.tryAcquire()) {
            waiting = false;
        }
        return waiting;
    }

    /** Its process ends before the step. */
    void crash() {
        crashed = true;
        if (state == State.NEW) {
            state = State.OVER;
        } else if (waiting) {
            thread.interrupt();
            come();
        }
        if (state != State.OVER && !waiting) {
            goOn();
        }
    }

    /** It stands still before its step until all others have come to their end. */
    void freeze() {
        frozen = true;
    }

    /** It goes on to its end, if it stood still. */
    void thaw() {
        while (frozen && state != State.OVER && !waiting) {
            goOn();
        }
    }

    State state() {
        return state;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean isCrashed() {
        return crashed;
    }

    /** Whether it can do something now. */
    boolean ready() {
        return !frozen && !isWaiting() && isAtAStep();
    }

    private boolean isAtAStep() {
        return state == State.NEW || state == State.AT_A_STEP || state == State.ASLEEP && wakes <= ModelTime.right();
    }

    long wakes() {
        return wakes;
    }

    String step() {
        return step;
    }

    Throwable failure() {
        return failure;
    }

    @Override
    public String toString() {
        return name + ": " + step;
    }
}
