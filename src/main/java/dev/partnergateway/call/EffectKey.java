package dev.partnergateway.call;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/**
 * What tells the effects of one piece of work apart from all others: a call that was claimed, or an item of one. It
 * belongs to the exchange that was claimed. What that exchange is split into finds it, too, as the key of the whole, and
 * the next item of a split never finds the one before.
 */
public final class EffectKey {

    private static final String PROPERTY = EffectKey.class.getName();

    private final String value;
    private final String statement;
    private final AtomicInteger sent = new AtomicInteger();
    private volatile boolean changed;
    private volatile boolean leftOut;

    private EffectKey(String value, String statement) {
        this.value = value;
        this.statement = statement;
    }

    /**
     * Gives an exchange its key, in place of one that it had from the whole that it is a part of.
     *
     * @param statement what the route said of it
     */
    public static void give(Exchange exchange, String value, String statement) {
        isWhole(exchange);
        exchange.setProperty(PROPERTY, new EffectKey(value, statement));
    }

    /**
     * An exchange is claimed: from here on it is a whole, and what it is split into are its parts. A Kamelet works on a
     * copy, which is no part.
     */
    public static void isWhole(Exchange exchange) {
        exchange.removeProperty(ExchangePropertyKey.SPLIT_INDEX);
        exchange.removeProperty(ExchangePropertyKey.MULTICAST_INDEX);
    }

    /** Whether an exchange is a part of a whole, and not one itself. */
    public static boolean isPart(Exchange exchange) {
        return exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX) != null
                || exchange.getProperty(ExchangePropertyKey.MULTICAST_INDEX) != null;
    }

    /** The key of an exchange, or of what it is a part of; empty when neither was claimed. */
    public static Optional<EffectKey> of(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(PROPERTY, EffectKey.class));
    }

    /** The key itself: 64 hexadecimal digits. */
    public String value() {
        return value;
    }

    /** What the route said of it, by which it can be claimed another time. */
    public String statement() {
        return statement;
    }

    /** Counts what the exchange itself sends under this key: 0 for the first. */
    public int next() {
        return sent.getAndIncrement();
    }

    /** Notes that Talon.One has done, or may have done, something under this key that is not to be done again: it is not freed any more. */
    public void hasChanged() {
        changed = true;
    }

    /** Whether Talon.One has done, or may have done, something under this key that is not to be done again. */
    public boolean changed() {
        return changed;
    }

    /** Notes that what it stands for was refused and is left out: nothing was done, and it may come again. */
    public void isLeftOut() {
        leftOut = true;
    }

    /** Whether what it stands for was refused and is left out. */
    public boolean leftOut() {
        return leftOut;
    }
}
