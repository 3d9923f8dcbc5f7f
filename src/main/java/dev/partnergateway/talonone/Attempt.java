package dev.partnergateway.talonone;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;

/**
 * One call on the wire, and what is known of its fate: that alone decides whether a failed call may be sent again, or has
 * to be looked up. Not the kind of a failure tells, but how far the call had come when it failed; so no failure that
 * nobody has thought of counts as harmless.
 */
final class Attempt {

    /** What can be said about a call. */
    enum Fate {
        /** No byte of it can have reached the deployment: there was no connection yet. */
        NOT_SENT,
        /** There was a connection. The deployment may have read and done anything. */
        UNKNOWN,
        /** The deployment has said with a status what became of it. */
        ANSWERED
    }

    /** camel-http builds the request out of reach, on the calling thread: this travels beside it. */
    private static final ThreadLocal<Attempt> CURRENT = new ThreadLocal<>();

    // Told by the client's threads and the alarm, read by the calling thread, which alone has room and taken.
    private final long deadline;
    private final OptionalLong sendBy;
    private volatile Fate fate = Fate.NOT_SENT;
    private volatile boolean late;
    private volatile boolean tooLate;
    private volatile int status;
    private volatile boolean readable = true;
    private final int largest;
    private AnswerRoom room;
    private long taken;

    private Attempt(Duration patience, OptionalLong sendBy, int largest) {
        this.largest = largest;
        this.sendBy = sendBy;
        this.deadline = System.nanoTime() + patience.toNanos();
    }

    /**
     * Begins one on this thread; {@link #over} ends it.
     *
     * @param sendBy until when it may leave, as {@link System#nanoTime} counts; empty = until it is over
     */
    static Attempt begin(Duration patience, OptionalLong sendBy, int largest) {
        Attempt attempt = new Attempt(patience, sendBy, largest);
        CURRENT.set(attempt);
        return attempt;
    }

    /** The one that runs on this thread. */
    static Attempt current() {
        return CURRENT.get();
    }

    /** Ends it; what its answer took is given back. */
    static void over() {
        Attempt attempt = CURRENT.get();
        CURRENT.remove();
        if (attempt.room != null) {
            attempt.room.give(attempt.taken);
        }
    }

    /** Bytes that the body of its answer may have. */
    int largest() {
        return largest;
    }

    /** Takes room for a part of its answer; false when there is none. */
    boolean take(AnswerRoom shared, long weight) {
        room = shared;
        if (!shared.take(weight)) {
            return false;
        }
        taken += weight;
        return true;
    }

    /** Time left; at least a millisecond, because zero means for ever to the client. */
    Duration left() {
        return Duration.ofMillis(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
    }

    /**
     * There is a connection: from now on bytes may leave. However long it took to come here, what is late does not leave.
     *
     * @throws IOException when its time is over; it is not sent
     */
    void connected() throws IOException {
        long now = System.nanoTime();
        if (deadline - now <= 0 || sendBy.isPresent() && sendBy.getAsLong() - now <= 0) {
            tooLate = true;
            throw new IOException("it would have left too late");
        }
        fate = Fate.UNKNOWN;
    }

    /** The head of an answer has come. */
    void answered(int theStatus) {
        status = theStatus;
        fate = Fate.ANSWERED;
    }

    /** The rest of the answer did not come, or is more than is taken. */
    void unreadable() {
        readable = false;
    }

    /** The deadline has passed: what is still missing will not be waited for. */
    void late() {
        late = true;
    }

    boolean isLate() {
        return late;
    }

    boolean isReadable() {
        return readable;
    }

    Fate fate() {
        return fate;
    }

    /** Status of the answer, when there is one. */
    int status() {
        return status;
    }

    /** What this failure means for whoever made the call. */
    Unanswered failed(Throwable failure) {
        if (fate == Fate.NOT_SENT) {
            return new Unanswered(tooLate ? Unanswered.Reason.TOO_LATE : Unanswered.Reason.NOT_SENT, failure);
        }
        return new Unanswered(
                !late && isGarbled(failure) ? Unanswered.Reason.GARBLED : Unanswered.Reason.SILENT, failure);
    }

    /** Whether something came that is no answer by the rules of HTTP, or by the gateway's limits. */
    private static boolean isGarbled(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return false;
            }
            if (cause instanceof HttpException || cause instanceof MessageConstraintException) {
                return true;
            }
        }
        return false;
    }
}
