package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Row.State;
import dev.partnergateway.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;

/**
 * A call's hold on its key: while it lasts, nobody else works on the same key. Steps whose calls cannot be sent twice
 * write down here what they are about to send, before they send it (design rule 5).
 */
public final class Claim {

    private static final String PROPERTY = Claim.class.getName();

    private final AnswerTable table;
    private final String id;
    private final String owner;
    private final long created;
    private final boolean resumed;
    private State state;
    private boolean kept;
    private String parked;
    private long sent;
    private ObjectNode request;
    private JsonNode outcome;

    Claim(AnswerTable table, String id, String owner, long created) {
        this.table = table;
        this.id = id;
        this.owner = owner;
        this.created = created;
        this.resumed = false;
        this.state = State.CLAIMED;
    }

    /**
     * Takes up what somebody else began.
     *
     * @throws IOException when the row's JSON cannot be read
     */
    Claim(AnswerTable table, Row row, String owner) throws IOException {
        this.table = table;
        this.id = row.id();
        this.owner = owner;
        this.created = row.created();
        this.resumed = true;
        this.state = row.state();
        this.sent = row.sent();
        this.request = row.request() == null ? null : (ObjectNode) Json.read(row.request());
        this.outcome = row.outcome() == null ? null : Json.read(row.outcome());
    }

    /** Acts for a claim that was handed over: under its owner's hold, so that every fence holds. */
    Claim(AnswerTable table, ObjectNode handedOver) {
        this.table = table;
        this.id = handedOver.path("id").asText();
        this.owner = handedOver.path("owner").asText();
        this.created = handedOver.path("created").asLong();
        this.resumed = true;
        goOn(handedOver);
    }

    /** What another gateway needs to send something for this claim, and this one to go on afterwards. */
    public ObjectNode handOver() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("owner", owner).put("created", created);
        json.put("state", state.name()).put("kept", kept).put("sent", sent);
        if (request != null) {
            json.set("request", request);
        }
        return json;
    }

    /** Goes on from where the gateway that it was handed over to has brought it. */
    public void goOn(ObjectNode handedOver) {
        state = State.valueOf(handedOver.path("state").asText());
        kept = handedOver.path("kept").asBoolean();
        sent = handedOver.path("sent").asLong();
        request = (ObjectNode) handedOver.get("request");
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
     * @throws Refusal 503 when another process has taken the key over
     */
    public void sending(ObjectNode content) {
        sending(content, null);
    }

    /**
     * As {@link #sending(ObjectNode)}, for what Talon.One gives no id of its own.
     *
     * @param name the same for all that cannot be told apart afterwards, at most 60 characters; null = Talon.One gives an
     *     id
     */
    public void sending(ObjectNode content, String name) {
        long now = table.now();
        String result = name == null ? null : result(content, name) + ':';
        if (!table.sending(new AnswerTable.Sending(id, owner, Json.write(content), result), now)) {
            throw Refusal.retry(503, "Another gateway has taken this call over: try again", Duration.ofSeconds(1));
        }
        sent(content, now);
    }

    /**
     * Commits what is about to be sent for many claims at once.
     *
     * @param contents what {@link #sending(ObjectNode)} takes, for each claim
     * @return claims that another process has taken over: nothing may be sent for them
     */
    public static Set<Claim> sending(Map<Claim, ObjectNode> contents) {
        Set<Claim> lost = new HashSet<>();
        if (contents.isEmpty()) {
            return lost;
        }
        List<Claim> claims = List.copyOf(contents.keySet());
        long now = claims.get(0).table.now();
        int[] written = claims.get(0)
                .table
                .sending(
                        claims.stream()
                                .map(claim -> new AnswerTable.Sending(
                                        claim.id, claim.owner, Json.write(contents.get(claim)), null))
                                .toList(),
                        now);
        for (int i = 0; i < written.length; i++) {
            if (written[i] == 1) {
                claims.get(i).sent(contents.get(claims.get(i)), now);
            } else {
                lost.add(claims.get(i));
            }
        }
        return lost;
    }

    private void sent(ObjectNode content, long now) {
        state = State.SENT;
        kept = false;
        sent = now;
        request = content;
    }

    /** Talon.One did what was asked; a failure from here on does not lose its answer. */
    public void settled(JsonNode answer) {
        state = State.SETTLED;
        outcome = answer;
    }

    /** Talon.One refused what was sent: it had no effect. */
    public void refused() {
        state = State.CLAIMED;
        kept = false;
    }

    /** Talon.One had no time for what was sent: it had no effect, and the same is sent next time. */
    public void postponed() {
        state = State.CLAIMED;
        kept = true;
    }

    /** Nobody but an operator can tell what became of it. */
    public void parked(String reason) {
        parked = reason;
    }

    /** Notes for the operator what happened to this claim. */
    public void note(String event) {
        table.note(id, table.now(), event);
    }

    /** Whether somebody worked on this key before and did not finish. */
    public boolean resumed() {
        return resumed;
    }

    /** Whether something was sent whose outcome is not known. */
    public boolean unknown() {
        return state == State.SENT;
    }

    /** Talon.One's answer, when it is known. */
    public Optional<JsonNode> outcome() {
        return Optional.ofNullable(state == State.SETTLED ? outcome : null);
    }

    /** What was written down to be sent, or null. */
    public ObjectNode request() {
        return request;
    }

    /** When the key was first seen, in milliseconds since 1970 UTC. */
    public long created() {
        return created;
    }

    /** When something was last sent, in milliseconds since 1970 UTC; 0 = never. */
    public long sent() {
        return sent;
    }

    String id() {
        return id;
    }

    /**
     * Gives the row back after work that ended without an answer for a partner.
     *
     * @param effectUnknown whether the failure left the outcome open
     */
    void giveBack(boolean effectUnknown) {
        long now = table.now();
        if (outcome().isPresent()) {
            unlessAnothers(() -> table.settle(id, owner, Json.write(outcome), result(), made()));
        } else if (parked != null) {
            park(parked);
        } else if (kept && !effectUnknown) {
            table.keep(id, owner, now);
        } else if (effectUnknown || unknown()) {
            table.release(id, owner, now, 0);
        } else if (resumed && request == null) {
            // Who held the key before may have sent what need not be written down: the key keeps standing for that.
            table.keep(id, owner, now);
        } else {
            table.delete(id, owner);
        }
    }

    /** Frees the key of a call that turned out to be another one's repeat. */
    void withdraw() {
        table.delete(id, owner);
    }

    /** Stores the partner's answer; false when the row was lost to another process, or left to the operator. */
    boolean done(int status, String contentType, byte[] body) {
        return unlessAnothers(() -> table.done(id, owner, status, contentType, body, result(), made()));
    }

    /** Two keys never share what Talon.One made once: the later of the two is for the operator. */
    private boolean unlessAnothers(BooleanSupplier store) {
        try {
            return store.getAsBoolean();
        } catch (StoreException e) {
            if (!e.duplicate()) {
                throw e;
            }
            park("what Talon.One answered is the result of another call");
            return false;
        }
    }

    private void park(String reason) {
        table.release(id, owner, table.now(), 0);
        if (table.park(id, owner, reason)) {
            note("parked: " + reason);
        }
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
     * @param since milliseconds since 1970 UTC
     */
    public List<Other> others(String deployment, String name, long since) {
        return table.alike(id, deployment, result(request, name), since);
    }

    /**
     * Another claim.
     *
     * @param sent when it was last sent, in milliseconds since 1970 UTC
     * @param carriedOut whether Talon.One is known to have done it
     */
    public record Other(long sent, boolean carriedOut) {}

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
