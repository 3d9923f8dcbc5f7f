package dev.partnergateway.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * A call cannot be answered as asked. Carries the status and text that the partner sees and what is known
 * about the effect at Talon.One, which decides whether the call's key is freed.
 */
public final class Refusal extends RuntimeException {

    /** What is known about the effect of a failed call. */
    public enum Effect {
        /** Nothing was changed: never sent, or refused by Talon.One. */
        NONE,
        /** It was sent and the outcome is not known. */
        UNKNOWN
    }

    private static final Duration SOON = Duration.ofSeconds(1);

    private final int status;
    private final Duration retryAfter;
    private final Effect effect;
    private final String allow;
    private final JsonNode errors;
    private final Kind kind;

    /** What is special about a refusal, beside what its status says. */
    private enum Kind {
        PLAIN,
        /** Talon.One refused a call with a status that it does not have for it. */
        STRANGE,
        /** Talon.One had no time for a call: nothing speaks for it having done any of it. */
        BUSY
    }

    private Refusal(int status, String text, Duration retryAfter, Effect effect) {
        this(status, text, retryAfter, effect, null, MissingNode.getInstance(), Kind.PLAIN);
    }

    private Refusal(
            int status, String text, Duration retryAfter, Effect effect, String allow, JsonNode errors, Kind kind) {
        super(text, null, false, false);
        this.kind = kind;
        this.allow = allow;
        this.errors = errors;
        this.status = status;
        this.retryAfter = retryAfter;
        this.effect = effect;
    }

    /**
     * Refuses a call that changed nothing.
     *
     * @param status HTTP status
     * @param text what to fix; never holds a key, a coupon code or a profile id that the caller did not send
     */
    public static Refusal of(int status, String text) {
        return new Refusal(status, text, Duration.ZERO, Effect.NONE);
    }

    /**
     * Refuses a call that Talon.One refused.
     *
     * @param errors Talon.One's own list of what is wrong with it
     */
    public static Refusal of(int status, String text, JsonNode errors) {
        return new Refusal(status, text, Duration.ZERO, Effect.NONE, null, errors, Kind.PLAIN);
    }

    /**
     * Refuses a call that Talon.One refused with a status that it does not have for it. That may be said of the address,
     * the account or the size: whoever made one call is told it, but nothing follows for one thing among several.
     */
    public static Refusal strange(int status, String text, JsonNode errors) {
        return new Refusal(status, text, Duration.ZERO, Effect.NONE, null, errors, Kind.STRANGE);
    }

    /** As this refusal counts for one thing among several: what does not speak of it for certain is temporary. */
    public Refusal ofOneAmongSeveral() {
        return kind == Kind.STRANGE ? of(502, getMessage()) : this;
    }

    /**
     * Refuses a call that changed nothing and may be sent again.
     *
     * @param retryAfter rounded up to whole seconds in the {@code Retry-After} header
     */
    public static Refusal retry(int status, String text, Duration retryAfter) {
        return new Refusal(status, text, retryAfter, Effect.NONE);
    }

    /** Refuses a call that changed nothing because the gateway stops; another one may carry it out. */
    public static Refusal stopping() {
        return retry(503, "The gateway is stopping: try again", SOON);
    }

    /**
     * Reports that a call was sent and its outcome is not known. What the same call again would do is told to the partner
     * by {@link #promising}, and by nothing else: the text does not invite him.
     */
    public static Refusal unknown(int status, String text) {
        return unknown(status, text, SOON);
    }

    /** As the other, with the time after which a repeat may be worth while. */
    public static Refusal unknown(int status, String text, Duration retryAfter) {
        return new Refusal(status, text, retryAfter, Effect.UNKNOWN);
    }

    /**
     * Reports that a call was sent and that Talon.One, or what stands before it, had no time for it. It is looked up as
     * what has an unknown outcome is, but its caller is told to come back, whatever the call does.
     */
    public static Refusal busy(int status, String text, Duration retryAfter) {
        return new Refusal(status, text, retryAfter, Effect.UNKNOWN, null, MissingNode.getInstance(), Kind.BUSY);
    }

    /** Whether Talon.One had no time for the call. */
    public boolean isBusy() {
        return kind == Kind.BUSY;
    }

    /** Reports that a call was sent and no answer came before its deadline. */
    public static Refusal late() {
        return unknown(504, "Talon.One did not answer in time");
    }

    /**
     * What the partner is told: as it is when nothing was done, else with what the same call again would do.
     *
     * <p>What Talon.One had no time for stays an invitation to try again.
     *
     * @param again whether the same call again does nothing that the first did not do: both have the same key, or it sets a
     *     state
     */
    public Refusal promising(boolean again) {
        if (effect == Effect.NONE || retryAfter.isZero() || kind == Kind.BUSY) {
            return this;
        }
        return again
                ? unknown(status, getMessage() + "; trying again is safe", retryAfter)
                : unknownForGood(status, getMessage() + "; sending this again may do it a second time");
    }

    /**
     * As {@link #unknown}, where the same call again could have a second effect: nobody is invited to try, and the text
     * says so.
     */
    public static Refusal unknownForGood(int status, String text) {
        return new Refusal(status, text, Duration.ZERO, Effect.UNKNOWN);
    }

    /** Refuses a method; the text and the {@code Allow} header name those that the path takes. */
    public static Refusal notAllowed(String methods) {
        return new Refusal(
                405,
                "This path takes other methods: " + methods,
                Duration.ZERO,
                Effect.NONE,
                methods,
                MissingNode.getInstance(),
                Kind.PLAIN);
    }

    /** Writes down status, text, time to wait and effect, for another gateway that answers with it. */
    public ObjectNode write() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("status", status)
                .put("text", getMessage())
                .put("retryAfter", retryAfter.toMillis())
                .put("effect", effect.name())
                .put("kind", kind.name());
    }

    /** Reads what {@link #write} wrote. */
    public static Refusal read(JsonNode written) {
        return new Refusal(
                written.path("status").asInt(),
                written.path("text").asText(),
                Duration.ofMillis(written.path("retryAfter").asLong()),
                Effect.valueOf(written.path("effect").asText()),
                null,
                MissingNode.getInstance(),
                Kind.valueOf(written.path("kind").asText(Kind.PLAIN.name())));
    }

    /** Methods for the {@code Allow} header, or null. */
    public String allow() {
        return allow;
    }

    /** Talon.One's list of errors, for steps that can mend a call; a missing node when it gave none. */
    public JsonNode errors() {
        return errors;
    }

    /** HTTP status for the partner. */
    public int status() {
        return status;
    }

    /** When the partner may try again; zero = not said. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** What is known about the effect at Talon.One. */
    public Effect effect() {
        return effect;
    }
}
