package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.CallLife;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.store.StoreException;
import dev.partnergateway.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;

/**
 * A call's hold on its key: while it lasts, nobody else works on the same key. Steps whose calls cannot be sent twice
 * write down here what they are about to send, before they send it. What became of it is noted here, and committed when
 * the claim is answered or given back; what is not committed by then is found out by looking.
 */
public final class Claim {

    private static final String PROPERTY = Claim.class.getName();
    private static final Duration SOON = Duration.ofSeconds(1);

    private final AnswerTable table;
    private final String id;
    private final String origin;
    private final String owner;
    private final String home;
    private final long leaseEnds;
    private final long createdAt;

    /** Whoever held it before may have sent what need not be written down. */
    private boolean begunBefore;

    private ClaimState state;
    private long sentAt;

    /** Something was sent under this hold, and it may be under way. */
    private boolean justSent;

    /** What was sent last was sent although it was not known what had become of what was sent before. */
    private boolean doubtful;

    /** What was written down is sent when the partner asks again. */
    private boolean keptForNextTime;

    private boolean givenBack;
    private Duration nextLook = Duration.ZERO;
    private String parked;
    private ObjectNode request;
    private JsonNode outcome;

    /**
     * A first call's.
     *
     * @param begun just before it was taken, as {@link System#nanoTime} counts
     */
    Claim(AnswerTable table, String id, String origin, String owner, Duration lease, long begun) {
        this.table = table;
        this.id = id;
        this.origin = origin;
        this.owner = owner;
        this.home = null;
        this.leaseEnds = begun + lease.toNanos();
        this.createdAt = begun;
        this.begunBefore = false;
        this.state = ClaimState.CLAIMED;
    }

    /**
     * Takes up what somebody else began.
     *
     * @param begun just before it was taken, as {@link System#nanoTime} counts
     * @throws IOException when the row's JSON cannot be read
     */
    Claim(AnswerTable table, Row row, String owner, Duration lease, long begun) throws IOException {
        this.table = table;
        this.id = row.id();
        this.origin = row.origin();
        this.owner = owner;
        this.home = row.home();
        this.leaseEnds = begun + lease.toNanos();
        this.createdAt = row.read() - Duration.ofMillis(row.age()).toNanos();
        this.sentAt = row.read() - Duration.ofMillis(row.sinceSent()).toNanos();
        this.begunBefore = row.state() == ClaimState.CLAIMED;
        this.state = switch (row.state()) {
            case READY -> ClaimState.CLAIMED;
            case AGAIN -> ClaimState.SENT;
            default -> row.state();
        };
        this.request = row.request() == null ? null : (ObjectNode) Json.read(row.request());
        this.outcome = row.outcome() == null ? null : Json.read(row.outcome());
    }

    /** The claim of an exchange; empty when its call is like no other. A part of a whole has not the claim of the whole. */
    public static Optional<Claim> of(Exchange exchange) {
        return EffectKey.isPart(exchange)
                ? Optional.empty()
                : Optional.ofNullable(exchange.getProperty(PROPERTY, Claim.class));
    }

    void on(Exchange exchange) {
        EffectKey.isWhole(exchange);
        exchange.setProperty(PROPERTY, this);
    }

    /**
     * Commits what is about to be sent.
     *
     * @param content everything needed to find out later whether it was carried out, or to send it again
     * @return until when it may be sent, as {@link System#nanoTime} counts: from then on somebody else may
     * @throws Refusal 503 when another process has taken the key over, or may have
     */
    public long sending(ObjectNode content) {
        return sending(content, null);
    }

    /**
     * As {@link #sending(ObjectNode)}, for what Talon.One gives no id of its own.
     *
     * @param name the same for all that cannot be told apart afterwards, at most 60 characters; null = Talon.One gives an
     *     id
     */
    public long sending(ObjectNode content, String name) {
        String result = name == null ? null : result(content, name) + ':';
        if (!table.sending(id, owner, content, result)) {
            throw takenOver();
        }
        begunBefore = false;
        doubtful = state == ClaimState.SENT;
        state = ClaimState.SENT;
        justSent = true;
        request = content;
        return leaseEnds;
    }

    private static Refusal takenOver() {
        return Refusal.retry(503, "Another gateway has taken this call over: try again", SOON);
    }

    /**
     * It is about to wait for a file, which any gateway may send. Should the store fail to write that down, it may have done
     * so all the same, and somebody may have taken it.
     */
    void waits(ObjectNode content) {
        begunBefore = false;
        request = content;
        state = state == ClaimState.SENT ? ClaimState.AGAIN : ClaimState.READY;
    }

    /** It was not written down that it waits, and will not be. */
    void waitsNot() {
        state = state == ClaimState.AGAIN ? ClaimState.SENT : ClaimState.CLAIMED;
    }

    boolean sentBefore() {
        return state == ClaimState.AGAIN;
    }

    /** Waits for no file any more; false when somebody has taken it. */
    boolean withdraw() {
        boolean withdrawn = table.withdraw(id, owner, state == ClaimState.AGAIN);
        givenBack |= withdrawn;
        return withdrawn;
    }

    /** Somebody else goes on with it: there is nothing to give back. */
    public void leave() {
        givenBack = true;
    }

    /** Talon.One did what was asked; a failure from here on does not lose its answer. */
    public void settled(JsonNode answer) {
        state = ClaimState.SETTLED;
        outcome = answer;
    }

    /**
     * What was sent last had no effect: it was refused, or did not leave. That says nothing of what was sent before, if it
     * is not known what became of that.
     *
     * @return whether nothing is under way now
     */
    public boolean refused() {
        justSent = false;
        if (!doubtful) {
            state = ClaimState.CLAIMED;
        }
        return !doubtful;
    }

    /**
     * Talon.One had no time for what was sent last, or it did not leave: the same is sent next time.
     *
     * @see #refused()
     */
    public void postponed() {
        keptForNextTime = refused();
    }

    /** It was looked for, long enough after the last time that something was sent, and is not there. */
    public void absent() {
        state = ClaimState.CLAIMED;
        doubtful = false;
        justSent = false;
    }

    /** Nobody but an operator can tell what became of it. */
    public void parked(String reason) {
        parked = reason;
    }

    /** Notes for the operator what happened to this claim. */
    public void note(String event) {
        Telemetry.life().happened(CallLife.Kind.OUTCOME, event);
        table.note(id, event);
    }

    /** Whether something was sent whose outcome is not known. */
    public boolean unknown() {
        return state.unknown();
    }

    /** Talon.One's answer, when it is known. */
    public Optional<JsonNode> outcome() {
        return Optional.ofNullable(state == ClaimState.SETTLED ? outcome : null);
    }

    /** What was written down to be sent, or null. */
    public ObjectNode request() {
        return request;
    }

    /** Something else is to be sent, which is not written down yet. */
    public void request(ObjectNode content) {
        request = content;
    }

    /** Names this hold on the key, also for whoever sends it under it. */
    public String hold() {
        return id + ' ' + owner;
    }

    /** Time since the key was first seen. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - createdAt);
    }

    /** Time since nothing was sent for it any more. */
    public Duration sinceSent() {
        return justSent ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - sentAt);
    }

    /** Until when something may be sent for it, as {@link System#nanoTime} counts: from then on somebody else may. */
    public long leaseEnds() {
        return leaseEnds;
    }

    String id() {
        return id;
    }

    String owner() {
        return owner;
    }

    String home() {
        return home;
    }

    String origin() {
        return origin;
    }

    /** When it is looked at again, should it be given back unknown. */
    void nextLook(Duration pause) {
        nextLook = pause;
    }

    /**
     * Gives the row back after work that ended without an answer for a partner.
     *
     * @param effectUnknown whether the failure left open what became of what need not be written down
     */
    void giveBack(boolean effectUnknown) {
        if (givenBack) {
            return;
        }
        givenBack = true;
        if (parked != null && state != ClaimState.SETTLED) {
            table.park(id, owner, parked);
            return;
        }
        switch (state) {
            case SETTLED -> unlessAnothers(() -> table.settle(id, owner, outcome, result(), made(), Duration.ZERO));
            case SENT -> table.letGoSent(List.of(new AnswerTable.Key(id, owner)), justSent, nextLook);
            case CLAIMED -> {
                if (effectUnknown || begunBefore || keptForNextTime) {
                    table.letGoClaimed(id, owner);
                } else {
                    table.free(id, owner);
                }
            }
            case READY, AGAIN -> table.withdraw(id, owner, state == ClaimState.AGAIN);
            default -> throw new IllegalStateException("a claim that is " + state + " is not held");
        }
    }

    /** Frees the key of a call that turned out to be another one's repeat, or was told that it was refused. */
    void free() {
        givenBack = true;
        table.free(id, owner);
    }

    /** Stores the partner's answer; false when the row was lost to another process, or left to the operator. */
    boolean done(int status, String contentType, byte[] body) {
        boolean stored = unlessAnothers(() -> table.answer(id, owner, status, contentType, body, result(), made()));
        givenBack = true;
        return stored;
    }

    /** Two keys never share what Talon.One made once: the later of the two is for the operator. */
    private boolean unlessAnothers(BooleanSupplier store) {
        try {
            return store.getAsBoolean();
        } catch (StoreException e) {
            if (!e.duplicate()) {
                throw e;
            }
            table.park(id, owner, "what Talon.One answered is the result of another call");
            return false;
        }
    }

    /** Keeps what Talon.One has made for a caller at another gateway, who has some time to come for it. */
    void keepFor(Duration caller) {
        unlessAnothers(() -> table.settle(id, owner, outcome, result(), made(), caller));
    }

    /** What cannot be told apart from others of its name has no time of creation. */
    private String made() {
        return outcome == null || outcome.path("created").asText("").isEmpty() ? null : result();
    }

    private String result() {
        return request == null || outcome == null || !outcome.has("id") ? null : result(outcome);
    }

    private String result(JsonNode made) {
        return result(request, made.path("id").asText())
                + ':'
                + made.path("created").asText("");
    }

    private static String result(JsonNode content, String name) {
        return content.path("operation").asText() + ':' + name;
    }

    /**
     * Other claims that {@link #sending(ObjectNode, String)} was called for with a name beginning like this, and which
     * were not refused.
     *
     * @param deployment the operator's name of the deployment
     * @param within how long ago they were sent at most
     */
    public List<Other> others(String deployment, String name, Duration within) {
        return table.alike(id, deployment, result(request, name), within);
    }

    /**
     * Another claim.
     *
     * @param sent how long ago it was last sent
     * @param carriedOut whether Talon.One is known to have done it
     */
    public record Other(Duration sent, boolean carriedOut) {}

    /**
     * Whether something that Talon.One made is already the result of another claim.
     *
     * @param deployment the operator's name of the deployment it was made in
     * @param made has an {@code id}
     */
    public boolean belongsToAnother(String deployment, JsonNode made) {
        return table.belongsToAnother(id, deployment, result(made));
    }
}
