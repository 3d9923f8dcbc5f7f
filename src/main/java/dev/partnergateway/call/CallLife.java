package dev.partnergateway.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What happened to a call, in the order in which it happened, for whoever has to understand it later. Steps say so with one
 * line each; nothing is ever decided by what stands here. Its texts are the gateway's own words and the names of operations:
 * never a key, a code, an id or any other text of the caller.
 */
public final class CallLife {

    /** What can happen to a call. */
    public enum Kind {
        /** Its key was proven: {@code asked} Talon.One, or {@code remembered}. */
        KEY,
        /** It keeps its contract. */
        CHECKED,
        /** It is the first of its key: {@code new}, or {@code taken over} from one that was not finished. */
        CLAIMED,
        /** It is a repeat and got the answer of the first: {@code stored} before, or {@code waited} for. */
        REPEAT,
        /** It waited: for a {@code profile}, a {@code turn} at Talon.One, a {@code file} of coupons, a {@code first call}. */
        WAITED,
        /** Talon.One was called with an operation. */
        CALLED,
        /** It is not known what became of what was sent, or something is known of it now. */
        OUTCOME,
        /** Parts of it were left out. */
        LEFT_OUT,
        /** It was written down to be carried out later. */
        QUEUED,
        /** Its deadline passed before it had an answer. */
        LATE,
        /** Nothing works on it any more. */
        ENDED
    }

    /**
     * One thing that happened.
     *
     * @param at microseconds since the call came in
     * @param what which of its kind
     * @param status HTTP status of a call to Talon.One; 0 = it did not answer, or none was made
     * @param took microseconds; negative = it took no time
     */
    public record Event(long at, Kind kind, String what, int status, long took) {}

    /** So many things are told of one call; of a call of a thousand parts the first ones say enough. */
    private static final int MOST = 100;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:=+/-]{1,100}");

    private final long begunMillis = System.currentTimeMillis();
    private final long begun = System.nanoTime();
    private final List<Event> events = new ArrayList<>(8);
    private int leftOut;
    private boolean keyProven;
    private long application;
    private String callersId;
    private String traceId;
    private String claim;
    private Refusal refusal;
    private JsonNode sent;
    private byte[] answer;

    /** Something has happened just now. */
    public void happened(Kind kind, String what) {
        add(kind, what, 0, -1);
    }

    /** It has waited for something until now. */
    public void waited(String what, long nanos) {
        add(Kind.WAITED, what, 0, nanos / 1000);
    }

    /**
     * Talon.One was called, until now.
     *
     * @param status HTTP status of its answer; 0 = there was none
     */
    public void called(String operation, int status, long nanos) {
        add(Kind.CALLED, operation, status, nanos / 1000);
    }

    private synchronized void add(Kind kind, String what, int status, long took) {
        if (events.size() < MOST) {
            events.add(new Event((System.nanoTime() - begun) / 1000, kind, what, status, took));
        } else {
            leftOut++;
        }
    }

    /**
     * The deployment has accepted the call's key; asked again within the same call, it says nothing new.
     *
     * @param remembered whether it was known without asking
     * @param ofApplication id of the key's Application; 0 = not known
     */
    public void keyProven(boolean remembered, long ofApplication) {
        if (!keyProven) {
            keyProven = true;
            application = ofApplication;
            happened(Kind.KEY, remembered ? "remembered" : "asked");
        }
    }

    /** Whether the caller's key was proven: what somebody without one does is told apart. */
    public boolean isKeyProven() {
        return keyProven;
    }

    /** Application of the caller's key; 0 = not known. */
    public long application() {
        return application;
    }

    /** The caller's own id of the call ({@code X-Request-Id}); what does not look like an id is none. */
    public void callersId(String id) {
        callersId = id != null && ID.matcher(id).matches() ? id : null;
    }

    /** The caller's own id of the call; null = none. */
    public String callersId() {
        return callersId;
    }

    /** The trace that the call is part of. */
    public void traceId(String id) {
        traceId = id;
    }

    /** The trace that the call is part of; null = it is not traced. */
    public String traceId() {
        return traceId;
    }

    /** The key under which its answer is kept: all calls with the same are repeats of one. */
    public void claim(String id) {
        claim = id;
    }

    /**
     * It is a repeat and gets the answer of the first call of its key.
     *
     * @param since when the key was first seen, in milliseconds since 1970 UTC
     * @param waited whether it had to wait for it
     */
    public void isRepeat(String id, long since, boolean waited) {
        claim(id);
        happened(Kind.REPEAT, (waited ? "waited" : "stored") + " since " + Instant.ofEpochMilli(since));
    }

    /**
     * It works on its key.
     *
     * @param goesOn whether it goes on with what an earlier call has begun
     */
    public void claims(String id, boolean goesOn) {
        claim(id);
        happened(Kind.CLAIMED, goesOn ? "taken over" : "new");
    }

    /** The key under which its answer is kept; null = it is like no other. */
    public String claim() {
        return claim;
    }

    /** What the caller sent, as far as it could be read. */
    public void sent(JsonNode call) {
        sent = call;
    }

    /** What the caller sent; null = it could not be read. */
    public JsonNode sent() {
        return sent;
    }

    /** Why it was refused. */
    public void refused(Refusal why) {
        refusal = why;
    }

    /** Why it was refused; null = it was not. */
    public Refusal refusal() {
        return refusal;
    }

    /** What the caller was answered. */
    public void answered(byte[] body) {
        answer = body;
    }

    /** What the caller was answered, where it was told here; else null. */
    public byte[] answer() {
        return answer;
    }

    /** When the call came in, in milliseconds since 1970 UTC. */
    public long begun() {
        return begunMillis;
    }

    /** Everything that has happened so far, in order. */
    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** How many things happened that are not told. */
    public synchronized int leftOut() {
        return leftOut;
    }
}
