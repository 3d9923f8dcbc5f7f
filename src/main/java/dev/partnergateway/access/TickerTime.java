package dev.partnergateway.access;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.TimeMeter;

/** The time by which calls and tries are counted. */
final class TickerTime implements TimeMeter {

    private final Ticker ticker;

    TickerTime(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public long currentTimeNanos() {
        return ticker.read();
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
