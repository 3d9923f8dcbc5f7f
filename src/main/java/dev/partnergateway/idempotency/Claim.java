package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.idempotency.Row.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * A call's hold on its key: while it lasts, nobody else works on the same key. Steps whose calls cannot be sent twice
 * write down here what they are about to send, before they send it (design rule 5).
 */
public final class Claim {

    private static final String PROPERTY = Claim.class.getName();

    private final AnswerTable table;
    private final String key;
    private final String owner;
    private final long created;
    private final boolean resumed;
    private State state;
    private boolean kept;
    private long sent;
    private String code;
    private ObjectNode request;
    private JsonNode outcome;

    Claim(AnswerTable table, String key, String owner, long created) {
        this.table = table;
        this.key = key;
        this.owner = owner;
        this.created = created;
        this.resumed = false;
        this.state = State.CLAIMED;
    }

    Claim(AnswerTable table, Row row, String owner) {
        this.table = table;
        this.key = row.key();
        this.owner = owner;
        this.created = row.created();
        this.resumed = true;
        this.state = row.state();
        this.sent = row.sent();
        this.code = row.code();
        this.request = (ObjectNode) json(row.request());
        this.outcome = json(row.outcome());
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return bytes == null ? null : Json.read(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("a stored row cannot be read", e);
        }
    }

    /** The claim of an exchange; empty when its call is like no other. */
    public static Optional<Claim> of(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(PROPERTY, Claim.class));
    }

    void on(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /**
     * Commits what is about to be sent.
     *
     * @param literalCode the coupon code
     * @param content the request it is sent with
     * @throws Refusal 503 when another process has taken the key over
     */
    public void sending(String literalCode, ObjectNode content) {
        long now = System.currentTimeMillis();
        if (!table.sending(key, owner, literalCode, Json.write(content), now)) {
            throw Refusal.retry(503, "Another gateway has taken this call over: try again", Duration.ofSeconds(1));
        }
        state = State.SENT;
        sent = now;
        code = literalCode;
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
    }

    /** Talon.One had no time for what was sent: it had no effect, and the same code is sent next time. */
    public void postponed() {
        state = State.CLAIMED;
        kept = true;
    }

    boolean kept() {
        return kept;
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

    /** Code that was sent, or null. */
    public String code() {
        return code;
    }

    /** Request it was sent with, or null. */
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

    String key() {
        return key;
    }

    String owner() {
        return owner;
    }

    State state() {
        return state;
    }
}
